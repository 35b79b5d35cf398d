import { isOriginal, parseOriginalSet, type Keywords } from "./original.ts";
import { skipSpace, take, unexpected, type Scan } from "./scan.ts";
import type { Clause, Filter, FilterSubject } from "./tree.ts";

/** What an original filter for Entra ID asks for. */
export interface EntraParts {
  readonly filter?: Filter;
  /** Groups are to be taken by the administrative units they are in: the reader's business. */
  readonly administrativeUnits?: { readonly mode: Clause["mode"]; readonly ids: readonly string[] };
  readonly ignored?: string;
}

const people: Keywords = {
  include: { mode: "include", field: "email" },
  exclude: { mode: "exclude", field: "email" },
  includegroup: { mode: "include", field: "group" },
  excludegroup: { mode: "exclude", field: "group" },
};
const groups: Keywords = {
  include: { mode: "include", field: "name" },
  exclude: { mode: "exclude", field: "name" },
  includeadministrativeunit: { mode: "include", field: "id" },
  excludeadministrativeunit: { mode: "exclude", field: "id" },
};
/** What may follow `includeGroup`, as often as wanted. */
const followers: Keywords = {
  excludegroup: { mode: "exclude", field: "group" },
  exclude: { mode: "exclude", field: "email" },
};

export const isOriginalEntra = (text: string, subject: FilterSubject): boolean =>
  isOriginal(text, subject === "people" ? people : groups);

/**
 * The original's clauses for Entra ID, which has no native query: `includeGroup` and `excludeGroup` take group ids and
 * mean their transitive members; behind `includeGroup` more clauses may take people away again; behind anything else
 * the original never looks. The values of administrative units are ids as typed.
 */
export const parseEntra = (scan: Scan, subject: FilterSubject): EntraParts =>
  subject === "people" ? parsePeople(scan) : parseGroups(scan);

const parsePeople = (scan: Scan): EntraParts => {
  const first = parseOriginalSet(scan, people);
  if (first.conditions[0]?.field !== "group") return { filter: { clauses: [first] }, ...ignoredRest(scan) };
  const start = withoutBlanks(first);
  if (start.conditions.length === 0) throw unexpected(scan, "the id of a group");
  if (first.mode === "exclude") return { filter: { clauses: [start] }, ...ignoredRest(scan) };
  const clauses = [start];
  while (take(scan, /\|/uy) !== undefined) {
    const clause = withoutBlanks(parseOriginalSet(scan, followers));
    if (clause.conditions.length > 0) clauses.push(clause);
  }
  return { filter: { clauses } };
};

const parseGroups = (scan: Scan): EntraParts => {
  const start = scan.at;
  const set = parseOriginalSet(scan, groups);
  if (set.conditions[0]?.field !== "id") return { filter: { clauses: [set] }, ...ignoredRest(scan) };
  const text = scan.text.slice(start, scan.at);
  const ids = text.slice(text.indexOf(":") + 1).split(",");
  return { administrativeUnits: { mode: set.mode, ids }, ...ignoredRest(scan) };
};

const withoutBlanks = (clause: Clause): Clause => ({
  ...clause,
  conditions: clause.conditions.filter((condition) => condition.texts.join("") !== ""),
});

const ignoredRest = (scan: Scan): { readonly ignored?: string } => {
  if (take(scan, /\|/uy) === undefined) return {};
  skipSpace(scan);
  const ignored = scan.text.slice(scan.at).trim();
  scan.at = scan.text.length;
  return ignored === "" ? {} : { ignored };
};
