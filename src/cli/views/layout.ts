import type { Words } from "../words.ts";
import type { Style } from "./style.ts";

/** Where a human view writes: words, columns, and colour as a second signal. */
export interface Screen {
  readonly words: Words;
  /** Columns, 80 to 100 (less only on a narrower terminal). */
  readonly width: number;
  readonly style: Style;
  /** Rows a list may have before it is cut. */
  readonly rows: number;
}

/** Columns a text takes on a terminal: marks none, East Asian wide characters and pictures two. */
export const widthOf = (text: string): number => {
  let width = 0;
  for (const character of text.replaceAll(escapes, "")) {
    if (marks.test(character)) continue;
    width += wide.test(character) ? 2 : 1;
  }
  return width;
};
const escapes = new RegExp(`${String.fromCodePoint(27)}\\[[\\d;]*m`, "gu");
const marks = /[\p{Mn}\p{Me}\p{Cf}\p{Variation_Selector}]/u;
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u;

/** Cut to a width, with an ellipsis where something is missing. */
export const cut = (text: string, width: number): string => {
  if (widthOf(text) <= width) return text;
  let kept = "";
  let used = 0;
  for (const character of text) {
    const next = widthOf(character);
    if (used + next > width - 1) break;
    kept += character;
    used += next;
  }
  return `${kept.trimEnd()}…`;
};

export const pad = (text: string, width: number): string => text + " ".repeat(Math.max(0, width - widthOf(text)));
const padLeft = (text: string, width: number): string => " ".repeat(Math.max(0, width - widthOf(text))) + text;

/** Breaks at blanks; continuation lines begin with the indent. Line breaks of the text stay. */
export const wrap = (text: string, width: number, indent = ""): string[] =>
  text.split("\n").flatMap((line) => wrapLine(line, width, indent));

const wrapLine = (text: string, width: number, indent: string): string[] => {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/(?<=\S) (?=\S)/u)) {
    const lead = lines.length === 0 ? "" : indent;
    const longer = line === "" ? `${lead}${word}` : `${line} ${word}`;
    if (line !== "" && widthOf(longer) > width) {
      lines.push(line);
      line = `${indent}${word}`;
    } else line = longer;
  }
  return [...lines, line];
};

export interface Column {
  readonly align?: "right";
  /** Widest it may get; longer cells are cut. */
  readonly most?: number;
}

/** Rows in aligned columns two blanks apart; the last column takes what is left and is cut there. */
export const table = (
  rows: readonly (readonly string[])[],
  width: number,
  { indent = "  ", columns = [] }: { readonly indent?: string; readonly columns?: readonly Column[] } = {},
): string[] => {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_none, index) =>
    Math.min(
      columns[index]?.most ?? Number.POSITIVE_INFINITY,
      Math.max(...rows.map((row) => widthOf(row[index] ?? ""))),
    ),
  );
  return rows.map((row) => {
    let line = indent;
    for (const [index, cell] of row.entries()) {
      const own = widths[index] ?? 0;
      const last = index === row.length - 1;
      const text = cut(cell, last ? Math.max(8, width - widthOf(line)) : own);
      if (columns[index]?.align === "right") line += padLeft(text, own);
      else line += last ? text : pad(text, own);
      if (!last) line += "  ";
    }
    return line.trimEnd();
  });
};

/** Lines of text, ended by a line break each. */
export const block = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join("");
