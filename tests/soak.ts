/**
 * Changes real directories at random, thousands of times, and holds what is kept together with the changes against a full
 * read. `npm run soak [operations] [seed] [part of a server's name]`; prints what was done before a read that differed.
 */
import { stories } from "./soak/stories.ts";
import { createRandom, tell } from "./soak/story.ts";

const [operations = 3000, seed = Date.now() % 1_000_000] = process.argv.slice(2).map(Number);
const only = process.argv[4] ?? "";

let failed = 0;
for (const { name, missing, start } of stories) {
  if (!name.includes(only)) continue;
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
