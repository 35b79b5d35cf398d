/** Tries many cases: any organization, any directory, any history, each played against a server of its own. */
import * as fc from "fast-check";
import { officialCase, vaultwardenCase, type Case } from "./case.ts";
import { play } from "./play.ts";

export interface Tried {
  readonly cases: number;
  /** Rows that were carried out and compared. */
  readonly compared: number;
  /** What happened, by kind: tells what the cases cover. */
  readonly seen: ReadonlyMap<string, number>;
  /** Every case that did not go as foretold, in the order they were tried; the first of them small where that was asked for. */
  readonly differences: readonly Difference[];
}

/** A case that did not go as foretold. */
export interface Difference {
  readonly seed: number;
  readonly path: string;
  readonly found: Case;
  readonly words: string;
}

export interface Trial {
  readonly cases: number;
  readonly seed: number;
  /** Of a difference that was found: plays that case alone. */
  readonly path?: string;
  readonly shrink: boolean;
  readonly onCase?: () => void;
}

const anyCase = fc.oneof({ weight: 3, arbitrary: officialCase }, { weight: 2, arbitrary: vaultwardenCase });

export const tryMany = async ({ cases, seed, path, shrink, onCase }: Trial): Promise<Tried> => {
  const seen = new Map<string, number>();
  const differences: Difference[] = [];
  let compared = 0;
  let tried = 0;
  const property = fc.asyncProperty(anyCase, async (given) => {
    const played = await play(given);
    compared += played.compared;
    for (const [what, times] of played.seen) seen.set(what, (seen.get(what) ?? 0) + times);
    onCase?.();
    if (played.differences.length > 0) throw new Error(played.differences.join("\n"));
  });
  // A check ends with its first difference; the cases of the same seed behind it are tried by further checks.
  for (let next = path; tried < cases;) {
    const small = shrink && differences.length === 0;
    const result = await fc.check(property, {
      numRuns: path === undefined ? cases - tried : 1,
      seed,
      endOnFailure: !small,
      ...(next === undefined ? {} : { path: next }),
    });
    tried += result.numRuns;
    const [found] = result.counterexample ?? [];
    if (!result.failed || found === undefined) break;
    const where = result.counterexamplePath ?? "";
    differences.push({ seed, path: where, found, words: wordsOf(result.errorInstance) });
    if (path !== undefined) break;
    next = String(Number(where.split(":", 1)[0]) + 1);
  }
  return { cases: tried, compared, seen, differences };
};

/** A defect that throws is a difference too; where it was thrown tells more than its message. */
const wordsOf = (error: unknown): string =>
  error instanceof Error ? (error.message.startsWith("round ") ? error.message : String(error.stack)) : String(error);
