/**
 * Whether a plan says what the organization holds afterwards, in as many cases as one has time for; prints the cases
 * tried and the differences, the first of them small enough to read.
 *
 *     npm run fidelity -- [cases] [seed] [path]
 *
 * 10,000 cases and a new seed unless given; seed and path of a difference play that case again.
 */
import { randomInt } from "node:crypto";
import { tryMany, type Difference } from "./fidelity/try-many.ts";

const [cases = "10000", seed = String(randomInt(1_000_000_000)), path] = process.argv.slice(2);
/** Cases of one seed: after a difference the next ones go on. */
const atOnce = 250;

const main = async (wanted: number, firstSeed: number): Promise<number> => {
  const startedAt = performance.now();
  const seen = new Map<string, number>();
  const differences: Difference[] = [];
  let tried = 0;
  let compared = 0;
  for (let done = 0; done < wanted; done += atOnce) {
    const result = await tryMany({
      cases: Math.min(atOnce, wanted - done),
      seed: firstSeed + done / atOnce,
      shrink: differences.length === 0,
      ...(path === undefined ? {} : { path }),
    });
    tried += result.cases;
    compared += result.compared;
    for (const [what, times] of result.seen) seen.set(what, (seen.get(what) ?? 0) + times);
    if (result.difference !== undefined) {
      if (differences.length === 0) show(result.difference);
      differences.push(result.difference);
    }
    const seconds = Math.round((performance.now() - startedAt) / 1_000);
    process.stderr.write(`${tried} cases, ${differences.length} differences, ${seconds} s\n`);
  }
  for (const [what, times] of [...seen].toSorted(([, left], [, right]) => right - left))
    console.log(`${times} ${what}`);
  for (const { seed: its, path: way } of differences.slice(1))
    console.log(`again: npm run fidelity -- 1 ${its} ${way}`);
  console.log(`${tried} cases from seed ${firstSeed}, ${compared} changes compared, ${differences.length} differences`);
  return differences.length === 0 && tried > 0 ? 0 : 1;
};

const show = ({ seed: its, path: way, found, words }: Difference): void =>
  console.log(`${JSON.stringify(found)}\n${words}\nagain: npm run fidelity -- 1 ${its} ${way}\n`);

process.exitCode = await main(path === undefined ? Number(cases) : 1, Number(seed));
