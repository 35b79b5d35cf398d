/** Product §7 with real processes: SIGKILL at any request or commit loses nothing. `npm run kill` tries every point. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Dialect } from "../../src/organizations/sandbox/sandbox.ts";
import { repeatableRandom } from "../../src/organizations/sandbox/testing.ts";
import { createStory, type Story } from "../kill/story.ts";
import { tales, type Tale } from "../kill/tales.ts";

/** Always the same points, so that a failure can be looked at again. */
const seed = 20_260_105;

const [ordinary, accepted, fromFile, again] = tales;

interface Draw {
  readonly dialect: Dialect;
  readonly tale: Tale;
  /** How many points a run is killed at, and how many times whoever takes over is killed too. */
  readonly once: number;
  readonly twice: number;
  /** Actions of the run when nobody kills it. */
  readonly does: readonly string[];
}

const both = ["revoke", "readdress", "invite", "change-members"];
const everything = [...both, "remove", "stamp", "rename-group"];
const first = ["adopt", "stamp", "invite", "create-group", "change-members"];

describe.each<Draw>([
  { dialect: "official-cloud", tale: ordinary, once: 6, twice: 2, does: everything },
  { dialect: "official-selfhost", tale: ordinary, once: 4, twice: 2, does: everything },
  { dialect: "vaultwarden", tale: ordinary, once: 4, twice: 2, does: both },
  { dialect: "official-cloud", tale: accepted, once: 4, twice: 2, does: first },
  { dialect: "official-selfhost", tale: accepted, once: 2, twice: 1, does: first },
  { dialect: "vaultwarden", tale: accepted, once: 4, twice: 3, does: ["invite", "create-group"] },
  { dialect: "official-cloud", tale: fromFile, once: 4, twice: 2, does: first },
  { dialect: "official-selfhost", tale: again, once: 2, twice: 1, does: first },
])("$tale.name on $dialect", ({ dialect, tale, once, twice, does }) => {
  let story: Story;
  beforeAll(async () => {
    story = await createStory(dialect, tale);
  }, 60_000);
  afterAll(async () => story[Symbol.asyncDispose]());
  const draw = (): (() => number) => {
    const points = story.points.map((_name, index) => index + 1);
    const random = repeatableRandom(seed);
    return () => points.splice(Math.floor(random() * points.length), 1)[0] ?? 0;
  };

  it(`given it is killed at ${once} of its points, then whoever takes over ends as if nobody had been killed`, async () => {
    const next = draw();
    const wrong: Record<string, string[]> = {};
    for (let tried = 0; tried < once; tried += 1) {
      const point = next();
      const found = await story.kill(point);
      if (found.length > 0) wrong[`${point} ${story.points[point - 1]}`] = found;
    }
    expect(wrong).toEqual({});
  }, 120_000);

  it(`given whoever takes over is killed too, ${twice} times, then the third ends the same`, async () => {
    const next = draw();
    const random = repeatableRandom(seed + 1);
    const wrong: Record<string, string[]> = {};
    for (let tried = 0; tried < twice; tried += 1) {
      const point = next();
      const after = await story.pointsAfter(point);
      const second = 1 + Math.floor(random() * after.length);
      const found = await story.kill(point, second);
      if (found.length > 0) wrong[`${point} ${story.points[point - 1]}, ${second} ${after[second - 1]}`] = found;
    }
    expect(wrong).toEqual({});
  }, 120_000);

  it("given nobody kills it, then it changes one of everything that this server can", () => {
    const actions = new Set(story.changes.map((change) => change.split(" ").slice(0, 2).join(" ")));
    expect([...actions].toSorted()).toEqual(does.map((action) => `done ${action}`).toSorted());
  });
});
