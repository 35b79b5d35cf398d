import { describe, expect, it } from "vitest";
import { missingOpenLdap } from "../../../../tests/servers/openldap/openldap.ts";
import { startOpenLdapStory } from "../../../../tests/soak/openldap.ts";
import { createRandom, tell } from "../../../../tests/soak/story.ts";

const skip = missingOpenLdap();

describe.skipIf(skip !== undefined)(`changes of a real OpenLDAP${skip === undefined ? "" : ` (${skip})`}`, () => {
  it.each([
    { log: true, renamesMembers: false, seed: 1 },
    { log: false, renamesMembers: true, seed: 2 },
  ])(
    "given random changes ($log, $renamesMembers), then what is kept and the changes are what is there",
    { timeout: 120_000 },
    async ({ seed, ...how }) => {
      const random = createRandom(seed);
      const story = await startOpenLdapStory(how, random);
      await using server = story.server;
      const told = await tell({ ...story, server }, 200, random);
      expect(told.wrong).toBeUndefined();
      expect(told.reads.changes).toBeGreaterThan(20);
    },
  );
});
