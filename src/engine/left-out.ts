import type { Change, GroupFacts, PlanRow } from "../core/plan.ts";

/**
 * What of some rows can still be done when others are left out (held by a guard, or stale): somebody who is not invited
 * or adopted cannot be put into a group either, and a group row that only did that has nothing left to do; nor is
 * anything else done with whom or what was not adopted.
 */
export const withoutThose = <Row extends PlanRow>(
  rows: readonly Row[],
  isLeftOut: (row: Row) => boolean,
): { readonly rows: Row[]; readonly leftOut: Row[] } => {
  if (!rows.some(isLeftOut)) return { rows: [...rows], leftOut: [] };
  const unadopted = new Set(rows.filter((row) => row.action === "adopt" && isLeftOut(row)).map(subjectOf));
  const isOut = (row: Row): boolean => isLeftOut(row) || unadopted.has(subjectOf(row));
  const gone = rows.filter(isOut);
  const strangers = new Set(
    gone.filter(isArrival).flatMap(({ after, subject }) => after.externalId ?? subject.externalId ?? []),
  );
  const kept: Row[] = [];
  for (const row of rows) {
    if (isOut(row)) continue;
    const { add: wanted = [] } = row;
    const add = wanted.filter((id) => !strangers.has(id));
    if (add.length === wanted.length) kept.push(row);
    else if (add.length > 0 || row.action === "create-group" || removes(row))
      kept.push({ ...row, add, after: smaller(row.after, wanted.length - add.length) });
    else gone.push(row);
  }
  return { rows: kept, leftOut: gone };
};

/** Rows that make the organization know somebody's external id, or that tell us that they are ours. */
const isArrival = ({ action, subject }: Change): boolean =>
  action === "invite" || action === "stage" || action === "stamp" || (action === "adopt" && subject.kind === "person");

/** What a group is after its change, where so many are not put into it. */
const smaller = (after: GroupFacts, count: number): GroupFacts =>
  after.size === undefined ? after : { ...after, size: after.size - count };

const subjectOf = ({ subject }: Change): string => `${subject.kind} ${subject.id}`;

const removes = ({ remove, removeByEmail }: Change): boolean =>
  (remove?.length ?? 0) > 0 || (removeByEmail?.length ?? 0) > 0;
