import { canonicalLine, isChange, type Change, type PlanRow } from "./plan.ts";
import { takesAway } from "./stale.ts";

/** A fresh plan beside an accepted, recorded one. */
export interface Acceptance {
  /** Rows of the fresh plan that were accepted word for word. */
  readonly accepted: ReadonlySet<number>;
  /** What the guards still have to count: rows nobody has seen, and of rows seen in part the part that is new. */
  readonly rest: readonly PlanRow[];
  /** Rows that take access away, readdress or empty and that nobody has seen: the acceptance does not cover the plan. */
  readonly unseen: readonly PlanRow[];
}

/**
 * `sync --accept` (product: acceptance): goes on when everything that takes something away was in the accepted plan. A
 * group's row is one for all of its members, so there each membership counts by itself: one more arrival does not
 * make an accepted departure unseen.
 */
export const compareAccepted = (fresh: readonly PlanRow[], accepted: readonly Change[]): Acceptance => {
  const seen = new Set(accepted.filter(isChange).map(canonicalLine));
  const departures = new Map(accepted.filter(takesMembers).map((change) => [keyOf(change), change]));
  const matching = new Set<number>();
  const rest: PlanRow[] = [];
  const unseen: PlanRow[] = [];
  for (const row of fresh) {
    if (!isChange(row)) continue;
    if (seen.size > 0 && seen.has(canonicalLine(row))) {
      matching.add(row.row);
      continue;
    }
    const left = row.action === "change-members" ? withoutSeen(row, departures.get(keyOf(row))) : row;
    rest.push(left);
    if (takesAway(left) || left.action === "readdress") unseen.push(row);
  }
  return { accepted: matching, rest, unseen };
};

const keyOf = ({ action, subject }: Change): string => `${action} ${subject.id}`;

const takesMembers = (change: Change): boolean => change.action === "change-members";

const withoutSeen = (row: PlanRow, seen: Change | undefined): PlanRow => {
  const isNew = (list: readonly string[] | undefined) => (item: string) => list?.includes(item) !== true;
  return {
    ...row,
    remove: (row.remove ?? []).filter(isNew(seen?.remove)),
    removeByEmail: (row.removeByEmail ?? []).filter(isNew(seen?.removeByEmail)),
  };
};
