import * as fc from "fast-check";
import { expect, it } from "vitest";
import { ascending } from "./ascending.ts";

it("gives every text once, in code-unit order, and leaves the list it was given alone", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "binary", maxLength: 3 })), (texts) => {
      const before = [...texts];
      expect(ascending(texts)).toEqual([...new Set(texts)].sort());
      expect(texts).toEqual(before);
    }),
  );
});

it("gives a list that is so already back as it is", () => {
  const texts = ["", "A", "a", "b"];
  expect(ascending(texts)).toBe(texts);
  expect(ascending()).toEqual([]);
});
