import { Fault } from "../fault.ts";
import type { Position } from "./tree.ts";

/** The text of a filter with the place reached in it. */
export interface Scan {
  readonly text: string;
  /** Name of the setting, for errors. */
  readonly setting: string;
  at: number;
}

export const positionAt = (text: string, at: number): Position => {
  const before = text.slice(0, at);
  const lineStart = before.lastIndexOf("\n") + 1;
  return { line: before.split("\n").length, column: [...before.slice(lineStart)].length + 1 };
};

export const here = (scan: Scan): Position => positionAt(scan.text, scan.at);

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
export const unexpected = (scan: Scan, expected: string): Fault => {
  const { line, column } = here(scan);
  const word = /[\p{L}\p{N}_-]+|./suy;
  word.lastIndex = scan.at;
  const [found] = word.exec(scan.text) ?? [];
  return new Fault("filter.syntax", {
    filter: scan.setting,
    line,
    column,
    expected,
    found: found === undefined ? "the end" : `"${found.slice(0, 40)}"`,
  });
};
