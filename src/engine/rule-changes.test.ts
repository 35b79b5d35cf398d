import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openSqliteStore } from "../store/sqlite/index.ts";
import type { Store } from "../store/store.ts";
import { addedBy, lastChanges } from "./rule-changes.ts";

let folder: string;
let store: Store;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "rule-changes-"));
  store = await openSqliteStore({ path: join(folder, "state.db"), version: "1.0.0" });
});
afterEach(async () => {
  await store[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const setting = "sync.userFilter";
const added = (profile: string, at: number, who: string): Promise<void> =>
  store.audit({ at, who, what: "profile.add", profile });
const set = (profile: string, at: number, who: string): Promise<void> =>
  store.audit({ at, who, what: "config.set", profile, detail: `profiles.${profile}.${setting}: a → b` });
const renamed = (from: string, to: string, at: number): Promise<void> =>
  store.audit({ at, who: "jan", what: "profile.rename", profile: to, detail: from });
const iso = (at: number): string => new Date(at).toISOString();

describe("who changed a setting", () => {
  it("given a change under an earlier name, or the one before, then it counts; one under the present name is newer", async () => {
    await added("first", 1, "ann");
    await set("first", 2, "bob");
    await renamed("first", "second", 3);
    await renamed("second", "main", 4);
    expect(await lastChanges(store, "main", [setting])).toEqual([{ setting, who: "bob", at: iso(2), how: "changed" }]);
    expect(await addedBy(store, "main", [setting])).toEqual([{ setting, who: "ann", at: iso(1), how: "added" }]);
    await set("main", 5, "cas");
    expect(await lastChanges(store, "main", [setting])).toMatchObject([{ who: "cas" }]);
  });

  it("given another profile bears the name, before or after, then its changes are its own", async () => {
    await set("main", 1, "ann");
    await added("ad", 2, "bob");
    await renamed("ad", "main", 3);
    await added("ad", 4, "cas");
    await set("ad", 5, "cas");
    expect(await lastChanges(store, "main", [setting])).toEqual([]);
    expect(await addedBy(store, "main", [setting])).toMatchObject([{ who: "bob" }]);
    expect(await lastChanges(store, "ad", [setting])).toMatchObject([{ who: "cas" }]);
  });

  it("given a profile is removed and another one added under its name, then the first one's changes are not the second's", async () => {
    await added("main", 1, "ann");
    await set("main", 2, "ann");
    await added("main", 3, "bob");
    expect(await lastChanges(store, "main", [setting])).toEqual([]);
    expect(await addedBy(store, "main", [setting])).toMatchObject([{ who: "bob" }]);
  });

  it("given names that go round in one moment, then it comes to an end", async () => {
    await set("a", 1, "ann");
    await renamed("a", "b", 1);
    await renamed("b", "a", 1);
    expect(await lastChanges(store, "a", [setting])).toMatchObject([{ who: "ann" }]);
  });
});
