import { join } from "node:path";
import { defaultLimits } from "../../src/engine/dependencies.ts";
import { openSqliteStore } from "../../src/store/sqlite/index.ts";
import type { Store } from "../../src/store/store.ts";
import type { Place } from "./built.ts";

/** The record of a place, for tests to look into. */
export const openStore = ({ home }: Place): Promise<Store> =>
  openSqliteStore({ path: join(home, "home", "state.db"), version: "test" });

/** Takes over what the newest run held, as whoever comes after its time does, and gives it back: nobody has to wait for that. */
export const leasesGoStale = async (place: Place): Promise<void> => {
  await using store = await openStore(place);
  const [run] = (await store.runs({ limit: 1 })).rows;
  const [profile = "", organization = ""] = run?.profile.split("/") ?? [];
  const now = Date.now() + 2 * defaultLimits.stale;
  const holder = { what: "sync", who: "somebody", host: "elsewhere", pid: 1 };
  for (const name of [`profile:${profile}`, `organization:${organization}`]) {
    const lease = await store.acquire({ name, holder, now, staleMs: defaultLimits.stale });
    if ("heldBy" in lease) throw new Error(`${name} is not stale`);
    await lease.release();
  }
};
