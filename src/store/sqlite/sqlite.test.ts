import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeStore, type StorePlace } from "../contract.ts";
import { openSqliteStore } from "./index.ts";

const placeIn = (folder: string): StorePlace => ({
  open: () => openSqliteStore({ path: join(folder, "home", "state.db"), version: "1.0.0" }),
  copy: async () => {
    const copy = mkdtempSync(join(tmpdir(), "store-"));
    // The -shm file is an index of the -wal file in memory shared by processes: a kill of all of them leaves none to trust.
    cpSync(folder, copy, { recursive: true, filter: (path) => !path.endsWith("-shm") });
    return placeIn(copy);
  },
  [Symbol.asyncDispose]: async () => rmSync(folder, { recursive: true }),
});

describeStore({ name: "SQLite", place: async () => placeIn(mkdtempSync(join(tmpdir(), "store-"))) });
