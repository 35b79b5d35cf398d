import type { Diagnostic } from "./diagnostic.ts";
import {
  isChange,
  numberRows,
  type Action,
  type Change,
  type Plan,
  type PlanCounts,
  type PlanHeader,
  type PlanRow,
  type SeatForecast,
} from "./plan.ts";
import { createDigest } from "./plan-digest.ts";

/** A plan's header but for what the rows tell. */
export interface PlanFacts extends Omit<
  PlanHeader,
  "version" | "counts" | "digest" | "seats" | "baseline" | "estimate" | "redacts"
> {
  readonly seats?: SeatForecast | undefined;
  readonly baseline?: PlanHeader["baseline"] | undefined;
  readonly totals: Omit<PlanCounts, "byAction" | "changes" | "membershipsAdded" | "membershipsRemoved">;
}

/** Orders, numbers, counts and seals changes into a plan. */
export const makePlan = (changes: Iterable<Change>, notes: readonly Diagnostic[], facts: PlanFacts): Plan => {
  const rows = numberRows(changes);
  const { totals, seats, baseline, ...rest } = facts;
  const header: PlanHeader = {
    version: 1,
    ...rest,
    counts: { ...countRows(rows), ...totals },
    digest: digestOf(rows),
    ...(seats === undefined ? {} : { seats }),
    ...(baseline === undefined ? {} : { baseline }),
  };
  return { header, rows, notes };
};

export const digestOf = (rows: readonly PlanRow[]): string => {
  const digest = createDigest();
  for (const row of rows) digest.add(row);
  return digest.end();
};

const countRows = (
  rows: readonly PlanRow[],
): Pick<PlanCounts, "byAction" | "changes" | "membershipsAdded" | "membershipsRemoved"> => {
  const byAction: Partial<Record<Action, number>> = {};
  let changes = 0;
  let membershipsAdded = 0;
  let membershipsRemoved = 0;
  for (const row of rows) {
    byAction[row.action] = (byAction[row.action] ?? 0) + 1;
    if (isChange(row)) changes += 1;
    if (row.action === "adopt") continue;
    membershipsAdded += row.add?.length ?? 0;
    membershipsRemoved += (row.remove?.length ?? 0) + (row.removeByEmail?.length ?? 0);
  }
  return { byAction, changes, membershipsAdded, membershipsRemoved };
};
