import { describe, expect, it } from "vitest";
import { missingOpenLdap } from "../../../../tests/servers/openldap/openldap.ts";
import { missingSamba } from "../../../../tests/servers/samba/samba.ts";
import { startOpenLdapStory } from "../../../../tests/soak/openldap.ts";
import { startSambaStory } from "../../../../tests/soak/samba.ts";
import { createRandom, tell, type Story } from "../../../../tests/soak/story.ts";

type Start = (random: () => number) => Promise<Story>;
const servers: readonly [name: string, missing: string | undefined, seed: number, start: Start][] = [
  [
    "OpenLDAP with a log",
    missingOpenLdap(),
    1,
    (random) => startOpenLdapStory({ log: true, renamesMembers: false }, random),
  ],
  [
    "OpenLDAP that renames members",
    missingOpenLdap(),
    2,
    (random) => startOpenLdapStory({ log: false, renamesMembers: true }, random),
  ],
  ["Samba Active Directory", missingSamba(), 5, startSambaStory],
];

describe.each(servers)("200 random changes of a real server: %s", (_name, missing, seed, start) => {
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
