import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { batches } from "./batches.ts";

const sized = (...sizes: number[]) => sizes.map((bytes, item) => ({ item, bytes }));

describe("batches", () => {
  it.each([
    [1999, [1999]],
    [2000, [2000]],
    [2001, [2000, 1]],
    [4001, [2000, 2000, 1]],
    [0, []],
  ])("given %i entries and 2000 a request, then %j", (count, lengths) => {
    const items = Array.from({ length: count }, (_, item) => ({ item, bytes: 1 }));
    expect(batches(items, { count: 2000, bytes: 1e9 }).map((batch) => batch.length)).toEqual(lengths);
  });

  it("by bytes: exactly full is full, one more is the next", () => {
    expect(batches(sized(50, 50), { count: 9, bytes: 100 })).toEqual([[0, 1]]);
    expect(batches(sized(50, 51), { count: 9, bytes: 100 })).toEqual([[0], [1]]);
  });

  it("what is too large by itself goes alone", () => {
    expect(batches(sized(10, 500, 10, 10), { count: 9, bytes: 100 })).toEqual([[0], [1], [2, 3]]);
  });

  it("by cost", () => {
    const items = [6, 5, 4, 20, 1].map((cost, item) => ({ item, bytes: 1, cost }));
    expect(batches(items, { count: 9, bytes: 100, cost: 10 })).toEqual([[0], [1, 2], [3], [4]].map((batch) => batch));
  });

  it("by the entries an item makes", () => {
    const items = [1, 2, 2, 1].map((count, item) => ({ item, bytes: 1, count }));
    expect(batches(items, { count: 3, bytes: 100 })).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });

  it("hold everything once, in order, none empty, none over a limit but alone", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 200 })), fc.integer({ min: 1, max: 10 }), (sizes, count) => {
        const result = batches(sized(...sizes), { count, bytes: 100 });
        expect(result.flat()).toEqual(sizes.map((_, index) => index));
        for (const batch of result) {
          const bytes = batch.reduce((sum, index) => sum + (sizes[index] ?? 0), 0);
          expect(batch.length > 0 && batch.length <= count && (bytes <= 100 || batch.length === 1)).toBe(true);
        }
      }),
    );
  });
});
