import { isAscii, isUtf8 } from "node:buffer";
import { array, assert, constantFrom, integer, property, record, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { createUnfolder } from "./ldif-lines.ts";

describe("lines of LDIF", () => {
  it("given any values, folded at any bytes and read in any blocks, then the values", () => {
    assert(
      property(
        array(anyLine, { maxLength: 12 }),
        array(integer({ min: 1, max: 5 }), { minLength: 1 }),
        (lines, sizes) => {
          const physical = lines.flatMap(({ name, value, folds }) => fold(Buffer.from(`${name}: x${value}`), folds));
          const blocks = group(physical, sizes);
          expect(unfold(blocks)).toEqual(
            lines.flatMap(({ name, value }) => (name === "unwanted" ? [] : [`${name}=x${value}`])),
          );
        },
      ),
    );
  });
});

const anyLine = record({
  name: constantFrom("cn", "mail", "unwanted"),
  value: string({ unit: "grapheme" }).map((text) => text.replaceAll(/[\r\n]/gu, "")),
  folds: array(integer({ min: 1, max: 9 }), { minLength: 1 }),
});

/** The line's bytes over several lines, each but the first starting with a space. */
function fold(bytes: Buffer, lengths: readonly number[]): Buffer[] {
  const parts: Buffer[] = [];
  // A name that is itself folded is tested by hand; exporters never do it.
  let at = bytes.indexOf(":") + 2;
  parts.push(bytes.subarray(0, at));
  for (let turn = 0; at < bytes.length; turn += 1) {
    const length = lengths[turn % lengths.length] ?? 1;
    parts.push(Buffer.concat([Buffer.from(" "), bytes.subarray(at, at + length)]));
    at += length;
  }
  return parts.map((part) => Buffer.concat([part, Buffer.from("\n")]));
}

function group(lines: readonly Buffer[], sizes: readonly number[]): Buffer[] {
  const blocks: Buffer[] = [];
  let at = 0;
  for (let turn = 0; at < lines.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    blocks.push(Buffer.concat(lines.slice(at, at + size)));
    at += size;
  }
  return blocks;
}

function unfold(blocks: readonly Buffer[]): string[] {
  const found: string[] = [];
  const unfolder = createUnfolder("test.ldif", {
    wants: (name) => name !== "unwanted",
    line: ({ name, value }) => void found.push(`${name}=${value}`),
    blank: () => undefined,
  });
  for (const data of blocks) {
    const encoding = isAscii(data) ? "ascii" : isUtf8(data) ? "utf8" : "broken";
    unfolder.push({ data, encoding, isUnfinished: false });
    // What is read next comes into the same memory.
    data.fill("?");
  }
  unfolder.end();
  return found;
}
