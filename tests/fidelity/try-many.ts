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
  readonly difference: Difference | undefined;
}

/** The first case that did not go as foretold, made as small as it gets. */
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
  let compared = 0;
  const property = fc.asyncProperty(anyCase, async (given) => {
    const played = await play(given);
    compared += played.compared;
    for (const [what, times] of played.seen) seen.set(what, (seen.get(what) ?? 0) + times);
    onCase?.();
    if (played.differences.length > 0) throw new Error(played.differences.join("\n"));
  });
  const result = await fc.check(property, {
    numRuns: cases,
    seed,
    endOnFailure: !shrink,
    ...(path === undefined ? {} : { path }),
  });
  const [found] = result.counterexample ?? [];
  const difference =
    !result.failed || found === undefined
      ? undefined
      : { seed, path: result.counterexamplePath ?? "", found, words: wordsOf(result.errorInstance) };
  return { cases: result.numRuns, compared, seen, difference };
};

/** A defect that throws is a difference too; where it was thrown tells more than its message. */
const wordsOf = (error: unknown): string =>
  error instanceof Error ? (error.message.startsWith("round ") ? error.message : String(error.stack)) : String(error);
