import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { faultOf } from "../../../tests/fault-of.ts";
import { user } from "../../../tests/store-contract/data.ts";
import type { Store } from "../store.ts";
import { openSqliteStore } from "./index.ts";
import { layouts } from "./layout.ts";
import { openFile } from "./open.ts";
import { createValues } from "./values.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "open-"));
  path = join(folder, "home", "deep", "state.db");
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const open = (busyMs = 5_000): Promise<Store> => openSqliteStore({ path, version: "1.0.0", busyMs });
const close = (store: Store): PromiseLike<void> => store[Symbol.asyncDispose]();
const modeOf = (file: string): number => statSync(file).mode & 0o777;
const people = Array.from({ length: 2_000 }, (_, at) => user(`person${at}`));

/** A file with something in it, all of it in the file itself. */
const makeFile = async (): Promise<void> => {
  const store = await open();
  await store.saveSnapshot("p/o", { readAt: 1, users: people, groups: [] });
  await store.saveValue("k", "v");
  await close(store);
};

describe.skipIf(process.platform === "win32")("the file's privacy", () => {
  it("given nothing, then the folders are made for this user alone, and so is every file", async () => {
    await using store = await open();
    await store.saveValue("k", "v");
    expect([modeOf(join(folder, "home")), modeOf(join(folder, "home", "deep"))]).toEqual([0o700, 0o700]);
    expect([path, `${path}-wal`, `${path}-shm`].map(modeOf)).toEqual([0o600, 0o600, 0o600]);
  });

  it("given a file that a restore left open to all, then it is closed", async () => {
    await makeFile();
    chmodSync(path, 0o644);
    await using store = await open();
    await store.saveValue("k", "v");
    expect([path, `${path}-wal`, `${path}-shm`].map(modeOf)).toEqual([0o600, 0o600, 0o600]);
  });
});

describe("durability", () => {
  it("given an open file, then its log is a WAL that is on disk before a write is acknowledged", async () => {
    const database = await openFile({ path, busyMs: 0, program: { version: "1", layouts } });
    const settings = await database.read((sql) =>
      ["journal_mode", "synchronous"].flatMap((name) => sql.get(`PRAGMA ${name}`)),
    );
    expect(settings).toEqual(["wal", 2]);
    await database.close();
  });

  it("given a store that is closed, then nothing is left beside the file", async () => {
    await makeFile();
    expect([existsSync(`${path}-wal`), existsSync(`${path}-shm`)]).toEqual([false, false]);
  });

  it("given writes that nobody waited for, then closing waits for them", async () => {
    const store = await open();
    const writes = Array.from({ length: 20 }, (_, at) => store.saveValue("k", String(at)));
    await close(store);
    await Promise.all(writes);
    await using again = await open();
    expect(await again.value("k")).toBe("19");
  });
});

describe("a damaged file", () => {
  it("given something that is no database, then it is told and left alone", async () => {
    mkdirSync(join(folder, "home", "deep"), { recursive: true });
    writeFileSync(path, "this is not a database, but somebody's notes about one\n".repeat(100));
    const before = readFileSync(path);
    const fault = await faultOf(open());
    expect([fault.code, fault.params["path"]]).toEqual(["store.damaged", path]);
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it("given another program's database, then it is told and left alone, its journal mode included", async () => {
    mkdirSync(join(folder, "home", "deep"), { recursive: true });
    for (const more of ["", "PRAGMA user_version = 99", "PRAGMA application_id = 5"]) {
      rmSync(path, { force: true });
      const other = new DatabaseSync(path);
      other.exec(`CREATE TABLE theirs (x); ${more}`);
      other.close();
      const before = readFileSync(path);
      const fault = await faultOf(open());
      expect([fault.code, fault.params]).toEqual(["store.damaged", { path, reason: "foreign" }]);
      expect(readFileSync(path).equals(before)).toBe(true);
    }
  });

  it("given pages that are overwritten, then reading and writing say so and name the file", async () => {
    await makeFile();
    const bytes = readFileSync(path);
    bytes.fill(0xa5, 8192);
    writeFileSync(path, bytes);
    await using store = await open();
    for (const work of [() => store.snapshot("p/o"), () => store.saveValue("k", "w"), () => store.links("p/o")]) {
      const fault = await faultOf(work());
      expect([fault.code, fault.params["path"]]).toEqual(["store.damaged", path]);
    }
  });

  it("given a file that is cut short, then reading what was cut off says so", async () => {
    await makeFile();
    truncateSync(path, 8192 * Math.floor(statSync(path).size / 8192 / 3));
    const fault = await faultOf(
      open().then(async (store) => {
        await using opened = store;
        await opened.snapshot("p/o");
      }),
    );
    expect([fault.code, fault.params["path"]]).toEqual(["store.damaged", path]);
  });

  it("given an empty file, as of a start that was killed, then it begins anew", async () => {
    mkdirSync(join(folder, "home", "deep"), { recursive: true });
    writeFileSync(path, "");
    await using store = await open();
    expect(await store.state("p/o")).toEqual({ generation: 0 });
  });

  it("given a folder in its place, then that is told", async () => {
    mkdirSync(path, { recursive: true });
    expect((await faultOf(open())).params).toMatchObject({ path, reason: "EISDIR" });
  });
});

describe("a full disk", () => {
  it("given no room for more, then the write says so, keeps nothing of itself, and what was there stays", async () => {
    const database = await openFile({ path, busyMs: 0, program: { version: "1", layouts } });
    const values = createValues(database);
    await values.saveValue("k", "v");
    await database.read((sql) => sql.get("PRAGMA max_page_count = 1"));
    const fault = await faultOf(values.saveValue("big", "x".repeat(1_000_000)));
    expect([fault.code, fault.params]).toEqual(["store.full", { path }]);
    expect([await values.value("k"), await values.value("big")]).toEqual(["v", undefined]);
    await database.read((sql) => sql.get("PRAGMA max_page_count = 1000000"));
    await values.saveValue("big", "x".repeat(1_000_000));
    await database.close();
  });
});

describe("another process that writes", () => {
  const blocking = (): DatabaseSync => {
    const other = new DatabaseSync(path);
    other.exec("BEGIN IMMEDIATE");
    return other;
  };

  it("given one that takes a while, then we wait for it, and reading does not wait", async () => {
    await using store = await open(30_000);
    await store.saveValue("k", "old");
    const other = blocking();
    const write = store.saveValue("k", "new");
    expect(await store.value("k")).toBe("old");
    other.exec("COMMIT");
    await write;
    other.close();
    expect(await store.value("k")).toBe("new");
  });

  it("given several of our writes that wait, then they are done in the order they were asked for", async () => {
    await using store = await open(30_000);
    const other = blocking();
    const writes = Array.from({ length: 10 }, (_, at) => store.saveValue("k", String(at)));
    other.exec("COMMIT");
    other.close();
    await Promise.all(writes);
    expect(await store.value("k")).toBe("9");
  });

  it("given one that does not end, then we say that the file is locked, and go on when it is free", async () => {
    await using store = await open(50);
    const other = blocking();
    expect((await faultOf(store.saveValue("k", "v"))).code).toBe("store.busy");
    other.exec("COMMIT");
    other.close();
    await store.saveValue("k", "v");
  });
});

describe.skipIf(process.platform === "win32")("a file that may only be read", () => {
  /** What a user sees who does not own the file; root may everything, so it becomes nobody for this. */
  const asReader = (script: string): { stdout: string; stderr: string } => {
    const module = new URL("index.ts", import.meta.url).href;
    const code = `
      import { openSqliteStore } from ${JSON.stringify(module)};
      const told = (error) => error.code + " " + JSON.stringify(error.params);
      try {
        const store = await openSqliteStore({ path: process.argv[1], version: "1.0.0", busyMs: 100 });
        ${script}
        await store[Symbol.asyncDispose]();
      } catch (error) { console.log(told(error)); }`;
    const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    const args = ["--input-type=module", "-e", code, path];
    return spawnSync(process.execPath, args, { encoding: "utf8", timeout: 20_000, ...nobody });
  };
  const readable = (): void => {
    for (const each of [folder, join(folder, "home"), join(folder, "home", "deep")]) chmodSync(each, 0o555);
    for (const each of [path, `${path}-wal`, `${path}-shm`]) if (existsSync(each)) chmodSync(each, 0o444);
  };
  const writable = (): void => {
    for (const each of [folder, join(folder, "home"), join(folder, "home", "deep")])
      if (existsSync(each)) chmodSync(each, 0o755);
  };
  const script = `
    console.log(await store.value("k"));
    await store.saveValue("k", "w").catch((error) => console.log(told(error)));
    await store.acquire({ name: "n", holder: {}, now: 1, staleMs: 1 }).catch((error) => console.log(told(error)));`;
  const refused = (): string => `store.read_only ${JSON.stringify({ path })}\n`;

  it("given a file at rest, then it is read, and whatever writes says that it may not", async () => {
    await makeFile();
    readable();
    try {
      expect(asReader(script)).toMatchObject({ stdout: `v\n${refused()}${refused()}`, stderr: "" });
    } finally {
      writable();
    }
  });

  it("given a file that its owner has open, then what the owner just wrote is read too", async () => {
    await makeFile();
    const store = await open();
    await store.saveValue("k", "just now");
    readable();
    try {
      expect(asReader(script)).toMatchObject({ stdout: `just now\n${refused()}${refused()}`, stderr: "" });
    } finally {
      writable();
      await close(store);
    }
  });

  it("given a file of an older layout, then it cannot be changed and that is told", async () => {
    mkdirSync(join(folder, "home", "deep"), { recursive: true });
    writeFileSync(path, "");
    readable();
    try {
      expect(asReader("")).toMatchObject({ stdout: refused(), stderr: "" });
    } finally {
      writable();
    }
  });

  it("given no file and a folder that may not be written, then that is told", () => {
    mkdirSync(join(folder, "home", "deep"), { recursive: true });
    readable();
    try {
      expect(asReader("")).toMatchObject({ stdout: refused(), stderr: "" });
    } finally {
      writable();
    }
  });
});
