import type { DayNumbers, Store } from "../store.ts";
import type { Database, Sql } from "./database.ts";
import { span } from "./place.ts";
import { findProfile } from "./profiles.ts";
import { stateCodes } from "./row-text.ts";

/** How a profile grew, by day, for a chart. */
export const createNumbers = (database: Database): Pick<Store, "numbers"> => ({
  numbers: (profile, since) =>
    database.read((sql) => {
      const id = findProfile(sql, profile);
      return id === undefined ? { days: [], people: 0, groups: 0 } : readNumbers(sql, id, since);
    }),
});

/** What gives somebody access, and what takes it. Who is adopted or stamped had it before. */
const gained = "'invite', 'stage', 'restore'";
const lost = "'revoke', 'remove', 'readdress'";

const readNumbers = (
  sql: Sql,
  profile: number,
  since: number,
): { readonly days: DayNumbers[]; readonly people: number; readonly groups: number } => {
  const days = new Map<string, DayNumbers>();
  // The first plan of a day counted whoever was managed before it.
  const sizes = sql.all<[string, number, number, number]>(
    `SELECT ${dayOf("started_at")} AS day, json_extract(header, '$.counts.linkedPeople'),
       json_extract(header, '$.counts.linkedGroups'), min(id)
     FROM run WHERE profile = ? AND started_at >= ? AND header IS NOT NULL GROUP BY day`,
    profile,
    since,
  );
  for (const [day, people, groups] of sizes) days.set(day, { day, people, groups, changed: 0, lost: 0 });
  const changes = sql.all<[string, number, number]>(
    `SELECT ${dayOf("at")} AS day, count(DISTINCT id), count(DISTINCT CASE WHEN action IN (${lost}) THEN id END)
     FROM (SELECT run.id AS run_id FROM run WHERE profile = ? AND changed = 1 AND (ended_at IS NULL OR ended_at >= ?))
       CROSS JOIN row_state ON row_state.place BETWEEN run_id * ${span} AND run_id * ${span} + ${span - 1}
       CROSS JOIN plan_row USING (place)
     WHERE state = ${stateCodes.done} AND at >= ? AND kind = 'person' AND action IN (${gained}, ${lost}) GROUP BY day`,
    profile,
    since,
    since,
  );
  for (const [day, changed, losing] of changes) days.set(day, { ...(days.get(day) ?? { day }), changed, lost: losing });
  const [people, groups] = sql.get<[number, number]>(
    `SELECT (SELECT count(*) FROM person_link WHERE profile = ?1),
       (SELECT count(*) FROM group_link WHERE profile = ?1)`,
    profile,
  ) ?? [0, 0];
  return { days: [...days.values()].sort((one, other) => (one.day < other.day ? -1 : 1)), people, groups };
};

/** In this computer's time. */
const dayOf = (column: string): string => `date(${column} / 1000, 'unixepoch', 'localtime')`;
