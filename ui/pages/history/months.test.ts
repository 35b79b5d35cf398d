import { describe, expect, it } from "vitest";
import { monthsOf } from "./months.ts";

const now = new Date(2026, 10, 25);
const day = (date: string, people?: number, changed = 0, lost = 0) => ({
  day: date,
  ...(people === undefined ? {} : { people, groups: 2 }),
  changed,
  lost,
});

describe("the months of a chart", () => {
  it("given nothing ran yet, then twelve of them, of which nobody knows anything", () => {
    const months = monthsOf({ days: [], people: 0, groups: 0 }, now);
    expect(months.map(({ month }) => month)).toEqual([
      "2025-12",
      "2026-01",
      "2026-02",
      "2026-03",
      "2026-04",
      "2026-05",
      "2026-06",
      "2026-07",
      "2026-08",
      "2026-09",
      "2026-10",
      "2026-11",
    ]);
    expect(months.every(({ people, changed }) => people === undefined && changed === 0)).toBe(true);
  });

  it("given days, then what the next plan counted was there at the end of the month before, and now is what there is now", () => {
    const days = [
      day("2026-08-03", 0, 40, 0),
      day("2026-08-20", 40, 1, 1),
      day("2026-10-02", 39, 3, 2),
      day("2026-11-01", 41),
    ];
    const months = monthsOf({ days, people: 44, groups: 3 }, now);
    expect(months.slice(6).map(({ month, people, changed, lost }) => [month, people, changed, lost])).toEqual([
      ["2026-06", undefined, 0, 0],
      ["2026-07", undefined, 0, 0],
      ["2026-08", 39, 41, 1],
      ["2026-09", 39, 0, 0],
      ["2026-10", 41, 3, 2],
      ["2026-11", 44, 0, 0],
    ]);
  });

  it("given months without a run since the last one, then they have what there is now", () => {
    const months = monthsOf({ days: [day("2026-05-01", 7, 2)], people: 9, groups: 1 }, now);
    expect(months.slice(4).map(({ people }) => people)).toEqual([undefined, 9, 9, 9, 9, 9, 9, 9]);
  });
});
