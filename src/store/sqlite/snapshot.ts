import type { SourceGroup, SourceUser } from "../../core/entry.ts";
import { fingerprintOf } from "../../core/fingerprint.ts";
import type { ReadCursor, StateChange, Store, StoredSnapshot } from "../store.ts";
import type { Database, Sql } from "./database.ts";
import { findNames, keepName, type SnapshotTable } from "./earlier-names.ts";
import { hasFirst, writeFirst } from "./first-snapshot.ts";
import { entriesOf } from "./place.ts";
import { changeState, findProfile, forgotten, profileId } from "./profiles.ts";
import {
  contentHash,
  groupEntry,
  insertGroup,
  insertUser,
  readMember,
  userEntry,
  type Entry,
  type GroupData,
  type UserData,
} from "./snapshot-entries.ts";
import { readJson } from "./stored.ts";

/**
 * The current snapshot of a profile. The fingerprint of everything in the order it was read answers "nothing new" without
 * touching a row; otherwise a hash per entry tells which rows to write.
 */
export const createSnapshots = (
  database: Database,
): Pick<Store, "snapshot" | "fingerprint" | "saveSnapshot" | "confirmSnapshot" | "earlierNames"> => ({
  snapshot: (profile) =>
    database.read((sql) => {
      const id = findProfile(sql, profile);
      return id === undefined ? undefined : readSnapshot(sql, id);
    }),
  fingerprint: (profile) =>
    database.read((sql) => {
      const id = findProfile(sql, profile);
      return id === undefined ? undefined : readFingerprint(sql, id);
    }),
  saveSnapshot: async (profile, snapshot, lease) => {
    const fingerprint = snapshot.fingerprint ?? fingerprintOf(snapshot);
    const first = lease === undefined ? 0 : await writeFirst(database, profile, snapshot, lease);
    return database.write((sql) => {
      changeState(sql, profile, { ...forgotten, ...stateOf(snapshot) });
      const id = profileId(sql, profile);
      const written = first > 0 && hasFirst(sql, id, snapshot) ? first : writeEntries(sql, id, snapshot, fingerprint);
      writeRead(sql, id, snapshot.readAt, fingerprint);
      return written;
    }, lease);
  },
  confirmSnapshot: (profile, read, lease) =>
    database.write((sql) => {
      const id = findProfile(sql, profile);
      if (id === undefined) return;
      const isThere = sql.run("UPDATE snapshot SET read_at = ? WHERE profile = ?", read.readAt, id) > 0;
      changeState(sql, profile, isThere ? stateOf(read) : forgotten);
    }, lease),
  earlierNames: async (profile, references) =>
    references.length === 0
      ? new Map<string, string>()
      : database.read((sql) => {
          const id = findProfile(sql, profile);
          return new Map(id === undefined ? [] : findNames(sql, id, references));
        }),
});

const stateOf = ({ cursor }: ReadCursor): StateChange =>
  cursor === undefined
    ? { cursor: undefined, cursorFor: undefined }
    : { cursor: cursor.text, cursorFor: cursor.for, changesReads: cursor.changesReads };

const writeEntries = (sql: Sql, profile: number, snapshot: StoredSnapshot, fingerprint: string): number =>
  readFingerprint(sql, profile) === fingerprint
    ? 0
    : writeUsers(sql, profile, snapshot) + writeGroups(sql, profile, snapshot);

const writeRead = (sql: Sql, profile: number, readAt: number, fingerprint: string): void =>
  void sql.run(
    `INSERT INTO snapshot (profile, read_at, digest) VALUES (?, ?, ?)
     ON CONFLICT (profile) DO UPDATE SET read_at = excluded.read_at, digest = excluded.digest`,
    profile,
    readAt,
    fingerprint,
  );

const readFingerprint = (sql: Sql, profile: number): string | undefined =>
  sql.get<[string]>("SELECT digest FROM snapshot WHERE profile = ?", profile)?.[0];

const writeUsers = (sql: Sql, profile: number, { users, readAt }: StoredSnapshot): number =>
  writeDifference(sql, "snapshot_user", profile, users.values().map(userEntry), {
    keep: keepName(sql, "snapshot_user", profile, readAt),
    insert: insertUser(sql),
  });

const writeGroups = (sql: Sql, profile: number, { groups, readAt }: StoredSnapshot): number =>
  writeDifference(sql, "snapshot_group", profile, groups.values().map(groupEntry), {
    keep: keepName(sql, "snapshot_group", profile, readAt),
    insert: insertGroup(sql),
  });

/** Entries are made one by one as they are compared. Changed ones keep their place, new ones go behind the last, those no longer there are deleted. */
const writeDifference = <One extends Entry>(
  sql: Sql,
  table: SnapshotTable,
  profile: number,
  entries: Iterable<One>,
  {
    keep,
    insert,
  }: {
    readonly keep: (place: number, ref: string | null) => void;
    readonly insert: (place: number, entry: One, hash: string) => void;
  },
): number => {
  const places = entriesOf(profile);
  const stored = sql.all<[id: string, hash: string, place: number]>(
    `SELECT id, hash, place FROM ${table} WHERE place BETWEEN ? AND ? ORDER BY place`,
    ...places,
  );
  const known = new Map(stored.map((row) => [row[0], row]));
  let next = (stored.at(-1)?.[2] ?? places[0] - 1) + 1;
  let written = 0;
  for (const entry of entries) {
    const hash = contentHash(entry);
    const row = known.get(entry.id);
    if (row === undefined) insert(next++, entry, hash);
    else if (row[1] !== hash) {
      keep(row[2], entry.ref ?? null);
      insert(row[2], entry, hash);
    }
    if (row?.[1] !== hash) written += 1;
    known.delete(entry.id);
  }
  const erase = sql.each(`DELETE FROM ${table} WHERE place = ?`);
  for (const [, , place] of known.values()) {
    keep(place, null);
    erase(place);
  }
  return written + known.size;
};

const readSnapshot = (sql: Sql, profile: number): StoredSnapshot | undefined => {
  const [readAt] = sql.get<[number]>("SELECT read_at FROM snapshot WHERE profile = ?", profile) ?? [];
  if (readAt === undefined) return undefined;
  const users = sql
    .all<[string, string]>(
      "SELECT id, data FROM snapshot_user WHERE place BETWEEN ? AND ? ORDER BY place",
      ...entriesOf(profile),
    )
    .map(([id, data]): SourceUser => {
      const [ref, externalId, email, name, state, selected, because, disabledFrom] = readJson<UserData>(data);
      return {
        id,
        ...(ref === null ? {} : { ref }),
        externalId: externalId ?? id,
        ...(email === null ? {} : { email }),
        ...(name === null ? {} : { name }),
        state,
        selected,
        ...(because === null ? {} : { because }),
        ...(disabledFrom === undefined ? {} : { disabledFrom }),
      };
    });
  const groups = sql
    .all<[string, string, string]>(
      "SELECT id, data, members FROM snapshot_group WHERE place BETWEEN ? AND ? ORDER BY place",
      ...entriesOf(profile),
    )
    .map(([id, data, members]): SourceGroup => {
      const [ref, externalId, name, selected] = readJson<GroupData>(data);
      return {
        id,
        ...(ref === null ? {} : { ref }),
        externalId: externalId ?? id,
        name,
        selected,
        members: readJson<string[]>(members).map(readMember),
      };
    });
  return { readAt, users, groups };
};
