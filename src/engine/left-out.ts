import type { Change, PlanRow } from "../core/plan.ts";

/**
 * What of some rows can still be done when others are left out (held by a guard, or stale): somebody who is not invited
 * or adopted cannot be put into a group either, and a group row that only did that has nothing left to do; nor is
 * anything else done with whom or what was not adopted.
 */
export const withoutThose = (
  rows: readonly PlanRow[],
  isLeftOut: (row: PlanRow) => boolean,
): { readonly rows: PlanRow[]; readonly leftOut: PlanRow[] } => {
  if (!rows.some(isLeftOut)) return { rows: [...rows], leftOut: [] };
  const unadopted = new Set(rows.filter((row) => row.action === "adopt" && isLeftOut(row)).map(subjectOf));
  const isOut = (row: PlanRow): boolean => isLeftOut(row) || unadopted.has(subjectOf(row));
  const gone = rows.filter(isOut);
  const strangers = new Set(
    gone.filter(isArrival).flatMap(({ after, subject }) => after.externalId ?? subject.externalId ?? []),
  );
  const kept: PlanRow[] = [];
  for (const row of rows) {
    if (isOut(row)) continue;
    const add = row.add?.filter((id) => !strangers.has(id));
    if (add === undefined || add.length === row.add?.length) kept.push(row);
    else if (add.length > 0 || row.action === "create-group" || removes(row)) kept.push({ ...row, add });
    else gone.push(row);
  }
  return { rows: kept, leftOut: gone };
};

/** Rows that make the organization know somebody's external id, or that tell us that they are ours. */
const isArrival = ({ action, subject }: Change): boolean =>
  action === "invite" || action === "stage" || action === "stamp" || (action === "adopt" && subject.kind === "person");

const subjectOf = ({ subject }: Change): string => `${subject.kind} ${subject.id}`;

const removes = ({ remove, removeByEmail }: Change): boolean =>
  (remove?.length ?? 0) > 0 || (removeByEmail?.length ?? 0) > 0;
