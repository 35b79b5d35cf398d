import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { faultOf } from "../../../tests/fault-of.ts";
import { buildLayout1, layout1 } from "../../../tests/store-layouts/layout-1.ts";
import type { Store } from "../store.ts";
import type { Database } from "./database.ts";
import { openSqliteStore } from "./index.ts";
import { layouts } from "./layout.ts";
import { openFile } from "./open.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "layout-"));
  path = join(folder, "state.db");
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const ours = (): Promise<Store> => openSqliteStore({ path, version: "1.0.0" });
/** A later version of this program, whose layouts go on from ours. */
const later = (...steps: string[]): Promise<Database> =>
  openFile({ path, busyMs: 5_000, program: { version: "9.1.0", layouts: [...layouts, ...steps] } });
const step = "ALTER TABLE value ADD COLUMN kind TEXT NOT NULL DEFAULT 'text'";
const next = layouts.length + 1;
const valuesIn = (file: string): unknown => {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    return database.prepare("SELECT * FROM value").all();
  } finally {
    database.close();
  }
};

describe("files of earlier versions", () => {
  it("given the layout of the first version, then it is as it was given out", () => {
    expect(layouts[0]).toBe(layout1);
  });

  it("given a file of the first version, then everything in it is read as it was meant", async () => {
    const first = new DatabaseSync(path);
    buildLayout1({ exec: (text) => first.exec(text) });
    first.close();
    await using store = await ours();
    expect(await store.state("p/o")).toEqual({ generation: 7, cursor: "c", paused: { at: 1, by: "me" } });
    expect(await store.marks("p/o")).toEqual([{ kind: "adopt", subject: "person", id: "id-m", by: "me", at: 5 }]);
    expect(await store.links("p/o")).toStrictEqual({
      people: [
        { id: "id-a", externalId: "id-a", email: "a@example.test", directoryEmail: "a@example.test" },
        {
          id: "id-b",
          externalId: "x-b",
          email: "b@example.test",
          directoryEmail: "b@corp.test",
          name: "Zoë",
          organizationId: "o-b",
          revoked: { at: 4, cause: "gone" },
          missingSince: 3,
          byHand: "revoked",
        },
      ],
      groups: [
        { id: "id-g", externalId: "id-g", name: "Team", writtenBy: "import", members: ["id-a", "x-b"] },
        {
          id: "id-h",
          externalId: "x-h",
          name: "Kept",
          organizationId: "o-h",
          writtenBy: "member-ids",
          members: [],
          missingSince: 2,
          kept: true,
        },
      ],
    });
    expect(await store.snapshot("p/o")).toStrictEqual({
      readAt: 99,
      users: [
        {
          id: "id-a",
          ref: "uid=a",
          externalId: "id-a",
          email: "a@example.test",
          name: "A",
          state: "enabled",
          selected: true,
        },
        { id: "id-b", externalId: "x-b", state: "disabled", selected: false, because: "guest" },
      ],
      groups: [
        { id: "id-g", externalId: "id-g", name: "Team", selected: true, members: [{ id: "id-a" }, { ref: "uid=b" }] },
      ],
    });
    expect(await store.planByDigest("p/o", "abcdef")).toMatchObject({
      id: 5,
      outcome: "done",
      endedAt: 20,
      undoes: 4,
      counts: { done: 2 },
      accepted: { by: "me", how: "apply" },
    });
    expect((await store.rows(5, { search: "TÄM" })).rows).toStrictEqual([
      {
        row: 1,
        action: "change-members",
        subject: { kind: "group", id: "id-g", name: "Täm", organizationId: "o-g" },
        before: {},
        after: {},
        because: { code: "x" },
        add: ["id-a"],
        state: "refused",
        accepted: false,
        undoneBy: 6,
        detail: "no",
      },
    ]);
    expect((await store.rows(5, { states: ["done"] })).rows).toMatchObject([
      { row: 0, accepted: true, subject: { id: "id-a", externalId: "id-a" } },
    ]);
    expect(await store.notes(5)).toHaveLength(1);
    expect(await store.value("k")).toBe("v");
    expect(await store.audits({ limit: 5 })).toEqual([
      { at: 2, who: "me", what: "login", profile: "main", detail: "d" },
    ]);
    const lease = await store.acquire({
      name: "profile:p",
      holder: { what: "sync", who: "me", host: "h", pid: 1 },
      now: 5,
      staleMs: 1,
    });
    expect(lease).toMatchObject({ fence: 42 });
    expect(await store.describe()).toEqual({ layout: layouts.length, location: path });
  });
});

describe("a change of the layout", () => {
  it("given an older file, then a copy of it as it was lies beside it, private, and the data are there in the new layout", async () => {
    const before = await ours();
    await before.saveValue("k", "v");
    await before[Symbol.asyncDispose]();
    const database = await later(step);
    expect(await database.read((sql) => sql.all("SELECT * FROM value"))).toEqual([["k", "v", "text"]]);
    await database.close();
    const copy = `${path}.layout-${layouts.length}`;
    expect(valuesIn(copy)).toEqual([{ key: "k", value: "v" }]);
    expect(statSync(copy).mode & 0o777).toBe(0o600);
    await using restored = await openSqliteStore({ path: copy, version: "1.0.0" });
    expect(await restored.value("k")).toBe("v");
  });

  it("given what an open process has not yet moved out of its log, then the copy has it too", async () => {
    await using open = await ours();
    await open.saveValue("k", "in the log");
    const database = await later(step);
    await database.close();
    expect(valuesIn(`${path}.layout-${layouts.length}`)).toEqual([{ key: "k", value: "in the log" }]);
  });

  it("given a new file, then no copy is made", async () => {
    await (await later(step)).close();
    expect(readdirSync(folder)).toEqual(["state.db"]);
  });

  it("given a step that fails, then the file stays as it was, and the older version goes on with it", async () => {
    const before = await ours();
    await before.saveValue("k", "v");
    await before[Symbol.asyncDispose]();
    await expect(later(step, "INSERT INTO nowhere VALUES (1)")).rejects.toThrow("nowhere");
    await using again = await ours();
    expect(await again.value("k")).toBe("v");
    expect(valuesIn(path)).toEqual([{ key: "k", value: "v" }]);
  });

  it("given two that find an older file at once, then it is changed once", async () => {
    await (await ours())[Symbol.asyncDispose]();
    const both = await Promise.all([later(step), later(step)]);
    for (const database of both) {
      expect(await database.read((sql) => sql.get("PRAGMA user_version"))).toEqual([next]);
      await database.close();
    }
  });

  it("given a copy that cannot be finished, then nothing is changed and nothing is left of it", async () => {
    await (await ours())[Symbol.asyncDispose]();
    const target = `${path}.layout-${layouts.length}`;
    mkdirSync(join(target, "in the way"), { recursive: true });
    const fault = await faultOf(later(step));
    expect(fault.code).toBe("store.unusable");
    expect(existsSync(`${target}.partial`)).toBe(false);
    rmSync(target, { recursive: true });
    await (await ours())[Symbol.asyncDispose]();
  });
});

describe("files of later versions", () => {
  it("given one, then it is refused with both versions, and left as it is", async () => {
    await (await later(step)).close();
    const before = readFileSync(path);
    const fault = await faultOf(ours());
    expect([fault.code, fault.params]).toEqual(["store.newer", { path, found: "9.1.0", ours: "1.0.0" }]);
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it("given a version that changes the layout while we have the file open, then we neither read nor write any more", async () => {
    await using store = await ours();
    await store.saveValue("k", "v");
    const database = await later(step);
    for (const work of [
      () => store.saveValue("k", "w"),
      () => store.value("k"),
      () => store.beginRun({ profile: "p/o", organization: "o", kind: "sync", startedAt: 1, who: "w", host: "h" }),
    ])
      expect((await faultOf(work())).code).toBe("store.newer");
    expect(await database.read((sql) => sql.all("SELECT key, value FROM value"))).toEqual([["k", "v"]]);
    await database.close();
  });
});
