import type { Output } from "../../../src/rpc/contract.ts";

/** One month of a profile; `people` and `groups` as of its end. */
export interface Month {
  /** `2026-11` */
  readonly month: string;
  readonly people?: number;
  readonly groups?: number;
  readonly changed: number;
  readonly lost: number;
}

/** The last twelve months, this one included: what was managed at the end of each, and whose access changed in it. */
export const monthsOf = ({ days, people, groups }: Output<"runs.numbers">, now: Date): readonly Month[] => {
  const months = Array.from({ length: 12 }, (_, at) => monthBefore(now, 11 - at));
  return months.map((month, at): Month => {
    const own = days.filter(({ day }) => day.startsWith(month));
    const base = { month, changed: sum(own.map(({ changed }) => changed)), lost: sum(own.map(({ lost }) => lost)) };
    if (at === months.length - 1) return days.length === 0 ? base : { ...base, people, groups };
    // What the first plan after the month counted was there at its end; before the first of all nobody knows.
    const after = days.find(({ day, people: counted }) => day.slice(0, 7) > month && counted !== undefined);
    const before = days.some(({ day, people: counted }) => day.slice(0, 7) <= month && counted !== undefined);
    return before && after?.people !== undefined
      ? { ...base, people: after.people, ...(after.groups === undefined ? {} : { groups: after.groups }) }
      : before
        ? { ...base, people, groups }
        : base;
  });
};

const monthBefore = (now: Date, back: number): string => {
  const first = new Date(now.getFullYear(), now.getMonth() - back, 1);
  return `${first.getFullYear()}-${String(first.getMonth() + 1).padStart(2, "0")}`;
};

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
