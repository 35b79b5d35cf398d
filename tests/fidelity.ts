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
/** Cases of one seed. */
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
    for (const difference of result.differences) {
      show(difference, differences.length === 0);
      differences.push(difference);
    }
    const seconds = Math.round((performance.now() - startedAt) / 1_000);
    process.stderr.write(`${tried} cases, ${differences.length} differences, ${seconds} s\n`);
  }
  for (const [what, times] of [...seen].toSorted(([, left], [, right]) => right - left))
    console.log(`${times} ${what}`);
  console.log(`${tried} cases from seed ${firstSeed}, ${compared} changes compared, ${differences.length} differences`);
  return differences.length === 0 && tried > 0 ? 0 : 1;
};

/** What differed and how to see it again; the first one with its case, which is as small as it gets. */
const show = ({ seed: its, path: way, found, words }: Difference, isFirst: boolean): void =>
  console.log(`${isFirst ? `${JSON.stringify(found)}\n` : ""}${words}\nagain: npm run fidelity -- 1 ${its} ${way}\n`);

process.exitCode = await main(path === undefined ? Number(cases) : 1, Number(seed));
