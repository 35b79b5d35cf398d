import type { Store } from "../store.ts";
import type { Database } from "./database.ts";
import { findProfile } from "./profiles.ts";
import { deleteRows, deleteRuns } from "./deletion.ts";
import { dropNames } from "./earlier-names.ts";

/** How many plans that changed nothing keep their rows: the newest are looked at and accepted, the others repeat them. */
const plansKept = 20;

/** Keeps the file from growing for ever; what is open is never dropped. */
export const createPruning = (database: Database): Pick<Store, "prune"> => ({
  prune: (profile, { changed, unchanged }) =>
    database.write((sql) => {
      const id = findProfile(sql, profile);
      if (id === undefined) return;
      deleteRuns(sql, sql.all<[number]>(oldChanged, id, changed).flat());
      deleteRuns(sql, sql.all<[number]>(sameDay, id, unchanged).flat());
      for (const [run] of sql.all<[number]>(oldPlans, id, plansKept)) deleteRows(sql, run);
      dropNames(sql, id, changed);
    }),
});

const oldChanged = "SELECT id FROM run WHERE profile = ? AND changed = 1 AND ended_at < ?";

/** Of a day (UTC) the newest run of each outcome stays: a day that was stopped by a guard shows that it was. */
const sameDay = `
SELECT id FROM run WHERE profile = ?1 AND changed = 0 AND ended_at < ?2 AND id NOT IN
  (SELECT max(id) FROM run WHERE profile = ?1 AND changed = 0 AND ended_at IS NOT NULL
   GROUP BY started_at / 86400000, outcome)`;

const oldPlans = `
SELECT id FROM run WHERE profile = ? AND changed = 0 AND ended_at IS NOT NULL AND row_count + note_count > 0
ORDER BY id DESC LIMIT -1 OFFSET ?`;
