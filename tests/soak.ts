/**
 * Changes real directories at random, thousands of times, and holds what is kept together with the changes against a full
 * read. `npm run soak [operations] [seed]`; prints what was done before a read that differed.
 */
import { missingOpenLdap } from "./servers/openldap/openldap.ts";
import { startOpenLdapStory } from "./soak/openldap.ts";
import { missingSamba } from "./servers/samba/samba.ts";
import { startSambaStory } from "./soak/samba.ts";
import { createRandom, tell, type Story } from "./soak/story.ts";

const [operations = 3000, seed = Date.now() % 1_000_000] = process.argv.slice(2).map(Number);

const stories: Readonly<
  Record<string, { readonly missing: string | undefined; readonly start: (random: () => number) => Promise<Story> }>
> = {
  "OpenLDAP with a log": {
    missing: missingOpenLdap(),
    start: (random) => startOpenLdapStory({ log: true, renamesMembers: false }, random),
  },
  "OpenLDAP that renames members": {
    missing: missingOpenLdap(),
    start: (random) => startOpenLdapStory({ log: false, renamesMembers: true }, random),
  },
  "Samba Active Directory": { missing: missingSamba(), start: startSambaStory },
};

let failed = 0;
for (const [name, { missing, start }] of Object.entries(stories)) {
  if (missing !== undefined) {
    console.log(`${name}: skipped, ${missing}`);
    continue;
  }
  const random = createRandom(seed);
  const story = await start(random);
  await using server = story.server;
  const { wrong, reads, refused, ...told } = await tell({ ...story, server }, operations, random);
  console.log(
    `${name}, seed ${seed}: ${told.operations} operations (${refused} refused), reads: ${reads.changes} of changes, ` +
      `${reads.unchanged} unchanged, ${reads.full} full; at most ${told.people} people, ${told.memberships} memberships`,
  );
  if (wrong === undefined) continue;
  failed += 1;
  console.log(`differs in ${wrong.drift.join(", ")} after:\n  ${wrong.done.join("\n  ")}`);
}
process.exitCode = failed === 0 ? 0 : 1;
