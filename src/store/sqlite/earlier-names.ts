import type { Sql } from "./database.ts";
import { entriesOf } from "./place.ts";

/** Whose names these are or were. The last read comes last: what it holds is newer than what was kept before. */
export const findNames = (sql: Sql, profile: number, references: readonly string[]): [ref: string, id: string][] => {
  const wanted = JSON.stringify(references);
  const kept = sql.all<[string, string]>(
    "SELECT ref, id FROM earlier_name WHERE profile = ? AND ref IN (SELECT value FROM json_each(?))",
    profile,
    wanted,
  );
  const current = snapshotTables.flatMap((table) =>
    sql.all<[string, string]>(
      `SELECT ${name}, id FROM ${table} WHERE place BETWEEN ? AND ? AND ${name} IN (SELECT value FROM json_each(?))`,
      ...entriesOf(profile),
      wanted,
    ),
  );
  return [...kept, ...current];
};

/** Keeps the name of a stored entry that is about to get another one, or to go: `ref` is the new one, null for none. */
export const keepName = (
  sql: Sql,
  table: SnapshotTable,
  profile: number,
  until: number,
): ((place: number, ref: string | null) => void) => {
  const insert = sql.each(
    `INSERT OR REPLACE INTO earlier_name (profile, ref, id, until)
     SELECT ?, ${name}, id, ? FROM ${table} WHERE place = ? AND ${name} IS NOT NULL AND ${name} IS NOT ?`,
  );
  return (place, ref) => insert(profile, until, place, ref);
};

/** Keeps the names that groups of the stored read use, before it is forgotten; of one that was cut short nobody knows when. */
export const keepNames = (sql: Sql, profile: number): void => {
  const places = entriesOf(profile);
  for (const table of snapshotTables)
    sql.run(
      `INSERT OR REPLACE INTO earlier_name (profile, ref, id, until)
       SELECT ?, ${name}, id, coalesce((SELECT read_at FROM snapshot WHERE profile = ?), 0) FROM ${table}
       WHERE place BETWEEN ? AND ? AND ${name} IN
         (SELECT substr(value, 2) FROM snapshot_group, json_each(members)
          WHERE place BETWEEN ? AND ? AND value LIKE '>%')`,
      profile,
      profile,
      ...places,
      ...places,
    );
};

/** Drops names that nobody has borne since `before` and whose entry is neither managed nor in the last read. */
export const dropNames = (sql: Sql, profile: number, before: number): void => {
  sql.run(
    `DELETE FROM earlier_name WHERE profile = ?1 AND until < ?2
     AND NOT EXISTS (SELECT 1 FROM person_link WHERE profile = ?1 AND person_link.id = earlier_name.id)
     AND NOT EXISTS (SELECT 1 FROM group_link WHERE profile = ?1 AND group_link.id = earlier_name.id)
     AND id NOT IN (SELECT id FROM snapshot_user WHERE place BETWEEN ?3 AND ?4)
     AND id NOT IN (SELECT id FROM snapshot_group WHERE place BETWEEN ?3 AND ?4)`,
    profile,
    before,
    ...entriesOf(profile),
  );
};

export type SnapshotTable = (typeof snapshotTables)[number];
const snapshotTables = ["snapshot_user", "snapshot_group"] as const;

/** Both tables keep it first in their data. */
const name = "json_extract(data, '$[0]')";
