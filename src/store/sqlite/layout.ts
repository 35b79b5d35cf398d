import { Fault } from "../../core/fault.ts";
import type { Sql } from "./database.ts";

/** Marks a file as ours in SQLite's header, "DCst": another program's database is never taken for a store. */
export const applicationId = 0x44_43_73_74;

/**
 * How the file is laid out, step by step: the statements at index n lead from layout n to n + 1. Steps are only ever
 * added; a file that was written by any earlier version goes through those it has not seen, in one transaction.
 */
export const layouts: readonly string[] = [
  `
-- The program that made this layout; stays as it is in every layout, so that an older program can name it.
CREATE TABLE program (version TEXT NOT NULL) STRICT;
INSERT INTO program (version) VALUES ('');

CREATE TABLE fence (last INTEGER NOT NULL) STRICT;
INSERT INTO fence (last) VALUES (0);
CREATE TABLE lease (
  name TEXT PRIMARY KEY, fence INTEGER NOT NULL, held INTEGER NOT NULL, what TEXT NOT NULL, who TEXT NOT NULL,
  host TEXT NOT NULL, pid INTEGER NOT NULL, since INTEGER NOT NULL, seen INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE profile (
  id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, organization TEXT NOT NULL, state TEXT NOT NULL
) STRICT;
CREATE TABLE mark (
  profile INTEGER NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL, id TEXT NOT NULL, marked_by TEXT NOT NULL,
  at INTEGER NOT NULL, PRIMARY KEY (profile, kind, subject, id)
) STRICT, WITHOUT ROWID;

-- external_id and directory_email are null where they equal id and email.
CREATE TABLE person_link (
  profile INTEGER NOT NULL, id TEXT NOT NULL, external_id TEXT, email TEXT NOT NULL, directory_email TEXT, name TEXT,
  organization_id TEXT, revoked_at INTEGER, revoked_cause TEXT, missing_since INTEGER, by_hand TEXT,
  PRIMARY KEY (profile, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE group_link (
  profile INTEGER NOT NULL, id TEXT NOT NULL, external_id TEXT, name TEXT NOT NULL, organization_id TEXT,
  written_by TEXT NOT NULL, missing_since INTEGER, kept INTEGER, members TEXT NOT NULL, UNIQUE (profile, id)
) STRICT;

CREATE TABLE snapshot (profile INTEGER PRIMARY KEY, read_at INTEGER NOT NULL, digest TEXT NOT NULL) STRICT;
-- place is profile * 2^32 + a number: entries lie in the order they came, which is what makes a first read fast to keep.
CREATE TABLE snapshot_user (place INTEGER PRIMARY KEY, id TEXT NOT NULL, hash TEXT NOT NULL, data TEXT NOT NULL) STRICT;
CREATE TABLE snapshot_group (
  place INTEGER PRIMARY KEY, id TEXT NOT NULL, hash TEXT NOT NULL, data TEXT NOT NULL, members TEXT NOT NULL
) STRICT;

CREATE TABLE run (
  id INTEGER PRIMARY KEY AUTOINCREMENT, profile INTEGER NOT NULL, kind TEXT NOT NULL, started_at INTEGER NOT NULL,
  who TEXT NOT NULL, host TEXT NOT NULL, lease TEXT, fence INTEGER, ended_at INTEGER, outcome TEXT,
  changed INTEGER NOT NULL DEFAULT 0, row_count INTEGER NOT NULL DEFAULT 0, note_count INTEGER NOT NULL DEFAULT 0,
  digest TEXT, header TEXT, accepted TEXT, guards TEXT, fault TEXT, counts TEXT, undoes INTEGER
) STRICT;
CREATE INDEX run_of_profile ON run (profile, id);
CREATE INDEX run_by_digest ON run (profile, digest) WHERE digest IS NOT NULL;

-- place is run * 2^24 + row: one key, written in order. external_id is empty where it equals id. folded holds names
-- that SQLite's own letter case misses.
CREATE TABLE plan_row (
  place INTEGER PRIMARY KEY, action TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, external_id TEXT, name TEXT,
  email TEXT, organization_id TEXT, folded TEXT, rest TEXT NOT NULL
) STRICT;
-- Apart from the rows, so that the journal writes a few bytes a row.
CREATE TABLE row_state (
  place INTEGER PRIMARY KEY, state INTEGER NOT NULL, accepted INTEGER NOT NULL, at INTEGER, undone_by INTEGER,
  detail TEXT
) STRICT;
CREATE TABLE note (
  place INTEGER PRIMARY KEY, code TEXT NOT NULL, severity TEXT NOT NULL, kind TEXT, id TEXT, name TEXT, email TEXT,
  folded TEXT, params TEXT
) STRICT;

CREATE TABLE value (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE audit (
  id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, who TEXT NOT NULL, what TEXT NOT NULL, profile TEXT,
  detail TEXT
) STRICT;
CREATE INDEX audit_of_profile ON audit (profile, id) WHERE profile IS NOT NULL;
`,
  "ALTER TABLE person_link ADD COLUMN recorded INTEGER;",
  `
-- What the directory called an entry (its DN) before it was renamed, moved, or missing from a read: groups may still do.
CREATE TABLE earlier_name (
  profile INTEGER NOT NULL, ref TEXT NOT NULL, id TEXT NOT NULL, until INTEGER NOT NULL, PRIMARY KEY (profile, ref)
) STRICT, WITHOUT ROWID;
`,
  `
-- What a lost answer leaves open, and members that reads named and did not show; the last two as JSON.
ALTER TABLE person_link ADD COLUMN perhaps INTEGER;
ALTER TABLE group_link ADD COLUMN perhaps TEXT;
ALTER TABLE group_link ADD COLUMN unresolved TEXT;
`,
  `
-- What the settings made of the last read. Of people those who do not take part, of groups all; because is null for whoever
-- takes part, names are those of a group's first members.
CREATE TABLE verdict (
  profile INTEGER NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, because TEXT, members INTEGER, names TEXT,
  PRIMARY KEY (profile, kind, id)
) STRICT, WITHOUT ROWID;
ALTER TABLE snapshot ADD COLUMN verdicts TEXT;
-- The next run says what it makes of the read although nothing is new.
UPDATE profile SET state = json_remove(state, '$.quiet');

-- For whoever follows a run from another process: how far it is, and the fence that was asked to stop.
ALTER TABLE lease ADD COLUMN progress TEXT;
ALTER TABLE lease ADD COLUMN stop INTEGER;
`,
];

/** Which layouts a program knows; `version` is its own, for whoever has to tell it from another. */
export interface Program {
  readonly version: string;
  readonly layouts: readonly string[];
}

/** The file's layout; 0 for an empty file. Faults `store.newer` and `store.damaged` (somebody else's database). */
export const readLayout = (sql: Sql, path: string, program: Program): number => {
  const [layout] = sql.get<[number]>("PRAGMA user_version") ?? [0];
  const [owner] = sql.get<[number]>("PRAGMA application_id") ?? [0];
  if (layout === 0 && owner === 0 && sql.get("SELECT 1 FROM sqlite_schema LIMIT 1") === undefined) return 0;
  if (owner !== applicationId) throw new Fault("store.damaged", { path, reason: "foreign" });
  checkLayout(sql, path, program);
  return layout;
};

/** Leads an open transaction from `layout` to the program's. */
export const migrate = (sql: Sql, layout: number, program: Program): void => {
  for (const step of program.layouts.slice(layout)) sql.exec(step);
  sql.run("UPDATE program SET version = ?", program.version);
  sql.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${program.layouts.length}`);
};

/** Also while the file is open: another version may have changed its layout meanwhile. Fault `store.newer` names both. */
export const checkLayout = (sql: Sql, path: string, program: Program): void => {
  const [layout] = sql.get<[number]>("PRAGMA user_version") ?? [0];
  if (layout <= program.layouts.length) return;
  const [found] = sql.get<[string]>("SELECT version FROM program") ?? [""];
  throw new Fault("store.newer", { path, found, ours: program.version });
};
