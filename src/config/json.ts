import { Fault } from "../core/fault.ts";

/**
 * JSON read strictly (RFC 8259) with the place of everything in it, so that every complaint about a file can say line and
 * column; `JSON.parse` tells neither, and lets the last of two equal keys win in silence.
 */
export interface ParsedJson {
  readonly value: unknown;
  /** Where a value stands, or the key in front of it; of what is not there, the nearest thing around it that is. */
  readonly locate: (path: readonly PropertyKey[], what?: "key" | "value") => Position;
  /** Keys that stand twice in one object: the second of each. */
  readonly repeated: readonly (Position & { readonly path: readonly string[] })[];
}

/** Both count from 1; a column counts UTF-16 units, as editors do. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

interface Node {
  readonly start: number;
  readonly key?: number;
  readonly children?: ReadonlyMap<string, Node>;
}

/**
 * Reads a text; `path` is what it is called in the Fault `config.invalid` (its `field` is `none`) for text that is not
 * JSON. A byte order mark at the start is skipped.
 */
export const parseJson = (text: string, path: string): ParsedJson => {
  const reader: Reader = { path, text, at: text.startsWith("\uFEFF") ? 1 : 0, repeated: [] };
  skipSpace(reader);
  const { value, node } = readValue(reader, undefined, []);
  skipSpace(reader);
  if (reader.at < text.length) throw unexpected(reader);
  return {
    value,
    locate: (path, what = "value") => positionOf(text, find(node, path, what)),
    repeated: reader.repeated.map(({ path, at }) => ({ path, ...positionOf(text, at) })),
  };
};

interface Reader {
  readonly path: string;
  readonly text: string;
  at: number;
  readonly repeated: { readonly path: readonly string[]; readonly at: number }[];
}
interface Read {
  readonly value: unknown;
  readonly node: Node;
}

/** Deeper than anything a configuration holds, and far from where recursion ends. */
const deepest = 100;

const readValue = (reader: Reader, key: number | undefined, path: readonly string[]): Read => {
  if (path.length > deepest) throw problem(reader, "json_nested");
  const { text, at: start } = reader;
  const node: Node = { start, ...(key === undefined ? {} : { key }) };
  switch (text[start]) {
    case "{":
      return readObject(reader, node, path);
    case "[":
      return readArray(reader, node, path);
    case '"':
      return { value: readString(reader), node };
    default:
      return { value: readWord(reader), node };
  }
};

const readObject = (reader: Reader, node: Node, path: readonly string[]): Read => {
  const entries: [string, unknown][] = [];
  const children = new Map<string, Node>();
  reader.at += 1;
  for (let comma = false; !closes(reader, "}", comma); comma = separated(reader, "}")) {
    const keyAt = reader.at;
    if (reader.text[keyAt] !== '"') throw keyProblem(reader);
    const key = readString(reader);
    if (children.has(key)) reader.repeated.push({ path: [...path, key], at: keyAt });
    skipSpace(reader);
    if (reader.text[reader.at] !== ":") throw unexpected(reader);
    reader.at += 1;
    skipSpace(reader);
    const read = readValue(reader, keyAt, [...path, key]);
    entries.push([key, read.value]);
    children.set(key, read.node);
  }
  return { value: Object.fromEntries(entries), node: { ...node, children } };
};

const readArray = (reader: Reader, node: Node, path: readonly string[]): Read => {
  const items: unknown[] = [];
  const children = new Map<string, Node>();
  reader.at += 1;
  for (let comma = false; !closes(reader, "]", comma); comma = separated(reader, "]")) {
    const index = String(items.length);
    const read = readValue(reader, undefined, [...path, index]);
    items.push(read.value);
    children.set(index, read.node);
  }
  return { value: items, node: { ...node, children } };
};

/** Whether the object or list ends here; after a comma it may not. */
const closes = (reader: Reader, end: string, comma: boolean): boolean => {
  skipSpace(reader);
  if (reader.text[reader.at] !== end) return false;
  if (comma) throw problem(reader, "json_trailing_comma");
  reader.at += 1;
  return true;
};

/** Steps over the comma between two entries; without one the end must follow. */
const separated = (reader: Reader, end: string): boolean => {
  skipSpace(reader);
  if (reader.text[reader.at] === ",") {
    reader.at += 1;
    return true;
  }
  if (reader.text[reader.at] !== end) throw unexpected(reader);
  return false;
};

/** The closing quote, an escape, or a control character (all below the space), which JSON wants escaped. */
const stringEnd = /["\\]|[^ -\u{10FFFF}]/gu;

const readString = (reader: Reader): string => {
  const start = reader.at;
  for (let at = start + 1; ;) {
    stringEnd.lastIndex = at;
    const found = stringEnd.exec(reader.text);
    if (found === null) throw problem({ ...reader, at: reader.text.length }, "json_ended");
    at = found.index + (found[0] === "\\" ? 2 : 1);
    if (found[0] === "\\") continue;
    if (found[0] !== '"') throw problem({ ...reader, at: found.index }, "json_line_break");
    reader.at = at;
    return unescape(reader, start);
  }
};

/** `JSON.parse` knows the escapes; it is given one string, so its error can only be about those. */
const unescape = (reader: Reader, start: number): string => {
  const quoted = reader.text.slice(start, reader.at);
  if (!quoted.includes("\\")) return quoted.slice(1, -1);
  try {
    return String(JSON.parse(quoted));
  } catch {
    throw problem({ ...reader, at: start }, "json_escape");
  }
};

const word = /[^\s,:[\]{}"']+/uy;
const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/u;

const readWord = (reader: Reader): unknown => {
  word.lastIndex = reader.at;
  const found = word.exec(reader.text)?.[0] ?? "";
  const constant = constants.get(found);
  if (constant === undefined && !number.test(found)) throw unexpected(reader);
  reader.at += found.length;
  return constant === undefined ? Number(found) : constant.value;
};

const constants: ReadonlyMap<string, { readonly value: unknown }> = new Map([
  ["true", { value: true }],
  ["false", { value: false }],
  ["null", { value: null }],
]);

const space = /[ \t\r\n]*/uy;

const skipSpace = (reader: Reader): void => {
  space.lastIndex = reader.at;
  reader.at += space.exec(reader.text)?.[0].length ?? 0;
};

const keyProblem = (reader: Reader): Fault =>
  /[A-Za-z_$']/u.test(reader.text[reader.at] ?? "") ? problem(reader, "json_quotes") : unexpected(reader);

const unexpected = (reader: Reader): Fault => {
  const rest = reader.text.slice(reader.at, reader.at + 2);
  if (rest === "") return problem(reader, "json_ended");
  if (rest === "//" || rest === "/*" || rest.startsWith("#")) return problem(reader, "json_comment");
  if (rest.startsWith("'")) return problem(reader, "json_quotes");
  return problem(reader, "json_unexpected");
};

/** The reasons are choices of `fault.config.invalid`. */
type Reason =
  | "json_comment"
  | "json_ended"
  | "json_escape"
  | "json_line_break"
  | "json_nested"
  | "json_quotes"
  | "json_trailing_comma"
  | "json_unexpected";

const problem = ({ path, text, at }: Reader, reason: Reason): Fault =>
  new Fault("config.invalid", {
    path,
    ...positionOf(text, at),
    field: "none",
    reason,
    found: String.fromCodePoint(text.codePointAt(at) ?? 0x20),
  });

const find = (root: Node, path: readonly PropertyKey[], what: "key" | "value"): number => {
  let node = root;
  for (const [depth, key] of path.entries()) {
    const child = node.children?.get(String(key));
    if (child === undefined) return node.start;
    if (depth === path.length - 1 && what === "key") return child.key ?? child.start;
    node = child;
  }
  return node.start;
};

const positionOf = (text: string, at: number): Position => {
  const before = text.slice(text.startsWith("\uFEFF") ? 1 : 0, at).split(/\r\n|\n|\r/u);
  return { line: before.length, column: (before.at(-1) ?? "").length + 1 };
};
