import { canonicalLine, isChange, type Change, type PlanRow } from "./plan.ts";
import { takesAway } from "./stale.ts";

/** A fresh plan beside an accepted, recorded one. */
export interface Acceptance {
  /** Rows of the fresh plan that were accepted word for word. */
  readonly accepted: ReadonlySet<number>;
  /** What the guards still have to count. */
  readonly rest: readonly Change[];
  /** Rows that take access away, readdress or empty and that nobody has seen: the acceptance does not cover the plan. */
  readonly unseen: readonly PlanRow[];
}

/** `sync --accept` (product: acceptance): goes on when everything that takes something away was in the accepted plan. */
export const compareAccepted = (fresh: readonly PlanRow[], accepted: readonly Change[]): Acceptance => {
  const seen = new Set(accepted.filter(isChange).map(canonicalLine));
  const changes = fresh.filter(isChange);
  const matching = new Set(changes.filter((row) => seen.has(canonicalLine(row))).map((row) => row.row));
  const rest = changes.filter((row) => !matching.has(row.row));
  return { accepted: matching, rest, unseen: rest.filter((row) => takesAway(row) || row.action === "readdress") };
};
