import type { Diagnostic, NoteSubject } from "../../core/diagnostic.ts";
import type { Store } from "../store.ts";
import type { Database, Sql } from "./database.ts";
import { contains, foldedText, joined, placeOf, placesOf, type Condition } from "./place.ts";
import { readJson } from "./stored.ts";

/** Findings of a run, in the order they were made. */
export const createNotes = (database: Database): Pick<Store, "saveNotes" | "notes"> => ({
  saveNotes: (run, notes, lease) => database.write((sql) => insertNotes(sql, run, notes), lease),
  notes: (run, query = {}) =>
    database.read((sql) => {
      const conditions: Condition[] = [{ text: "place BETWEEN ? AND ?", values: placesOf(run) }];
      if (query.search !== undefined && query.search.trim() !== "") conditions.push(contains(query.search));
      if (query.subject !== undefined)
        conditions.push({ text: "(id = ? OR email = ?)", values: [query.subject, query.subject.trim().toLowerCase()] });
      const { text, values } = joined(conditions);
      return sql
        .all<NoteText>(`SELECT ${noteColumns} FROM note WHERE ${text} ORDER BY place`, ...values)
        .map(decodeNote);
    }),
});

/** Behind those saved before. */
const insertNotes = (sql: Sql, run: number, notes: readonly Diagnostic[]): void => {
  const [count] = sql.get<[number]>("SELECT note_count FROM run WHERE id = ?", run) ?? [0];
  const insert = sql.each(
    `INSERT INTO note (place, code, severity, kind, id, name, email, folded, params)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  notes.forEach(({ code, severity, subject, params }, index) =>
    insert(
      placeOf(run, count + index),
      code,
      severity,
      subject?.kind ?? null,
      subject?.id ?? null,
      subject?.name ?? null,
      subject?.email ?? null,
      foldedText(subject?.name, subject?.email),
      params === undefined ? null : JSON.stringify(params),
    ),
  );
  sql.run("UPDATE run SET note_count = ? WHERE id = ?", count + notes.length, run);
};

/** The columns of a note, in the order of `NoteText`. */
export const noteColumns = "code, severity, kind, id, name, email, params";
export type NoteText = [
  code: string,
  severity: Diagnostic["severity"],
  kind: NoteSubject["kind"] | null,
  id: string | null,
  name: string | null,
  email: string | null,
  params: string | null,
];

export const decodeNote = ([code, severity, kind, id, name, email, params]: NoteText): Diagnostic => ({
  code,
  severity,
  ...(kind === null || id === null
    ? {}
    : { subject: { kind, id, ...(name === null ? {} : { name }), ...(email === null ? {} : { email }) } }),
  ...(params === null ? {} : { params: readJson<NonNullable<Diagnostic["params"]>>(params) }),
});
