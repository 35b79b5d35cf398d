import type { Change, PlanRow } from "../core/plan.ts";

/**
 * What of some rows can still be done when others are left out (held by a guard, or stale): somebody who is not invited
 * cannot be put into a group either, and a group row that only did that has nothing left to do.
 */
export const withoutThose = (
  rows: readonly PlanRow[],
  isLeftOut: (row: PlanRow) => boolean,
): { readonly rows: PlanRow[]; readonly leftOut: PlanRow[] } => {
  const gone = rows.filter(isLeftOut);
  const strangers = new Set(
    gone.filter(isArrival).flatMap(({ after, subject }) => after.externalId ?? subject.externalId ?? []),
  );
  const kept: PlanRow[] = [];
  for (const row of rows) {
    if (isLeftOut(row)) continue;
    const add = row.add?.filter((id) => !strangers.has(id));
    if (add === undefined || add.length === row.add?.length) kept.push(row);
    else if (add.length > 0 || row.action === "create-group" || removes(row)) kept.push({ ...row, add });
    else gone.push(row);
  }
  return { rows: kept, leftOut: gone };
};

/** Rows that make the organization know somebody's external id. */
const isArrival = ({ action }: Change): boolean => action === "invite" || action === "stage" || action === "stamp";

const removes = ({ remove, removeByEmail }: Change): boolean =>
  (remove?.length ?? 0) > 0 || (removeByEmail?.length ?? 0) > 0;
