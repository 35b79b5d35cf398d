import type { Store } from "../store.ts";
import { layouts } from "./layout.ts";
import { createHistory } from "./history.ts";
import { createLeases } from "./leases.ts";
import { createLinks } from "./links.ts";
import { createLists } from "./lists.ts";
import { createNames } from "./names.ts";
import { createNotes } from "./notes.ts";
import { createNumbers } from "./numbers.ts";
import { openFile } from "./open.ts";
import { createProfiles } from "./profiles.ts";
import { createPruning } from "./prune.ts";
import { createRows } from "./rows.ts";
import { createRuns } from "./runs.ts";
import { createSnapshots } from "./snapshot.ts";
import { createValues } from "./values.ts";
import { createVerdicts } from "./verdicts.ts";

export interface SqliteOptions {
  /** The file; it and its folder are created where they are missing. */
  readonly path: string;
  /** Of this program: what an older one names when it refuses the file. */
  readonly version: string;
  /** How long to wait for another process's transaction, in milliseconds; 30 seconds unless given. */
  readonly busyMs?: number;
}

/**
 * The store in one SQLite file that several processes may have open at once. A file that may not be written is opened
 * for reading; whatever has to write then fails with `store.read_only`. Faults: `store.newer`, `store.damaged`,
 * `store.full`, `store.read_only`, `store.busy`, `store.unusable`.
 */
export const openSqliteStore = async ({ path, version, busyMs = 30_000 }: SqliteOptions): Promise<Store> => {
  const database = await openFile({ path, busyMs, program: { version, layouts } });
  return {
    describe: async () => ({ layout: layouts.length, location: path }),
    ...createLeases(database),
    ...createProfiles(database),
    ...createLinks(database),
    ...createNames(database),
    ...createSnapshots(database),
    ...createVerdicts(database),
    ...createRuns(database),
    ...createRows(database),
    ...createLists(database),
    ...createHistory(database),
    ...createNumbers(database),
    ...createNotes(database),
    ...createPruning(database),
    ...createValues(database),
    [Symbol.asyncDispose]: () => database.close(),
  };
};
