import type { Diagnostic } from "../../core/diagnostic.ts";
import { actions as actionNames, type Action, type Because } from "../../core/plan.ts";
import type { Listed, ListQuery, ReadGroup, ReadPerson, Store } from "../store.ts";
import type { Database, Row, Sql, Value } from "./database.ts";
import { decodeNote, noteColumns, type NoteText } from "./notes.ts";
import { among, contains, entriesOf, joined, placesOf, type Condition } from "./place.ts";
import { findProfile } from "./profiles.ts";
import { decodeRow, selectRows, stateOf, type RowText } from "./row-text.ts";
import { readJson } from "./stored.ts";

/**
 * Lists as people scroll and search them. Which entries a list has, and in what order, is found once and remembered as
 * their places, eight bytes each; any part of the list is then a few rows by their key.
 */
export const createLists = (
  database: Database,
): Pick<Store, "listRows" | "listNotes" | "listPeople" | "listGroups" | "countRows"> => {
  const lists = createMemory();
  return {
    listRows: (run, { actions, ...query }) =>
      database.read((sql) => {
        const [version] = sql.get<[number]>("SELECT row_count FROM run WHERE id = ?", run) ?? [0];
        const key = [run, version, query.search];
        const places = lists.of(["rows", ...key, actions], () => {
          // One look at the run serves all of its sections.
          const all = lists.of(["all rows", ...key], () => findRows(sql, run, query.search));
          const wanted = new Set(actions.map((action) => rowKinds.indexOf(action)));
          return all
            .filter((place) => wanted.has(kindOf(place)))
            .map((place) => (place - kindOf(place)) / rowKinds.length);
        });
        return pick(places, query, (part) =>
          sql
            .all<RowText>(
              `${selectRows} FROM plan_row JOIN row_state USING (place) WHERE place IN (SELECT value FROM json_each(?))`,
              JSON.stringify(part),
            )
            .map((row) => [row[0], decodeRow(row)] as const),
        );
      }),

    listNotes: (run, { codes, ...query }) =>
      database.read((sql) => {
        const [version] = sql.get<[number]>("SELECT note_count FROM run WHERE id = ?", run) ?? [0];
        const places = lists.of(["notes", run, version, codes, query.search], () =>
          findPlaces(
            sql,
            "note",
            [{ text: "place BETWEEN ? AND ? AND id IS NOT NULL", values: placesOf(run) }, withCodes(codes)],
            query.search,
          ),
        );
        return pick(places, query, (part): (readonly [number, Diagnostic])[] =>
          sql
            .all<[number, ...NoteText]>(
              `SELECT place, ${noteColumns} FROM note WHERE place IN (SELECT value FROM json_each(?))`,
              JSON.stringify(part),
            )
            .map(([place, ...note]) => [place, decodeNote(note)]),
        );
      }),

    listPeople: (profile, { states, selected, withoutRun, ...query }) =>
      database.read((sql) => {
        const id = findProfile(sql, profile);
        if (id === undefined) return nothing;
        const conditions: Condition[] = [{ text: "place BETWEEN ? AND ?", values: entriesOf(id) }];
        if (states !== undefined) conditions.push(among("data ->> 4", states));
        if (selected !== undefined)
          conditions.push({
            text: `id ${selected ? "NOT IN" : "IN"} (SELECT id FROM verdict WHERE profile = ? AND kind = 'person')`,
            values: [id],
          });
        if (withoutRun !== undefined)
          conditions.push({
            text: "id NOT IN (SELECT id FROM plan_row WHERE place BETWEEN ? AND ? AND kind = 'person')",
            values: placesOf(withoutRun),
          });
        const key = ["people", id, versionOf(sql, id), states, selected, withoutRun, query.search];
        const places = lists.of(key, () => findEntries(sql, "snapshot_user", conditions, query.search));
        return pick(places, query, (part) =>
          sql
            .all<PersonText>(
              `SELECT place, snapshot_user.id, data, because FROM snapshot_user
               LEFT JOIN verdict ON profile = ? AND kind = 'person' AND verdict.id = snapshot_user.id
               WHERE place IN (SELECT value FROM json_each(?))`,
              id,
              JSON.stringify(part),
            )
            .map((row) => [row[0], decodePerson(row)] as const),
        );
      }),

    listGroups: (profile, query) =>
      database.read((sql) => {
        const id = findProfile(sql, profile);
        if (id === undefined) return nothing;
        const inProfile: Condition = { text: "place BETWEEN ? AND ?", values: entriesOf(id) };
        const places = lists.of(["groups", id, versionOf(sql, id), query.search], () =>
          findEntries(sql, "snapshot_group", [inProfile], query.search),
        );
        return pick(places, query, (part) =>
          sql
            .all<GroupText>(
              `SELECT place, snapshot_group.id, data ->> 2, because, verdict.members, names, profile IS NOT NULL,
                 json_array_length(snapshot_group.members)
               FROM snapshot_group LEFT JOIN verdict ON profile = ? AND kind = 'group' AND verdict.id = snapshot_group.id
               WHERE place IN (SELECT value FROM json_each(?))`,
              id,
              JSON.stringify(part),
            )
            .map((row) => [row[0], decodeGroup(row)] as const),
        );
      }),

    countRows: (run) =>
      database.read((sql) =>
        sql
          .all<[Action, number, number]>(
            `SELECT action, state, count(*) FROM plan_row JOIN row_state USING (place)
             WHERE place BETWEEN ? AND ? GROUP BY action, state`,
            ...placesOf(run),
          )
          .map(([action, state, count]) => ({ action, state: stateOf(state), count })),
      ),
  };
};

const nothing: Listed<never> = { rows: [], total: 0 };

/** How many lists are remembered; one of 100,000 takes 800 kB. */
const remembered = 32;

interface Memory {
  readonly of: (key: readonly unknown[], find: () => Float64Array) => Float64Array;
}

const createMemory = (): Memory => {
  const known = new Map<string, Float64Array>();
  return {
    of: (key, find) => {
      const text = JSON.stringify(key);
      const places = known.get(text) ?? find();
      known.delete(text);
      known.set(text, places);
      const [oldest] = known.keys();
      if (known.size > remembered && oldest !== undefined) known.delete(oldest);
      return places;
    },
  };
};

/** The part that is asked for, in the list's order. */
const pick = <One>(
  places: Float64Array,
  { offset, limit }: ListQuery,
  read: (places: number[]) => readonly (readonly [place: number, row: One])[],
): Listed<One> => {
  const part = [...places.subarray(offset, offset + limit)];
  if (part.length === 0) return { rows: [], total: places.length };
  const found = new Map(read(part));
  return {
    rows: part.flatMap((place) => {
      const row = found.get(place);
      return row === undefined ? [] : [row];
    }),
    total: places.length,
  };
};

/** Places of a run's rows with their actions, in one number: both are whole, and far below what a double holds. */
const rowKinds = actionNames;
const kindOf = (packed: number): number => packed % rowKinds.length;

const findRows = (sql: Sql, run: number, search: string | undefined): Float64Array => {
  const inRun: Condition = { text: "place BETWEEN ? AND ?", values: placesOf(run) };
  const { text, values } = joined([inRun, ...(isAsked(search) ? [contains(search)] : [])]);
  const found = sql.all<[number, Action]>(`SELECT place, action FROM plan_row WHERE ${text} ${byName}`, ...values);
  return Float64Array.from(found, ([place, action]) => place * rowKinds.length + rowKinds.indexOf(action));
};

const byName = "ORDER BY coalesce(name, email, id) COLLATE NOCASE, place";

/** Of a table with the columns name, email, id and folded. */
const findPlaces = (
  sql: Sql,
  from: string,
  conditions: readonly Condition[],
  search: string | undefined,
): Float64Array => {
  const { text, values } = joined([...conditions, ...(isAsked(search) ? [contains(search)] : [])]);
  return numbers(sql.all(`SELECT place FROM ${from} WHERE ${text} ${byName}`, ...values));
};

/**
 * Of a read, whose entries are JSON: [ref, external id, address, name, …] of people, [ref, external id, name, …] of groups.
 * The text as a whole is looked at first, which leaves few to be taken apart; letters that SQLite does not fold are then
 * compared here.
 */
const findEntries = (
  sql: Sql,
  table: "snapshot_user" | "snapshot_group",
  conditions: readonly Condition[],
  search: string | undefined,
): Float64Array => {
  const name = table === "snapshot_user" ? "coalesce(data ->> 3, data ->> 2, id)" : "data ->> 2";
  const order = `ORDER BY ${name} COLLATE NOCASE, place`;
  if (!isAsked(search)) {
    const { text, values } = joined(conditions);
    return numbers(sql.all(`SELECT place FROM ${table} WHERE ${text} ${order}`, ...values));
  }
  const wanted = fold(search);
  const { text, values } = joined([...conditions, roughly(wanted)]);
  const found = sql.all<[number, string, string | null, string | null]>(
    `SELECT place, id, data ->> 2, ${table === "snapshot_user" ? "data ->> 3" : "NULL"} FROM ${table} WHERE ${text} ${order}`,
    ...values,
  );
  return numbers(found.filter(([, ...texts]) => texts.some((one) => one !== null && fold(one).includes(wanted))));
};

const isAsked = (search: string | undefined): search is string => search !== undefined && search.trim() !== "";
const fold = (text: string): string => text.trim().normalize("NFC").toLowerCase();

/** At least what contains the text: any letters stand for those that SQLite would not fold. */
const roughly = (wanted: string): Condition => {
  const pattern = `%${JSON.stringify(wanted)
    .slice(1, -1)
    .replaceAll(/[\\%_]/gu, String.raw`\$&`)
    .replaceAll(/[^\u0020-\u007e]+/gu, "%")}%`;
  return { text: String.raw`(data LIKE ? ESCAPE '\' OR id LIKE ? ESCAPE '\')`, values: [pattern, pattern] };
};

const numbers = (rows: readonly Row[]): Float64Array => Float64Array.from(rows, ([place]) => Number(place));

const withCodes = (codes: readonly string[]): Condition => ({
  text: `(${codes.map((code) => (code.endsWith(".") ? "substr(code, 1, length(?)) = ?" : "code = ?")).join(" OR ")})`,
  values: codes.flatMap((code): Value[] => (code.endsWith(".") ? [code, code] : [code])),
});

/** What a list of the read depends on. */
const versionOf = (sql: Sql, profile: number): string => {
  const [digest, verdicts] = sql.get<[string, string | null]>(
    "SELECT digest, verdicts FROM snapshot WHERE profile = ?",
    profile,
  ) ?? ["", null];
  return `${digest} ${verdicts ?? ""}`;
};

type PersonText = [place: number, id: string, data: string, because: string | null];
type GroupText = [
  place: number,
  id: string,
  name: string,
  because: string | null,
  members: number | null,
  names: string | null,
  known: number,
  read: number,
];

const decodePerson = ([, id, data, because]: PersonText): ReadPerson => {
  const [, , email, name, state] =
    readJson<[unknown, unknown, string | null, string | null, ReadPerson["state"]]>(data);
  return {
    id,
    ...(email === null ? {} : { email }),
    ...(name === null ? {} : { name }),
    state,
    ...(because === null ? {} : { because: readJson<Because>(because) }),
  };
};

const decodeGroup = ([, id, name, because, members, names, known, read]: GroupText): ReadGroup => ({
  id,
  name,
  selected: known === 1 && because === null,
  members: members ?? read,
  names: names === null ? [] : readJson<string[]>(names),
  ...(because === null ? {} : { because: readJson<Because>(because) }),
});
