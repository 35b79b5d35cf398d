import { describe, expect, it } from "vitest";
import { stories } from "../../../../tests/soak/stories.ts";
import { createRandom, tell } from "../../../../tests/soak/story.ts";

const told = stories.flatMap(({ seed, ...story }) => (seed === undefined ? [] : [{ ...story, seed }]));

describe.each(told)("200 random changes of a real server: $name", ({ missing, seed, start }) => {
  it.skipIf(missing !== undefined)(
    `what is kept and the changes are what is there${missing === undefined ? "" : ` (${missing})`}`,
    { timeout: 240_000 },
    async () => {
      const random = createRandom(seed);
      const story = await start(random);
      await using server = story.server;
      const { wrong, reads, operations } = await tell({ ...story, server }, 200, random);
      expect(wrong).toBeUndefined();
      expect(operations).toBe(200);
      expect(reads.changes).toBeGreaterThan(20);
    },
  );
});
