import { parseOriginalSet } from "./original.ts";
import { parseOwnClauses } from "./own.ts";
import { atEnd, skipSpace, unexpected, type Scan } from "./scan.ts";
import type { Filter, FilterSubject } from "./tree.ts";

/** A filter setting taken apart: what the core evaluates, and what the directory is asked. */
export interface FilterParts {
  /** Absent: the core leaves nobody out. */
  readonly filter?: Filter;
  /** Native text for the reader, as its vendor writes queries; absent: none. */
  readonly query?: string;
  /** What the original drops without a word: everything after a second `|`. */
  readonly ignored?: string;
}

export interface FilterSetting {
  readonly subject: FilterSubject;
  /** Name of the setting, for errors: `userFilter` or `groupFilter`. */
  readonly setting: string;
  /** Kind of the directory; decides what may stand behind `|`. */
  readonly directory: string;
}

/**
 * Reads `sync.userFilter` or `sync.groupFilter`. Three ways to write one:
 * - the original's set, `include: a, b` or `exclude: a, b`, behind it perhaps `|` and a native query;
 * - our own form, `include email:"*@firm.test"; exclude id:"17"`, behind it perhaps `|` and a native query;
 * - a native query alone: behind a leading `|`, and for `ldap` also as it is, beginning with `(`.
 * The keyword tells the first two apart: only in the original's does a colon follow it. The set is ours, the query the
 * reader's. Anything else is Fault `filter.syntax`, never "no filter".
 */
export const readFilter = (text: string, { subject, setting, directory }: FilterSetting): FilterParts => {
  const scan: Scan = { text, setting, at: 0 };
  skipSpace(scan);
  if (atEnd(scan)) return {};
  if (directory === "ldap" && text[scan.at] === "(") return { query: text.trim() };
  const original = /\s*(?:include|exclude)\s*:/iuy.test(text);
  const filter = parseSets(scan, subject, original);
  const set = filter === undefined ? {} : { filter };
  if (atEnd(scan)) return set;
  if (directory === "file") throw unexpected(scan, "the end, since a file has no queries of its own");
  scan.at += 1;
  return { ...set, ...readQuery(text.slice(scan.at), filter === undefined || original ? directory : "ldap") };
};

const parseSets = (scan: Scan, subject: FilterSubject, original: boolean): Filter | undefined => {
  if (scan.text[scan.at] === "|") return undefined;
  if (original) return { clauses: [parseOriginalSet(scan, subject === "people" ? "email" : "name")] };
  if (!/(?:include|exclude)(?![\p{L}\p{N}_])/iuy.test(scan.text.slice(scan.at)))
    throw unexpected(scan, scan.setting === "" ? "" : expectedAtStart);
  return { clauses: parseOwnClauses(scan, subject) };
};
const expectedAtStart = '"include", "exclude", or "|" before a query';

const readQuery = (text: string, directory: string): Omit<FilterParts, "filter"> => {
  if (directory === "ldap") return text.trim() === "" ? {} : { query: text.trim() };
  const [query = "", ...rest] = text.split("|");
  return {
    ...(query.trim() === "" ? {} : { query: query.trim() }),
    ...(rest.length === 0 ? {} : { ignored: rest.join("|") }),
  };
};
