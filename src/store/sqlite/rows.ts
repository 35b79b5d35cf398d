import type { PlanRow } from "../../core/plan.ts";
import type { JournalEntry, RowQuery, Store, StoredRow } from "../store.ts";
import type { Database, Sql } from "./database.ts";
import { writeLinks } from "./links.ts";
import { among, contains, foldedText, joined, placeOf, placesOf, type Condition } from "./place.ts";
import { decodeRow, selectRows, stateCodes, type RowText } from "./row-text.ts";

/** Rows of plans, what became of each, and the journal that says so. */
export const createRows = (database: Database): Pick<Store, "saveRows" | "journal" | "rows" | "markUndone"> => ({
  saveRows: (run, rows, lease) => database.write((sql) => insertRows(sql, run, rows), lease),
  journal: (run, entry, links, lease) =>
    database.write((sql) => {
      for (const one of "rows" in entry ? [entry] : entry) writeStates(sql, run, one);
      if (links !== undefined) writeLinks(sql, links.profile, links.change);
    }, lease),
  rows: (run, query = {}) => database.read((sql) => readRows(sql, run, query)),
  markUndone: (run, rows, byRun) =>
    database.write((sql) => {
      const update = sql.each("UPDATE row_state SET undone_by = ? WHERE place BETWEEN ? AND ?");
      for (const [first, last] of ranges(rows)) update(byRun, placeOf(run, first), placeOf(run, last));
    }),
});

/** Saving a row again replaces it. */
const insertRows = (sql: Sql, run: number, rows: readonly PlanRow[]): void => {
  const insert = sql.each(
    `INSERT OR REPLACE INTO plan_row (place, action, kind, id, external_id, name, email, organization_id, folded, rest)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  for (const { row, action, subject, before, after, because, add, remove, removeByEmail } of rows)
    insert(
      placeOf(run, row),
      action,
      subject.kind,
      subject.id,
      subject.externalId === subject.id ? "" : (subject.externalId ?? null),
      subject.name ?? null,
      subject.email ?? null,
      subject.organizationId ?? null,
      foldedText(subject.name, subject.email),
      JSON.stringify({ before, after, because, add, remove, removeByEmail }),
    );
  const states = sql.each(
    `INSERT OR REPLACE INTO row_state (place, state, accepted)
     WITH RECURSIVE numbered (place) AS (SELECT ? UNION ALL SELECT place + 1 FROM numbered WHERE place < ?)
     SELECT place, ${stateCodes.planned}, 0 FROM numbered`,
  );
  for (const [first, last] of ranges(rows.map((row) => row.row))) states(placeOf(run, first), placeOf(run, last));
  const count = rows.reduce((most, { row }) => Math.max(most, row + 1), 0);
  sql.run("UPDATE run SET row_count = max(row_count, ?) WHERE id = ?", count, run);
};

/** A row that was never saved cannot be journalled: nothing could be told of it later. */
const writeStates = (sql: Sql, run: number, { rows, state, at, detail, accepted }: JournalEntry): void => {
  let written = 0;
  for (const [first, last] of ranges(rows))
    written += sql.run(
      `UPDATE row_state SET state = ?, at = ?, detail = ?, accepted = coalesce(?, accepted)
       WHERE place BETWEEN ? AND ?`,
      stateCodes[state],
      at,
      detail ?? null,
      accepted === undefined ? null : Number(accepted),
      placeOf(run, first),
      placeOf(run, last),
    );
  const expected = new Set(rows).size;
  if (written !== expected) throw new Error(`run ${run} holds ${written} of ${expected} rows to be journalled`);
  if (state === "done" || state === "unknown") sql.run("UPDATE run SET changed = 1 WHERE id = ? AND changed = 0", run);
};

/** Consecutive numbers as first and last: a batch of a plan is mostly one range. */
const ranges = (rows: readonly number[]): [number, number][] => {
  const found: [number, number][] = [];
  for (const row of rows.toSorted((left, right) => left - right)) {
    const last = found.at(-1);
    if (last !== undefined && row <= last[1] + 1) last[1] = row;
    else found.push([row, row]);
  }
  return found;
};

const readRows = (sql: Sql, run: number, query: RowQuery): { rows: StoredRow[]; next?: number; total: number } => {
  const limit = query.limit ?? 500;
  const places = placesOf(run);
  const conditions: Condition[] = [];
  if (query.search !== undefined && query.search.trim() !== "") conditions.push(contains(query.search));
  if (query.actions !== undefined) conditions.push(among("action", query.actions));
  if (query.states !== undefined)
    conditions.push(
      among(
        "state",
        query.states.map((state) => stateCodes[state]),
      ),
    );
  if (query.subject !== undefined) conditions.push(isAbout(query.subject));
  const filter = joined([{ text: "place BETWEEN ? AND ?", values: places }, ...conditions]);
  const [total] =
    conditions.length === 0
      ? (sql.get<[number]>("SELECT row_count FROM run WHERE id = ?", run) ?? [0])
      : (sql.get<[number]>(
          `SELECT count(*) FROM plan_row JOIN row_state USING (place) WHERE ${filter.text}`,
          ...filter.values,
        ) ?? [0]);
  const after = query.cursor === undefined ? places[0] - 1 : placeOf(run, query.cursor);
  const found = sql.all<RowText>(
    `${selectRows} FROM plan_row JOIN row_state USING (place) WHERE place > ? AND ${filter.text} ORDER BY place LIMIT ?`,
    after,
    ...filter.values,
    limit + 1,
  );
  const rows = found.slice(0, limit).map(decodeRow);
  const next = found.length > limit ? rows.at(-1)?.row : undefined;
  return { rows, ...(next === undefined ? {} : { next }), total };
};

const isAbout = (subject: string): Condition => ({
  text: "(id = ? OR nullif(external_id, '') = ? OR email = ?)",
  values: [subject, subject, subject.trim().toLowerCase()],
});
