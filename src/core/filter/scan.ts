import { Fault } from "../fault.ts";
import type { Position } from "./tree.ts";

/** The text of a filter with the place reached in it. */
export interface Scan {
  readonly text: string;
  /** Name of the setting, for errors. */
  readonly setting: string;
  at: number;
  /** The last line break passed, so that a long filter is not counted from its start for every value. */
  line: { readonly number: number; readonly start: number };
}

export const createScan = (text: string, setting: string): Scan => ({
  text,
  setting,
  at: 0,
  line: { number: 1, start: 0 },
});

/** Line and column of this place, or of one further on; both count from 1, columns in UTF-16 units as editors do. */
export const here = (scan: Scan, at = scan.at): Position => {
  for (let end = scan.text.indexOf("\n", scan.line.start); end !== -1 && end < at;) {
    scan.line = { number: scan.line.number + 1, start: end + 1 };
    end = scan.text.indexOf("\n", end + 1);
  }
  return { line: scan.line.number, column: at - scan.line.start + 1 };
};

/** Takes what matches the sticky pattern at this place, or nothing. */
export const take = (scan: Scan, pattern: RegExp): string | undefined => {
  pattern.lastIndex = scan.at;
  const [found] = pattern.exec(scan.text) ?? [];
  if (found !== undefined) scan.at += found.length;
  return found;
};

export const skipSpace = (scan: Scan): void => void take(scan, /\s*/uy);

export const atEnd = (scan: Scan): boolean => scan.at >= scan.text.length;

/** Fault `filter.syntax`: what was expected at this place and what stands there instead. */
export const unexpected = (scan: Scan, expected: string, at = scan.at): Fault => {
  const { line, column } = here(createScan(scan.text, scan.setting), at);
  const word = /[\p{L}\p{N}_-]+|./suy;
  word.lastIndex = at;
  const [found] = word.exec(scan.text) ?? [];
  return new Fault("filter.syntax", {
    filter: scan.setting,
    line,
    column,
    expected,
    found: found === undefined ? "the end" : `"${found.slice(0, 40)}"`,
    // The line itself, so that the place in it can be shown.
    text: scan.text.split("\n")[line - 1] ?? "",
  });
};
