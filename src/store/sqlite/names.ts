import type { Store } from "../store.ts";
import type { Database, Sql } from "./database.ts";
import { entriesOf } from "./place.ts";
import { findProfile } from "./profiles.ts";

/** Names for the few people that somebody looks at; neither links nor the last read are loaded for them. */
export const createNames = (database: Database): Pick<Store, "names"> => ({
  names: (profile, externalIds) =>
    database.read((sql) => {
      const id = externalIds.length === 0 ? undefined : findProfile(sql, profile);
      return id === undefined ? new Map() : readNames(sql, id, externalIds);
    }),
});

const readNames = (sql: Sql, profile: number, externalIds: readonly string[]): Map<string, string> => {
  const names = new Map<string, string>();
  const addresses = new Map<string, string>();
  const take = (rows: readonly Named[]): void => {
    for (const [externalId, name, email] of rows) {
      if (name !== null && !names.has(externalId)) names.set(externalId, name);
      if (email !== null && !addresses.has(externalId)) addresses.set(externalId, email);
    }
  };
  take(linked(sql, profile, externalIds));
  const unnamed = externalIds.filter((externalId) => !names.has(externalId));
  if (unnamed.length > 0) take(read(sql, profile, unnamed));
  return new Map(
    externalIds.flatMap((externalId): [string, string][] => {
      const name = names.get(externalId) ?? addresses.get(externalId);
      return name === undefined ? [] : [[externalId, name]];
    }),
  );
};

type Named = [externalId: string, name: string | null, email: string | null];

/** Most external ids are the directory's id, which the table's own order finds. */
const linked = (sql: Sql, profile: number, externalIds: readonly string[]): Named[] => {
  const wanted = JSON.stringify(externalIds);
  return sql.all<Named>(
    `SELECT id, name, email FROM person_link
     WHERE profile = ? AND external_id IS NULL AND id IN (SELECT value FROM json_each(?))
     UNION ALL SELECT external_id, name, email FROM person_link
     WHERE profile = ? AND external_id IS NOT NULL AND external_id IN (SELECT value FROM json_each(?))`,
    profile,
    wanted,
    profile,
    wanted,
  );
};

/** As `userData` of the snapshot writes them: [ref, external id or null, address, name, …]. */
const read = (sql: Sql, profile: number, externalIds: readonly string[]): Named[] =>
  sql.all<Named>(
    `SELECT coalesce(data ->> 1, id), data ->> 3, data ->> 2 FROM snapshot_user
     WHERE place BETWEEN ? AND ? AND coalesce(data ->> 1, id) IN (SELECT value FROM json_each(?))`,
    ...entriesOf(profile),
    JSON.stringify(externalIds),
  );
