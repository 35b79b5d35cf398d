/** Product §7 with real processes: SIGKILL at any request or commit loses nothing. `npm run kill` tries every point. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { repeatableRandom } from "../../src/organizations/sandbox/testing.ts";
import { createStory, type Story } from "../kill/story.ts";

/** Always the same points, so that a failure can be looked at again. */
const seed = 20_260_105;
const cases = 10;

describe.each([["official-cloud" as const], ["official-selfhost" as const], ["vaultwarden" as const]])(
  "a run killed on %s",
  (dialect) => {
    let story: Story;
    beforeAll(async () => {
      story = await createStory(dialect);
    }, 60_000);
    afterAll(async () => story[Symbol.asyncDispose]());

    it(`given ${cases} of its points, then whoever takes over ends as if nobody had been killed`, async () => {
      const points = story.points.map((_name, index) => index + 1);
      const random = repeatableRandom(seed);
      const wrong: Record<string, string[]> = {};
      for (let tried = 0; tried < cases; tried += 1) {
        const [point = 0] = points.splice(Math.floor(random() * points.length), 1);
        const found = await story.kill(point);
        if (found.length > 0) wrong[`${point} ${story.points[point - 1]}`] = found;
      }
      expect(wrong).toEqual({});
    }, 120_000);

    it("given nobody kills it, then it changes one of everything that this server can", () => {
      const actions = new Set(story.changes.map((change) => change.split(" ").slice(0, 2).join(" ")));
      const both = ["done revoke", "done readdress", "done invite", "done change-members"];
      const official = ["done remove", "done stamp", "done rename-group"];
      expect([...actions].toSorted()).toEqual([...both, ...(dialect === "vaultwarden" ? [] : official)].toSorted());
    });
  },
);
