import type { Change } from "../../core/plan.ts";
import type { FoundPerson, Store, StoredRow } from "../store.ts";
import type { Database, Sql } from "./database.ts";
import { among, contains, runOf, span, type Condition } from "./place.ts";
import { findProfile } from "./profiles.ts";
import { decodeChange, decodeRow, selectRows, stateCodes, type RowText } from "./row-text.ts";

/** What was done over the runs of a profile: to one person, and lately. */
export const createHistory = (database: Database): Pick<Store, "find" | "history" | "recentChanges"> => ({
  find: (profile, search, limit) =>
    database.read((sql) => {
      const id = findProfile(sql, profile);
      return id === undefined ? [] : findPeople(sql, id, search.trim(), limit);
    }),
  history: (profile, who, limit) =>
    database.read((sql) => {
      const id = findProfile(sql, profile);
      return id === undefined ? [] : readHistory(sql, id, who.trim(), limit);
    }),
  recentChanges: (profile, since) =>
    database.read((sql) => {
      const id = findProfile(sql, profile);
      return id === undefined ? [] : readRecent(sql, id, since);
    }),
});

/** The narrow states of some runs, and the rows they belong to; `CROSS` keeps SQLite to this order. */
const rowsOfRuns = (runs: string): string => `FROM (SELECT run.id AS run_id FROM run WHERE ${runs})
  CROSS JOIN row_state ON row_state.place BETWEEN run_id * ${span} AND run_id * ${span} + ${span - 1}
  CROSS JOIN plan_row USING (place)`;

/**
 * Rows about the person, and of groups that put them in or took them out. What was only planned, held back or refused
 * changed nothing.
 */
const readHistory = (
  sql: Sql,
  profile: number,
  who: string,
  limit: number,
): (StoredRow & { run: number; at: number })[] => {
  const names = namesOf(sql, profile, who);
  if (names.length === 0) return [];
  const about = among(
    "id",
    names.map(([id]) => id),
  );
  const members = names.map(([, externalId]): Condition => ({
    text: "instr(rest, ?) > 0",
    values: [JSON.stringify(externalId)],
  }));
  return sql
    .all<RowText>(
      `${selectRows} ${rowsOfRuns("profile = ?")}
       WHERE state IN (?, ?, ?) AND (kind = 'person' AND ${about.text}
         OR kind = 'group' AND (${members.map((member) => member.text).join(" OR ")}))
       ORDER BY place DESC LIMIT ?`,
      profile,
      stateCodes.done,
      stateCodes.unknown,
      stateCodes.intent,
      ...about.values,
      ...members.flatMap((member) => member.values),
      limit,
    )
    .map((text) => ({
      ...withOnly(decodeRow(text), new Set(names.map(([, externalId]) => externalId))),
      run: runOf(text[0]),
      at: text[13] ?? 0,
    }));
};

/** A row without the other people it puts in or takes out. */
const withOnly = ({ add, remove, ...row }: StoredRow, people: ReadonlySet<string>): StoredRow => ({
  ...row,
  ...(add === undefined ? {} : { add: add.filter((id) => people.has(id)) }),
  ...(remove === undefined ? {} : { remove: remove.filter((id) => people.has(id)) }),
});

/** Those managed by what the link says of them, the others by the newest row about them. */
const findPeople = (sql: Sql, profile: number, search: string, limit: number): FoundPerson[] => {
  const { text, values } = contains(search);
  const pattern = values[0] ?? "";
  const managed = sql.all<[string, string | null, string, number | null]>(
    `SELECT id, name, email, revoked_at FROM person_link
     WHERE profile = ?1 AND (name LIKE ?2 ESCAPE '\\' OR email LIKE ?2 ESCAPE '\\' OR directory_email LIKE ?2 ESCAPE '\\'
       OR id LIKE ?2 ESCAPE '\\')
     ORDER BY coalesce(name, email) LIMIT ?3`,
    profile,
    pattern,
    limit,
  );
  const former = sql.all<[string, string | null, string | null, number]>(
    `SELECT id, name, email, max(place) ${rowsOfRuns("profile = ? AND changed = 1")}
     WHERE kind = 'person' AND state IN (?, ?) AND ${text}
       AND NOT EXISTS (SELECT 1 FROM person_link WHERE person_link.profile = ? AND person_link.id = plan_row.id)
     GROUP BY id ORDER BY max(place) DESC LIMIT ?`,
    profile,
    stateCodes.done,
    stateCodes.unknown,
    ...values,
    profile,
    Math.max(0, limit - managed.length),
  );
  const person = (id: string, name: string | null, email: string | null, state: FoundPerson["state"]): FoundPerson => ({
    id,
    ...(name === null ? {} : { name }),
    ...(email === null ? {} : { email }),
    state,
  });
  return [
    ...managed.map(([id, name, email, revoked]) => person(id, name, email, revoked === null ? "managed" : "revoked")),
    ...former.map(([id, name, email]) => person(id, name, email, "former")),
  ];
};

/** Directory id and external id of everybody who is or was known under a directory id, external id or address. */
const namesOf = (sql: Sql, profile: number, who: string): [id: string, externalId: string][] => {
  const email = who.toLowerCase();
  return sql.all<[string, string]>(
    `SELECT id, coalesce(external_id, id) FROM person_link WHERE profile = ?1
       AND (id = ?2 OR external_id = ?2 OR email = ?3 OR directory_email = ?3)
     UNION SELECT id, coalesce(nullif(external_id, ''), id) ${rowsOfRuns("profile = ?1")}
       WHERE kind = 'person' AND state <> ${stateCodes.planned} AND (id = ?2 OR nullif(external_id, '') = ?2 OR lower(email) = ?3)`,
    profile,
    who,
    email,
  );
};

/** Runs that ended before `since` have nothing newer in them. */
const readRecent = (sql: Sql, profile: number, since: number): Change[] =>
  sql
    .all<RowText>(
      `${selectRows} ${rowsOfRuns("profile = ? AND (ended_at IS NULL OR ended_at >= ?)")}
       WHERE state = ? AND at >= ? AND accepted = 0 AND undone_by IS NULL ORDER BY place`,
      profile,
      since,
      stateCodes.done,
      since,
    )
    .map(decodeChange);
