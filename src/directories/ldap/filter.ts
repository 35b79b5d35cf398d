import { Filter, SearchFilter, type BerWriter } from "ldapts";
import { Fault } from "../../core/fault.ts";

type Write = (writer: BerWriter) => void;

/**
 * Reads an LDAP filter (RFC 4515) strictly and keeps escaped bytes as they are, so `\c3\bc` and `ü` are the same value.
 * Outer parentheses may be absent, and blanks may stand between components. `field` names the setting in the Fault
 * `filter.syntax {filter, line, column, expected, found, text}`; `text` is the line it is in.
 */
export const parseFilter = (text: string, field: string): Filter => parse(text, field).filter;

/** The attributes a filter speaks of, as written, each once. Throws as `parseFilter` does. */
export const attributesIn = (text: string, field: string): string[] => [...parse(text, field).attributes];

function parse(text: string, field: string): { filter: Filter; attributes: ReadonlySet<string> } {
  const state: State = { text, at: 0, depth: 0, field, attributes: new Set() };
  blanks(state);
  const write = text[state.at] === "(" ? readComponent(state) : readItem(state, true);
  blanks(state);
  if (state.at < text.length) throw unexpected(state, "the end");
  return { filter: new WrittenFilter(write), attributes: state.attributes };
}

/** All of these; one alone stands for itself. */
export function allOf(...filters: readonly Filter[]): Filter {
  const [only] = filters;
  if (filters.length === 1 && only !== undefined) return only;
  return new WrittenFilter((writer) => nest(writer, SearchFilter.and, filters));
}

/** Any of these. */
export const anyOf = (...filters: readonly Filter[]): Filter =>
  new WrittenFilter((writer) => nest(writer, SearchFilter.or, filters));

/** The attribute has exactly this value; text or bytes need no escaping. */
export const equals = (attribute: string, value: string | Buffer): Filter =>
  new WrittenFilter((writer) => writeAssertion(writer, SearchFilter.equalityMatch, attribute, Buffer.from(value)));

export const present = (attribute: string): Filter =>
  new WrittenFilter((writer) => writer.writeString(attribute, SearchFilter.present));

/** A filter that writes its own bytes; the library's filters take escaped bytes for characters. */
class WrittenFilter extends Filter {
  override readonly type = SearchFilter.and;
  readonly #write: Write;
  constructor(write: Write) {
    super();
    this.#write = write;
  }
  override write(writer: BerWriter): void {
    this.#write(writer);
  }
  override toString(): string {
    return "(filter)";
  }
}

interface State {
  readonly text: string;
  at: number;
  depth: number;
  readonly field: string;
  readonly attributes: Set<string>;
}

/** Deeper than anybody writes, and shallow enough for every stack. */
const deepest = 200;

function readComponent(state: State): Write {
  if (state.depth === deepest) throw unexpected(state, `at most ${deepest} parentheses inside one another`);
  state.depth += 1;
  expect(state, "(");
  blanks(state);
  const operator = state.text[state.at];
  let write: Write;
  if (operator === "&" || operator === "|") {
    state.at += 1;
    const parts = readList(state);
    const tag = operator === "&" ? SearchFilter.and : SearchFilter.or;
    write = (writer) => {
      writer.startSequence(tag);
      for (const part of parts) part(writer);
      writer.endSequence();
    };
  } else if (operator === "!") {
    state.at += 1;
    blanks(state);
    const part = readComponent(state);
    blanks(state);
    write = (writer) => {
      writer.startSequence(SearchFilter.not);
      part(writer);
      writer.endSequence();
    };
  } else write = readItem(state, false);
  expect(state, ")");
  state.depth -= 1;
  return write;
}

function readList(state: State): Write[] {
  const parts: Write[] = [];
  blanks(state);
  while (state.text[state.at] === "(") {
    parts.push(readComponent(state));
    blanks(state);
  }
  return parts;
}

function readItem(state: State, isWhole: boolean): Write {
  const attribute = match(state, /(?:\d+(?:\.\d+)+|[\w-]+)(?:;[\w-]+)*/uy) ?? "";
  if (attribute !== "") state.attributes.add(attribute);
  const isExtensible = state.text[state.at] === ":" && state.text[state.at + 1] !== undefined;
  if (isExtensible) return readExtensible(state, attribute, isWhole);
  if (attribute === "") throw unexpected(state, isWhole ? '"(" or an attribute' : '"&", "|", "!" or an attribute');
  const operator = match(state, />=|<=|~=|=/uy);
  if (operator === undefined) throw unexpected(state, '"=", ">=", "<=", "~=" or ":="');
  if (operator !== "=") {
    const value = readValue(state, isWhole);
    const tag = { ">=": SearchFilter.greaterOrEqual, "<=": SearchFilter.lessOrEqual, "~=": SearchFilter.approxMatch }[
      operator
    ];
    return (writer) => writeAssertion(writer, tag ?? SearchFilter.approxMatch, attribute, value);
  }
  const parts = [readValue(state, isWhole)];
  while (state.text[state.at] === "*") {
    state.at += 1;
    parts.push(readValue(state, isWhole));
  }
  const [only] = parts;
  if (parts.length === 1 && only !== undefined)
    return (writer) => writeAssertion(writer, SearchFilter.equalityMatch, attribute, only);
  if (parts.every((part) => part.length === 0)) return (writer) => writer.writeString(attribute, SearchFilter.present);
  return (writer) => writeSubstrings(writer, attribute, parts);
}

function readExtensible(state: State, attribute: string, isWhole: boolean): Write {
  const isDn = match(state, /:dn(?=:)/iuy) !== undefined;
  const rule = match(state, /:[\w.-]+(?=:=)/uy)?.slice(1);
  if (match(state, /:=/uy) === undefined) throw unexpected(state, '":=" or a matching rule');
  if (attribute === "" && rule === undefined) throw unexpected(state, "an attribute or a matching rule before it");
  const value = readValue(state, isWhole);
  return (writer) => {
    writer.startSequence(SearchFilter.extensibleMatch);
    if (rule !== undefined) writer.writeString(rule, 0x81);
    if (attribute !== "") writer.writeString(attribute, 0x82);
    writer.writeBuffer(value, 0x83);
    if (isDn) writer.writeBoolean(true, 0x84);
    writer.endSequence();
  };
}

/** Up to the next `*` or `)`, or the end where there are no parentheses. */
function readValue(state: State, isWhole: boolean): Buffer {
  const bytes: Buffer[] = [];
  for (;;) {
    const plain = match(state, /[^()*\\\0]+/uy);
    if (plain !== undefined) bytes.push(Buffer.from(plain));
    if (state.text[state.at] !== "\\") break;
    const escape = match(state, /\\[\da-f]{2}/iuy);
    if (escape === undefined) throw unexpected({ ...state, at: state.at + 1 }, "two hexadecimal digits");
    bytes.push(Buffer.from(escape.slice(1), "hex"));
  }
  const next = state.text[state.at];
  if (next === "(" || next === "\0") throw unexpected(state, '")" or an escaped character');
  if (next === ")" && isWhole) throw unexpected(state, "the end");
  return Buffer.concat(bytes);
}

function writeSubstrings(writer: BerWriter, attribute: string, parts: readonly Buffer[]): void {
  writer.startSequence(SearchFilter.substrings);
  writer.writeString(attribute);
  writer.startSequence();
  for (const [index, part] of parts.entries())
    if (part.length > 0) writer.writeBuffer(part, index === 0 ? 0x80 : index === parts.length - 1 ? 0x82 : 0x81);
  writer.endSequence();
  writer.endSequence();
}

function writeAssertion(writer: BerWriter, tag: number, attribute: string, value: Buffer): void {
  writer.startSequence(tag);
  writer.writeString(attribute);
  writer.writeBuffer(value, 0x04);
  writer.endSequence();
}

function nest(writer: BerWriter, tag: number, filters: readonly Filter[]): void {
  writer.startSequence(tag);
  for (const filter of filters) filter.write(writer);
  writer.endSequence();
}

function match(state: State, pattern: RegExp): string | undefined {
  pattern.lastIndex = state.at;
  const found = pattern.exec(state.text)?.[0];
  if (found !== undefined) state.at += found.length;
  return found;
}

const blanks = (state: State): void => void match(state, /\s+/uy);

function expect(state: State, character: string): void {
  if (state.text[state.at] !== character) throw unexpected(state, `"${character}"`);
  state.at += 1;
}

function unexpected(state: State, expected: string): Fault {
  const before = state.text.slice(0, state.at).split("\n");
  const character = state.text.slice(state.at, state.at + 1);
  return new Fault("filter.syntax", {
    filter: state.field,
    line: before.length,
    column: (before.at(-1) ?? "").length + 1,
    expected,
    found: character === "" ? "the end" : `"${character}"`,
    text: state.text.split("\n")[before.length - 1] ?? "",
  });
}
