/** Layout 1 as it was given out: never edited, so that files of that time are still read. */
export const layout1 = `
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
`;

/** A file as the first version left it, with something in every table. */
export const buildLayout1 = (database: { readonly exec: (text: string) => void }): void => {
  database.exec("PRAGMA page_size = 8192; PRAGMA journal_mode = WAL");
  database.exec(layout1);
  database.exec(`
UPDATE program SET version = '1.0.0';
UPDATE fence SET last = 41;
INSERT INTO lease VALUES ('profile:p', 41, 0, 'sync', 'me', 'host', 7, 1, 2);
INSERT INTO profile VALUES (3, 'p/o', 'o', '{"generation":7,"cursor":"c","paused":{"at":1,"by":"me"}}');
INSERT INTO mark VALUES (3, 'adopt', 'person', 'id-m', 'me', 5);
INSERT INTO person_link VALUES
  (3, 'id-a', NULL, 'a@example.test', NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (3, 'id-b', 'x-b', 'b@example.test', 'b@corp.test', 'Zoë', 'o-b', 4, 'gone', 3, 'revoked');
INSERT INTO group_link VALUES
  (3, 'id-g', NULL, 'Team', NULL, 'import', NULL, NULL, '["id-a","x-b"]'),
  (3, 'id-h', 'x-h', 'Kept', 'o-h', 'member-ids', 2, 1, '[]');
INSERT INTO snapshot VALUES (3, 99, 'digest');
INSERT INTO snapshot_user VALUES
  (3 * 4294967296, 'id-a', 'hash', '["uid=a",null,"a@example.test","A","enabled",true,null]'),
  (3 * 4294967296 + 1, 'id-b', 'hash', '[null,"x-b",null,null,"disabled",false,"guest"]');
INSERT INTO snapshot_group VALUES (3 * 4294967296, 'id-g', 'hash', '[null,null,"Team",true]', '["=id-a",">uid=b"]');
INSERT INTO run VALUES (5, 3, 'sync', 10, 'me', 'host', 'profile:p', 41, 20, 'done', 1, 2, 1, 'abcdef',
  '{"digest":"abcdef"}', '{"by":"me","how":"apply"}', '[]', NULL, '{"done":2}', 4);
INSERT INTO plan_row VALUES
  (5 * 16777216, 'invite', 'person', 'id-a', '', 'A', 'a@example.test', NULL, NULL,
   '{"before":{},"after":{"email":"a@example.test"},"because":{"code":"joiner"}}'),
  (5 * 16777216 + 1, 'change-members', 'group', 'id-g', NULL, 'Täm', NULL, 'o-g', 'täm' || char(10),
   '{"before":{},"after":{},"because":{"code":"x"},"add":["id-a"]}');
INSERT INTO row_state VALUES (5 * 16777216, 4, 1, 15, NULL, NULL), (5 * 16777216 + 1, 5, 0, 16, 6, 'no');
INSERT INTO note VALUES (5 * 16777216, 'left_out', 'warning', 'person', 'id-n', 'N', 'n@example.test', NULL, '{"n":1}');
INSERT INTO value VALUES ('k', 'v');
INSERT INTO audit VALUES (1, 2, 'me', 'login', 'main', 'd');
PRAGMA application_id = 1145271156;
PRAGMA user_version = 1;
`);
};
