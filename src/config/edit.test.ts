import { writeFileSync } from "node:fs";
import { chmod, lstat, mkdir, readdir, stat, symlink, utimes } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import catalogue from "../../locales/en.json" with { type: "json" };
import { createFormat } from "../../locales/format.ts";
import type { Fault } from "../core/fault.ts";
import { acme, faultOf, fileProfile, ldapProfile, openTestConfig, type TestConfig, wholeConfig } from "./testing.ts";

const format = createFormat(catalogue, "en");
const words = (fault: Fault, config: TestConfig): string =>
  format(`fault.${fault.code}`, fault.params).replaceAll(`${config.folder}/`, "");
const mode = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;

describe("editing", () => {
  test("keeps a profile's own file when the profile gets another name, and takes it away with the profile", async () => {
    await using config = await openTestConfig({ "config.json": wholeConfig, "profiles.d/files.json": fileProfile });
    const store = config.store();
    await store.edit((draft) => {
      const { files, ...others } = draft.profiles;
      draft.profiles = { ...others, ...(files === undefined ? {} : { acme: { ...files, onGuard: "hold" } }) };
      draft.currentProfile = "acme";
    });
    expect(await readdir(config.path("profiles.d"))).toEqual(["acme.json"]);
    expect(await config.json("profiles.d/acme.json")).toEqual({ ...fileProfile, onGuard: "hold" });
    const after = await store.edit((draft) => {
      draft.profiles = { main: draft.profiles["main"] ?? {} };
      delete draft.currentProfile;
    });
    expect(await readdir(config.path("profiles.d"))).toEqual([]);
    expect(Object.keys(after.config.profiles)).toEqual(["main"]);
  });

  test("never writes over a file that cannot be read", async () => {
    await using config = await openTestConfig({ "config.json": wholeConfig, "profiles.d/broken.json": "{ mine" });
    const store = config.store();
    const fault = await faultOf(
      store.edit((draft) => {
        draft.profiles["broken"] = fileProfile;
      }),
    );
    expect(fault.params["reason"]).toBe("json_quotes");
    await store.edit((draft) => {
      draft.profiles["files"] = fileProfile;
    });
    expect(await config.text("profiles.d/broken.json")).toBe("{ mine");
    await config.write("config.json", "{ mine");
    await faultOf(store.set("onGuard", "hold", "main"));
    expect(await config.text("config.json")).toBe("{ mine");
  });

  test("keeps what is broken elsewhere as it stands", async () => {
    const broken = { organization: 5, "what is this": [1, { a: null }] };
    await using config = await openTestConfig({
      "config.json": { ...wholeConfig, profiles: { main: ldapProfile, broken, odd: "text" } },
    });
    await config.store().set("onGuard", "hold", "main");
    expect(await config.json("config.json")).toMatchObject({
      profiles: { main: { onGuard: "hold" }, broken, odd: "text" },
    });
  });

  test("is refused when the caller has seen another state", async () => {
    await using config = await openTestConfig({ "config.json": wholeConfig });
    const store = config.store();
    const { revision } = await store.read();
    await store.set("onGuard", "hold", "main");
    expect((await faultOf(store.edit(() => undefined, revision))).code).toBe("config.changed");
    await store.edit(() => undefined, (await store.read()).revision);
  });

  test("is worked out again when somebody saved in between", async () => {
    await using config = await openTestConfig({ "config.json": wholeConfig });
    let calls = 0;
    await config.store().edit((draft) => {
      calls += 1;
      if (calls === 1)
        writeFileSync(config.path("config.json"), JSON.stringify({ ...wholeConfig, currentProfile: "main" }));
      draft.organizations["second"] = acme;
    });
    expect(await config.json("config.json")).toMatchObject({ currentProfile: "main", organizations: { second: acme } });
    expect(calls).toBe(2);
  });

  test("that would make something wrong is refused as a whole", async () => {
    await using config = await openTestConfig({ "config.json": wholeConfig, "profiles.d/files.json": fileProfile });
    const before = await config.text("config.json");
    const fault = await faultOf(
      config.store().edit((draft) => {
        draft.currentProfile = "main";
        draft.profiles["files"] = { ...draft.profiles["files"], onGuard: "go" };
      }),
    );
    expect(words(fault, config)).toBe(
      'profiles.d/files.json: profiles.files.onGuard must be stop or hold; found "go". Nothing was changed.',
    );
    expect(await config.text("config.json")).toBe(before);
  });

  test("by several at once loses nothing", async () => {
    await using config = await openTestConfig({ "config.json": wholeConfig });
    const names = Array.from({ length: 12 }, (_, index) => `p${index}`);
    await Promise.all(
      names.map(async (name, index) =>
        config.store().edit((draft) => {
          draft.profiles[name] = { ...fileProfile, id: `00000000-0000-4000-9000-${String(index).padStart(12, "0")}` };
        }),
      ),
    );
    const { config: read } = await config.store().read();
    expect(Object.keys(read.profiles).sort()).toEqual(["main", ...names].sort());
    expect((await readdir(config.folder)).filter((name) => name.startsWith("."))).toEqual([]);
  });

  test("goes on after a process that died while it saved", async () => {
    await using config = await openTestConfig({ "config.json": wholeConfig });
    await config.write(".config.lock", "");
    await utimes(config.path(".config.lock"), 0, 0);
    await config.store().set("onGuard", "hold", "main");
    expect((await readdir(config.folder)).filter((name) => name.startsWith("."))).toEqual([]);
  });

  test("keeps a link a link, and the rights of the group", async () => {
    await using config = await openTestConfig({ "real/settings.json": wholeConfig });
    await symlink("real/settings.json", config.path("config.json"));
    await chmod(config.path("real/settings.json"), 0o644);
    await config.store().set("onGuard", "hold", "main");
    expect((await lstat(config.path("config.json"))).isSymbolicLink()).toBe(true);
    expect(await config.json("real/settings.json")).toMatchObject({ profiles: { main: { onGuard: "hold" } } });
    expect(await mode(config.path("real/settings.json"))).toBe(0o640);
  });
});

describe("a configuration that may not be written", () => {
  test("is known as such, says which setting cannot be changed, and can still be read", async () => {
    await using config = await openTestConfig({ "config.json": wholeConfig });
    const store = config.store();
    expect(await store.isLocked()).toBe(false);
    await writable(config, false);
    try {
      await asNobody(async () => {
        expect(await store.isLocked()).toBe(true);
        expect(words(await faultOf(store.set("onGuard", "hold", "main")), config)).toBe(
          "config.json may not be written, so profiles.main.onGuard cannot be changed here.",
        );
        expect((await store.get("onGuard", "main")).text).toBe("stop");
      });
    } finally {
      await writable(config, true);
    }
  });

  test("is not one that is not there yet", async () => {
    await using config = await openTestConfig();
    await mkdir(config.path("sub"));
    expect(await config.store().isLocked()).toBe(false);
  });
});

const writable = async (config: TestConfig, may: boolean): Promise<void> => {
  await chmod(config.path("config.json"), may ? 0o600 : 0o444);
  await chmod(config.folder, may ? 0o700 : 0o555);
};

/** Rights do not hold an administrator, so the work is done as somebody else. */
const asNobody = async (work: () => Promise<void>): Promise<void> => {
  if (process.geteuid?.() !== 0) return work();
  process.seteuid?.(65_534);
  try {
    await work();
  } finally {
    process.seteuid?.(0);
  }
};
