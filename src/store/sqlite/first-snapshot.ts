import { setImmediate } from "node:timers/promises";
import type { SourceGroup, SourceUser } from "../../core/entry.ts";
import type { Lease, StoredSnapshot } from "../store.ts";
import type { Database, Sql } from "./database.ts";
import { entriesOf } from "./place.ts";
import { findProfile, profileId } from "./profiles.ts";
import { contentHash, groupEntry, insertGroup, insertUser, userEntry } from "./snapshot-entries.ts";

/**
 * The entries of a profile's first read, in parts, so that other writes and answers that arrive are not kept waiting: a
 * first sync sends meanwhile. Gives how many; 0 where entries are there already, and nothing was written. They mean
 * nothing until the row in `snapshot` says that all of them are there.
 */
export const writeFirst = async (
  database: Database,
  profile: string,
  { users, groups }: StoredSnapshot,
  lease: Lease,
): Promise<number> => {
  if (await database.read((sql) => isThere(sql, findProfile(sql, profile)))) return 0;
  let done = 0;
  for (const part of partsOf<SourceUser>(users, () => 1)) {
    const at = done;
    await database.write((sql) => {
      const insert = insertUser(sql);
      insertAll(part.map(userEntry), entriesOf(profileId(sql, profile))[0] + at, insert);
    }, lease);
    done += part.length;
    await setImmediate();
  }
  let written = 0;
  for (const part of partsOf<SourceGroup>(groups, ({ members }) => 1 + members.length / 10)) {
    const at = written;
    await database.write((sql) => {
      const insert = insertGroup(sql);
      insertAll(part.map(groupEntry), entriesOf(profileId(sql, profile))[0] + at, insert);
    }, lease);
    written += part.length;
    await setImmediate();
  }
  return done + written;
};

/** Whether the entries of this read, and no others, are there. */
export const hasFirst = (sql: Sql, profile: number, { users, groups }: StoredSnapshot): boolean =>
  countOf(sql, "snapshot_user", profile) === users.length && countOf(sql, "snapshot_group", profile) === groups.length;

const isThere = (sql: Sql, profile: number | undefined): boolean =>
  profile !== undefined &&
  (sql.get("SELECT 1 FROM snapshot WHERE profile = ?", profile) !== undefined ||
    ["snapshot_user", "snapshot_group"].some(
      (table) =>
        sql.get(`SELECT 1 FROM ${table} WHERE place BETWEEN ? AND ? LIMIT 1`, ...entriesOf(profile)) !== undefined,
    ));

const countOf = (sql: Sql, table: "snapshot_user" | "snapshot_group", profile: number): number =>
  sql.get<[number]>(`SELECT count(*) FROM ${table} WHERE place BETWEEN ? AND ?`, ...entriesOf(profile))?.[0] ?? 0;

const insertAll = <One extends Parameters<typeof contentHash>[0]>(
  entries: readonly One[],
  first: number,
  insert: (place: number, entry: One, hash: string) => void,
): void => {
  for (const [index, entry] of entries.entries()) insert(first + index, entry, contentHash(entry));
};

/** So much takes a few milliseconds. */
const partSize = 3000;

function* partsOf<Item>(items: readonly Item[], sizeOf: (item: Item) => number): Generator<readonly Item[]> {
  let start = 0;
  let size = 0;
  for (const [index, item] of items.entries()) {
    size += sizeOf(item);
    if (size < partSize && index + 1 < items.length) continue;
    yield items.slice(start, index + 1);
    start = index + 1;
    size = 0;
  }
}
