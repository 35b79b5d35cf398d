import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createLines, type Section } from "./lines.ts";

const heights = { row: 32, head: 28 };
const plan: readonly Section[] = [
  { key: "loses-access", total: 2, open: true },
  { key: "invited", total: 3, open: true },
  { key: "unchanged", total: 47, open: false },
];

describe("the lines of a table in sections", () => {
  it("are each section's head and its rows, but for closed ones", () => {
    const lines = createLines(plan, heights);
    expect(Array.from({ length: lines.count }, (_, index) => lines.at(index))).toEqual([
      { index: 0, section: "loses-access" },
      { index: 1, section: "loses-access", row: 0 },
      { index: 2, section: "loses-access", row: 1 },
      { index: 3, section: "invited" },
      { index: 4, section: "invited", row: 0 },
      { index: 5, section: "invited", row: 1 },
      { index: 6, section: "invited", row: 2 },
      { index: 7, section: "unchanged" },
    ]);
    expect(lines.height).toBe(3 * 28 + 5 * 32);
  });

  it("know the head that belongs to a row, so that it can stay in sight", () => {
    expect(createLines(plan, heights).headOf(6)).toEqual({ index: 3, section: "invited" });
  });

  it("given steps from row to row, then heads are passed over", () => {
    const lines = createLines(plan, heights);
    expect(lines.move(-1, 1)).toBe(1);
    expect(lines.move(2, 1)).toBe(4);
    expect(lines.move(4, -1)).toBe(2);
    expect(lines.move(1, -1)).toBe(1);
    expect(lines.move(6, 1)).toBe(6);
    expect(lines.move(1, 500)).toBe(6);
  });

  it("given nothing to show, then there is no row to step to", () => {
    expect(createLines([], heights).move(-1, 1)).toBeUndefined();
    expect(createLines([{ key: "a", total: 9, open: false }], heights).move(-1, 1)).toBeUndefined();
  });

  it("without heads are the rows alone", () => {
    const lines = createLines([{ key: "people", total: 3, open: true }], { row: 32, head: 0 });
    expect(lines.at(0)).toEqual({ index: 0, section: "people", row: 0 });
    expect([lines.count, lines.height, lines.headOf(1)]).toEqual([3, 96, undefined]);
  });

  it("stand one below the other without a gap, whatever the sections are", () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ key: fc.uuid(), total: fc.nat(40), open: fc.boolean() }), { maxLength: 6 }),
        fc.boolean(),
        (sections, withHeads) => {
          const lines = createLines(sections, { row: 32, head: withHeads ? 28 : 0 });
          let top = 0;
          for (let index = 0; index < lines.count; index += 1) {
            const height = lines.at(index)?.row === undefined ? 28 : 32;
            expect(lines.top(index)).toBe(top);
            expect(lines.indexAt(top)).toBe(index);
            expect(lines.indexAt(top + height - 1)).toBe(index);
            top += height;
          }
          expect(lines.height).toBe(top);
        },
      ),
    );
  });
});
