/**
 * Kills runs at every point there is, on every kind of server, and prints what was tried and what went wrong:
 * `kill` at every point of every tale, `kill recovery [pairs]` whoever takes over as well, at points drawn for each tale,
 * `kill large [kills] [seed]` a first sync of 10,000 people and 1,000 groups, again and again. Exit code 1 when anything
 * is lost, doubled or undone.
 */
import type { Dialect } from "../src/organizations/sandbox/sandbox.ts";
import { repeatableRandom } from "../src/organizations/sandbox/testing.ts";
import { killLarge } from "./kill/large.ts";
import { createStory, type Story } from "./kill/story.ts";
import { tales, type Tale } from "./kill/tales.ts";

const dialects: readonly Dialect[] = ["official-cloud", "official-selfhost", "vaultwarden"];
const all: readonly Tale[] = tales;
const [task, given, seed = "1"] = process.argv.slice(2);

let tried = 0;
let failed = 0;
if (task === "large") process.exitCode = (await killLarge(Number(given ?? 10), Number(seed))) ? 0 : 1;
else {
  for (const dialect of dialects)
    for (const tale of all) if (dialect !== "vaultwarden" || tale.reads !== true) await killIn(dialect, tale);
  console.log(`${tried} cases, ${failed} failures`);
  process.exitCode = failed === 0 && tried > 0 ? 0 : 1;
}

async function killIn(dialect: Dialect, tale: Tale): Promise<void> {
  await using story = await createStory(dialect, tale);
  let mine = 0;
  let wrongOnes = 0;
  for await (const points of task === "recovery" ? pairs(story, Number(given ?? 40)) : singly(story)) {
    const wrong = await story.kill(...points);
    mine += 1;
    if (wrong.length === 0) continue;
    wrongOnes += 1;
    const names = points.map((point, index) => (index === 0 ? `${point} (${story.points[point - 1]})` : point));
    console.log(`${dialect}, ${tale.name}, killed at ${names.join(" and then at ")}:\n  ${wrong.join("\n  ")}`);
  }
  console.log(
    `${dialect}, ${tale.name}: ${mine} cases, ${story.points.length} points of a run with ${story.changes.length} changes, ${wrongOnes} failed`,
  );
  tried += mine;
  failed += wrongOnes;
}

async function* singly({ points }: Story): AsyncGenerator<number[]> {
  for (const index of points.keys()) yield [index + 1];
}

/** Always the same ones, so that a failure can be looked at again. */
async function* pairs(story: Story, count: number): AsyncGenerator<number[]> {
  const random = repeatableRandom(20_261_125);
  const after = new Map<number, number>();
  for (let drawn = 0; drawn < count; drawn += 1) {
    const point = 1 + Math.floor(random() * story.points.length);
    if (!after.has(point)) after.set(point, (await story.pointsAfter(point)).length);
    yield [point, 1 + Math.floor(random() * (after.get(point) ?? 1))];
  }
}
