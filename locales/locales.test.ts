import { readFileSync } from "node:fs";
import { IntlMessageFormat } from "intl-messageformat";
import { describe, expect, it } from "vitest";
import { faultKinds } from "../src/core/fault.ts";
import catalogue from "./en.json" with { type: "json" };

const keys = Object.keys(catalogue);

describe("the English words", () => {
  it("given every code of the fault table, then there is what happened and what to do, and nothing for other codes", () => {
    const expected = Object.keys(faultKinds).flatMap((code) => [`fault.${code}`, `remedy.${code}`]);
    const written = keys.filter((key) => /^(fault|remedy)\./.test(key));
    expect(written.toSorted()).toEqual(expected.toSorted());
  });

  it("are sorted by key, once each", () => {
    const text = readFileSync(new URL("en.json", import.meta.url), "utf8");
    const inFile = [...text.matchAll(/^ {2}"([^"]+)":/gm)].map((match) => match[1] ?? "");
    expect(inFile).toEqual([...new Set(inFile)].toSorted());
  });

  it("can all be compiled", () => {
    const broken = Object.entries(catalogue).filter(([, text]) => !compiles(text));
    expect(broken).toEqual([]);
  });
});

function compiles(text: string): boolean {
  try {
    return new IntlMessageFormat(text, "en", undefined, { ignoreTag: true }).getAst().length > 0;
  } catch {
    return false;
  }
}
