import { isOriginalEntra, parseEntra, type EntraParts } from "./entra.ts";
import { isOriginal, parseOriginalSet, type Keywords } from "./original.ts";
import { parseOwnClauses } from "./own.ts";
import { atEnd, createScan, skipSpace, take, unexpected, type Scan } from "./scan.ts";
import type { Field, Filter, FilterSubject } from "./tree.ts";

/** A filter setting taken apart: what the core evaluates, and what the directory is asked. */
export interface FilterParts extends EntraParts {
  /** The core's part; absent: it leaves nobody out. */
  readonly filter?: Filter;
  /** The reader's part: native text of the directory's own query language; absent: none. */
  readonly query?: string;
  /** What the original drops without a word, as everything behind a second `|`. */
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
 * Reads `sync.userFilter` or `sync.groupFilter`, which can be written three ways:
 * - the original's set, `include: a, b` or `exclude: a, b`, behind it perhaps `|` and a native query;
 * - our own form, `include email:"*@firm.test"; exclude id:"17"`, behind it perhaps `|` and a native query;
 * - a native query alone: behind a leading `|`, and for `ldap` also as the original has it, beginning with `(`.
 * What follows the keyword tells the first two apart: a colon in the original's, a field in ours. Sets are the core's,
 * native queries the reader's; `file` and `entra` have none. Anything else is Fault `filter.syntax`, never "no filter".
 */
export const readFilter = (text: string, { subject, setting, directory }: FilterSetting): FilterParts => {
  const scan = createScan(text, setting);
  skipSpace(scan);
  if (atEnd(scan)) return {};
  if (directory === "ldap" && text[scan.at] === "(") return { query: text };
  if (directory === "entra" && isOriginalEntra(text, subject)) return parseEntra(scan, subject);
  const keywords = originalKeywords[subject];
  if (isOriginal(text, keywords)) {
    const filter = { clauses: [parseOriginalSet(scan, keywords)] };
    return { filter, ...readQuery(scan, directory, directory === "ldap") };
  }
  if (text[scan.at] === "|") return readQuery(scan, directory, directory === "ldap");
  if (!/^(?:include|exclude)(?![\p{L}\p{N}_])/iu.test(text.slice(scan.at)))
    throw unexpected(scan, `"include" or "exclude"${startsOf[directory] ?? ', or "|" before a query'}`);
  return { filter: { clauses: parseOwnClauses(scan, subject) }, ...readQuery(scan, directory, true) };
};

/** The native parts of both filters, as a reader receives them. Fault `filter.syntax` before anybody is read. */
export const nativeFilters = (
  sync: { readonly userFilter: string; readonly groupFilter: string },
  directory: string,
): Pick<EntraParts, "administrativeUnits"> & { readonly users?: string; readonly groups?: string } => {
  const users = readFilter(sync.userFilter, { subject: "people", setting: "userFilter", directory }).query;
  const { query: groups, administrativeUnits } = readFilter(sync.groupFilter, {
    subject: "groups",
    setting: "groupFilter",
    directory,
  });
  return {
    ...(users === undefined ? {} : { users }),
    ...(groups === undefined ? {} : { groups }),
    ...(administrativeUnits === undefined ? {} : { administrativeUnits }),
  };
};

/** Values of a field that a filter names whole: groups a reader has to read even when they are not selected. */
export const valuesIn = (filter: Filter | undefined, field: Field): string[] =>
  (filter?.clauses ?? []).flatMap((clause) =>
    clause.conditions.flatMap(({ field: own, texts }) => (own === field && texts.length === 1 ? texts : [])),
  );

/** In the original a set names people by address and groups by name. */
const originalKeywords: Readonly<Record<FilterSubject, Keywords>> = {
  people: { include: { mode: "include", field: "email" }, exclude: { mode: "exclude", field: "email" } },
  groups: { include: { mode: "include", field: "name" }, exclude: { mode: "exclude", field: "name" } },
};

/** What else a filter may begin with, where that is not `|`. */
const startsOf: Readonly<Record<string, string>> = { ldap: ', or "(" before an LDAP filter', file: "", entra: "" };

/** What stands behind `|`: all of it, or for the original's strings up to the next `|`. */
const readQuery = (scan: Scan, directory: string, whole: boolean): Pick<FilterParts, "query" | "ignored"> => {
  if (atEnd(scan)) return {};
  if (directory === "file" || directory === "entra")
    throw unexpected(scan, "the end, since this directory has no queries of its own");
  take(scan, /\|/uy);
  const rest = scan.text.slice(scan.at);
  const cut = whole ? -1 : rest.indexOf("|");
  const query = (cut === -1 ? rest : rest.slice(0, cut)).trim();
  const ignored = cut === -1 ? "" : rest.slice(cut + 1).trim();
  return { ...(query === "" ? {} : { query }), ...(ignored === "" ? {} : { ignored }) };
};
