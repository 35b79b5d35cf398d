import { isUtf8 } from "node:buffer";
import type { Block } from "./blocks.ts";
import { syntaxFault } from "./faults.ts";

/** One line of an LDIF file with the lines that continue it. */
export interface LdifLine {
  /** Where it starts, from 1. */
  readonly number: number;
  /** The attribute description as written. */
  readonly name: string;
  readonly kind: "text" | "base64" | "url";
  readonly value: string;
}

export interface LdifLines {
  /** Gives false for an attribute whose values need not be kept; Fault where the name is none. */
  wants(name: string, number: number): boolean;
  line(line: LdifLine): void;
  blank(): void;
}

/**
 * Joins the lines of an LDIF file (RFC 2849): a line that starts with a space continues the one before, even in the
 * middle of a character. Fault `directory.file_syntax` names the line that is no `name: value` or not UTF-8.
 */
export function createUnfolder(path: string, lines: LdifLines): { push(block: Block): void; end(): void } {
  let number = 0;
  let start = 0;
  let state: "nothing" | "line" | "unwanted" = "nothing";
  let pieces: Buffer[] = [];
  let inBlock: Block["encoding"] = "ascii";
  let inLine: Block["encoding"] = "ascii";

  const flush = (): void => {
    const ended = state;
    state = "nothing";
    if (ended === "nothing" || pieces.length === 0) return;
    const bytes = pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces);
    pieces = [];
    if (inLine === "broken" && !isUtf8(bytes)) throw syntaxFault(path, "not_utf8", { line: start });
    if (ended === "unwanted") return;
    const text = inLine === "ascii" ? bytes.toString("latin1") : bytes.toString("utf8");
    lines.line(splitLine(path, text, start));
  };

  const keep = (piece: Buffer): void => {
    if (inBlock === "broken" || inLine === "ascii") inLine = inBlock;
    // A line nobody asked for only has to be text.
    if (state !== "unwanted" || inLine === "broken") pieces.push(piece);
  };

  const begin = (data: Buffer, at: number, stop: number): void => {
    flush();
    start = number;
    inLine = "ascii";
    if (data[at] === numberSign) state = "unwanted";
    else {
      const colon = data.indexOf(colonByte, at);
      const isWhole = colon !== -1 && colon < stop;
      const isKept =
        !isWhole || lines.wants(data.toString("latin1", at, colon), number) || data[colon + 1] === lessThan;
      state = isKept ? "line" : "unwanted";
    }
    keep(data.subarray(at, stop));
  };

  const push = (block: Block): void => {
    const { data } = block;
    inBlock = block.encoding;
    let at = 0;
    while (at < data.length) {
      const found = data.indexOf(newline, at);
      const end = found === -1 ? data.length : found;
      const stop = end > at && data[end - 1] === carriageReturn ? end - 1 : end;
      number += 1;
      if (stop === at) {
        flush();
        lines.blank();
      } else if (data[at] !== space) begin(data, at, stop);
      else if (state === "nothing") throw syntaxFault(path, "fold_without_line", { line: number });
      else keep(data.subarray(at + 1, stop));
      at = end + 1;
    }
    if (block.isUnfinished) throw syntaxFault(path, "cut_short", { line: number });
    // The block's memory is used again for the next one.
    pieces = pieces.map((piece) => Buffer.from(piece));
  };

  return { push, end: flush };
}

const newline = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;
const numberSign = 0x23;
const colonByte = 0x3a;
const lessThan = 0x3c;

/** `name: text`, `name:: base64` or `name:< url`. */
function splitLine(path: string, text: string, number: number): LdifLine {
  const colon = text.indexOf(":");
  if (colon === -1) throw syntaxFault(path, "no_colon", { line: number, found: text.slice(0, 60) });
  const mark = text[colon + 1];
  const kind = mark === ":" ? "base64" : mark === "<" ? "url" : "text";
  let at = kind === "text" ? colon + 1 : colon + 2;
  while (text[at] === " ") at += 1;
  return { number, name: text.slice(0, colon), kind, value: text.slice(at) };
}
