import { readdir, rm, stat } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import catalogue from "../../locales/en.json" with { type: "json" };
import { createFormat } from "../../locales/format.ts";
import type { Fault } from "../core/fault.ts";
import { acme, faultOf, fileProfile, ldapProfile, openTestConfig, type TestConfig, wholeConfig } from "./testing.ts";

const format = createFormat(catalogue, "en");
const words = (fault: Fault, config: TestConfig): string =>
  format(`fault.${fault.code}`, fault.params).replaceAll(`${config.folder}/`, "");
const mode = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;

describe("setting", () => {
  test("changes one value, tells what was there, and keeps everything else as it stood", async () => {
    await using config = await openTestConfig({
      "config.json": { $schema: "own.json", profiles: { main: ldapProfile }, version: 1, organizations: { acme } },
    });
    const store = config.store();
    expect(await store.set("sync.leavers.gone", "keep", "main")).toEqual({
      path: "profiles.main.sync.leavers.gone",
      text: "keep",
    });
    expect(await store.set("profiles.main.sync.leavers.gone", "remove")).toMatchObject({ before: "keep" });
    expect(await config.json("config.json")).toEqual({
      $schema: "own.json",
      profiles: { main: { ...ldapProfile, sync: { leavers: { gone: "remove" } } } },
      version: 1,
      organizations: { acme },
    });
    expect(Object.keys(Object(await config.json("config.json")))).toEqual([
      "$schema",
      "profiles",
      "version",
      "organizations",
    ]);
    expect(await readdir(config.folder)).toEqual(["config.json"]);
  });

  test("writes text the way a person would: two spaces, a line end, this user only", async () => {
    await using config = await openTestConfig({ "config.json": wholeConfig });
    await config.store().set("onGuard", "hold", "main");
    const text = await config.text("config.json");
    expect(text).toBe(`${JSON.stringify(JSON.parse(text), undefined, 2)}\n`);
    await rm(config.path("config.json"));
    await config.store().edit((draft) => {
      draft.organizations["acme"] = acme;
    });
    expect(await mode(config.path("config.json"))).toBe(0o600);
  });

  test("gives a new file its schema, beside it", async () => {
    await using config = await openTestConfig({});
    await config.store().edit((draft) => {
      draft.organizations["acme"] = acme;
    });
    expect(await config.json("config.json")).toEqual({
      $schema: "./config.schema.json",
      version: 1,
      organizations: { acme },
      profiles: {},
    });
    expect((await readdir(config.folder)).sort()).toEqual(["config.json", "config.schema.json", "profile.schema.json"]);
  });

  test("takes numbers, lists, groups and choices as text", async () => {
    await using config = await openTestConfig({ "config.json": wholeConfig });
    const store = config.store();
    await store.set("guards.seats", '{"buy":3}', "main");
    await store.set("guards.age", "30", "main");
    await store.set("sync.leavers", '{"disabled":"keep","wait":2}', "main");
    await store.set("owners", "a@acme.test, b@acme.test", undefined).catch(() => undefined);
    await store.set("organizations.acme.owners", "a@acme.test, b@acme.test");
    await store.set("guards.first.invite", "5", "main");
    const { config: read } = await store.read();
    expect(read.organizations["acme"]?.owners).toEqual(["a@acme.test", "b@acme.test"]);
    expect(read.profiles["main"]).toMatchObject({
      guards: { seats: { buy: 3 }, age: 30, first: { invite: 5 } },
      sync: { leavers: { disabled: "keep", gone: "revoke", wait: 2 } },
    });
  });

  test.each([
    [
      "sync.leavers.gone",
      "revok",
      'config.json: profiles.main.sync.leavers.gone must be keep, revoke or remove; found "revok". Nothing was changed.',
    ],
    [
      "guards.age",
      "soon",
      'config.json: profiles.main.guards.age must be a whole number; found "soon". Nothing was changed.',
    ],
    [
      "organization",
      "acmee",
      "config.json: profiles.main.organization names acmee, and there is no such organization. Nothing was changed.",
    ],
    [
      "sync.leavers",
      "keep",
      'config.json: profiles.main.sync.leavers must be a group of settings in braces; found "keep". Nothing was changed.',
    ],
    [
      "organizations.new.server",
      "https://x.test",
      "config.json: organizations.new.clientId is missing. Nothing was changed.",
    ],
    ["directory.kind", "file", "config.json: profiles.main.directory.path is missing. Nothing was changed."],
    ["sync.usrFilter", "x", "There is no setting sync.usrFilter. Did you mean sync.userFilter?"],
    ["userFilter", "x", "There is no setting userFilter. Did you mean sync.userFilter?"],
    ["profiles.main", "{}", "There is no setting profiles.main."],
    ["version", "2", "There is no setting version."],
  ])("refuses %s %s", async (path, text, expected) => {
    await using config = await openTestConfig({ "config.json": wholeConfig });
    const before = await config.text("config.json");
    expect(words(await faultOf(config.store().set(path, text, "main")), config)).toBe(expected);
    expect(await config.text("config.json")).toBe(before);
  });

  test("refuses a secret, without repeating it, and takes the reference of one", async () => {
    await using config = await openTestConfig({ "config.json": wholeConfig });
    const store = config.store();
    const fault = await faultOf(store.set("directory.password", "hunter2", "main"));
    expect(words(fault, config)).toBe(
      "config.json: profiles.main.directory.password must say where the secret is, never the secret itself. Nothing was changed.",
    );
    expect(JSON.stringify([fault.params, fault.message])).not.toContain("hunter2");
    expect(format(`remedy.${fault.code}`, fault.params)).toContain("secrets set profiles.main.directory.password");
    for (const text of ["keychain", "sealed", "env:OTHER", "file:/run/x", 'command:["pass","show"]']) {
      await store.set("directory.password", text, "main");
      expect((await store.get("directory.password", "main")).text).toBe(text);
    }
  });

  test("hides the password of an address", async () => {
    await using config = await openTestConfig({ "config.json": wholeConfig });
    const store = config.store();
    const done = await store.set("network.proxy", "http://jan:geheim@proxy.test:3128");
    const shown = [done, await store.get("network.proxy"), await store.values()];
    expect(JSON.stringify(shown)).not.toContain("geheim");
    expect(done.text).toBe("http://jan:***@proxy.test:3128");
    expect((await store.read()).config.network?.proxy).toBe("http://jan:geheim@proxy.test:3128");
  });

  test("says when a variable counts over it", async () => {
    await using config = await openTestConfig({ "config.json": wholeConfig });
    const environment = { DIRECTORY_CONNECTOR_PROFILES_MAIN_ON_GUARD: "hold" };
    expect(await config.store({ environment }).set("onGuard", "stop", "main")).toMatchObject({
      hiddenBy: "DIRECTORY_CONNECTOR_PROFILES_MAIN_ON_GUARD",
    });
  });

  test("repairs one thing after the other", async () => {
    await using config = await openTestConfig({
      "config.json": { ...wholeConfig, profiles: { main: { ...ldapProfile, onGuard: "go", sync: { narrow: "x" } } } },
    });
    const store = config.store();
    await store.set("onGuard", "hold", "main");
    expect((await store.check()).map(({ params }) => params["field"])).toEqual(["profiles.main.sync.narrow"]);
    await store.unset("sync.narrow", "main");
    expect(await store.check()).toEqual([]);
  });

  test("of a profile with a file of its own goes into that file", async () => {
    await using config = await openTestConfig({ "config.json": wholeConfig, "profiles.d/files.json": fileProfile });
    const before = await config.text("config.json");
    await config.store().set("onGuard", "hold", "files");
    expect(await config.json("profiles.d/files.json")).toEqual({ ...fileProfile, onGuard: "hold" });
    expect(await config.text("config.json")).toBe(before);
  });

  test("of a profile that is not there names those that are", async () => {
    await using config = await openTestConfig({ "config.json": wholeConfig });
    const fault = await faultOf(config.store().set("onGuard", "hold", "mian"));
    expect([fault.code, fault.params]).toEqual(["profile.unknown", { profile: "mian", known: ["main"] }]);
  });

  test("writes down the id that a profile has been used with", async () => {
    const { id: _id, ...withoutId } = fileProfile;
    await using config = await openTestConfig({ "config.json": wholeConfig, "profiles.d/files.json": withoutId });
    const store = config.store();
    const used = (await store.read()).config.profiles["files"]?.id;
    await store.set("onGuard", "hold", "files");
    expect(await config.json("profiles.d/files.json")).toMatchObject({ id: used, onGuard: "hold" });
  });
});

describe("unsetting", () => {
  test("goes back to the default and tells what was there", async () => {
    await using config = await openTestConfig({ "config.json": { ...wholeConfig, currentProfile: "main" } });
    const store = config.store();
    await store.set("sync.narrow", "direct", "main");
    expect(await store.unset("sync.narrow", "main")).toEqual({ path: "profiles.main.sync.narrow", before: "direct" });
    expect(await store.get("sync.narrow", "main")).toMatchObject({ text: "off", source: "default" });
    expect(await store.unset("sync.narrow", "main")).toEqual({ path: "profiles.main.sync.narrow" });
    await store.unset("currentProfile");
    expect(Object.keys(Object(await config.json("config.json")))).not.toContain("currentProfile");
  });

  test("refuses what has to be there", async () => {
    await using config = await openTestConfig({ "config.json": wholeConfig });
    expect(words(await faultOf(config.store().unset("directory.baseDn", "main")), config)).toBe(
      "config.json: profiles.main.directory.baseDn is missing. Nothing was changed.",
    );
  });
});

test("a group of settings is got as an object with its defaults", async () => {
  await using config = await openTestConfig({ "config.json": wholeConfig });
  const { value, source } = await config.store().get("profiles.main.sync.leavers");
  expect([value, source]).toEqual([{ disabled: "revoke", gone: "revoke", wait: 0 }, "default"]);
});
