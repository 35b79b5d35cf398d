/** Kills a run at every point there is, on every kind of server; prints what was tried and what went wrong. */
import type { Dialect } from "../src/organizations/sandbox/sandbox.ts";
import { createStory } from "./kill/story.ts";

const dialects: readonly Dialect[] = ["official-cloud", "official-selfhost", "vaultwarden"];

const killEverywhere = async (dialect: Dialect): Promise<{ tried: number; failed: number }> => {
  await using story = await createStory(dialect);
  let failed = 0;
  for (const [index, name] of story.points.entries()) {
    const wrong = await story.kill(index + 1);
    if (wrong.length === 0) continue;
    failed += 1;
    console.log(`${dialect}, killed at point ${index + 1} (${name}):\n  ${wrong.join("\n  ")}`);
  }
  console.log(
    `${dialect}: ${story.points.length} points of a run with ${story.changes.length} changes, ${failed} failed`,
  );
  return { tried: story.points.length, failed };
};

let tried = 0;
let failed = 0;
for (const dialect of dialects) {
  const found = await killEverywhere(dialect);
  tried += found.tried;
  failed += found.failed;
}
console.log(`${tried} cases, ${failed} failures`);
process.exitCode = failed === 0 && tried > 0 ? 0 : 1;
