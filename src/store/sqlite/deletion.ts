import type { Sql } from "./database.ts";
import { entriesOf, placesOf } from "./place.ts";

/** Runs with everything that hangs on them. */
export const deleteRuns = (sql: Sql, runs: readonly number[]): void => {
  for (const run of runs) {
    deleteRows(sql, run);
    sql.run("DELETE FROM run WHERE id = ?", run);
  }
};

/** A run keeps its header and counts without its rows and notes. */
export const deleteRows = (sql: Sql, run: number): void => {
  for (const table of ["plan_row", "row_state", "note"])
    sql.run(`DELETE FROM ${table} WHERE place BETWEEN ? AND ?`, ...placesOf(run));
  sql.run("UPDATE run SET row_count = 0, note_count = 0 WHERE id = ?", run);
};

export const deleteSnapshot = (sql: Sql, profile: number): void => {
  for (const table of ["snapshot", "verdict"]) sql.run(`DELETE FROM ${table} WHERE profile = ?`, profile);
  for (const table of ["snapshot_user", "snapshot_group"])
    sql.run(`DELETE FROM ${table} WHERE place BETWEEN ? AND ?`, ...entriesOf(profile));
};
