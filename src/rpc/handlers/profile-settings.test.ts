import { readFile, writeFile } from "node:fs/promises";
import { afterEach, describe, expect, it } from "vitest";
import { createAppWorld, type AppWorld } from "../../../tests/app-world.ts";
import { faultOf } from "../../../tests/fault-of.ts";

let world: AppWorld;
afterEach(() => world[Symbol.asyncDispose]());

const someone = { users: [{ id: "ann", email: "ann@firm.test" }], groups: [] };
const ldap = {
  "directory.kind": "ldap",
  "directory.url": "ldaps://dc1.firm.test",
  "directory.baseDn": "dc=firm,dc=test",
};
const start = async (): Promise<void> => {
  world = await createAppWorld();
  await world.addProfile(someone);
  await world.client.call("profiles.add", {
    name: "ad",
    settings: ldap,
    secrets: { "directory.password": "canary-old" },
  });
};
const stored = async () => (await world.secrets.store()).get("profiles.ad.directory.password");
const file = () => readFile(world.configuration.file, "utf8");
const saving = async (changes: Record<string, unknown>, secrets?: Record<string, string>) => {
  const { revision } = await world.client.call("profiles.get", { profile: "ad" });
  const draft = JSON.parse(JSON.stringify({ changes, ...(secrets === undefined ? {} : { secrets }) }));
  return world.client.call("profiles.save", { profile: "ad", revision, draft });
};

describe("the settings of a profile, as a form has them", () => {
  it("given they are asked for, then each has its value, where it comes from, and nothing of a secret", async () => {
    await start();
    world.environment["DIRECTORY_CONNECTOR_PROFILES_AD_SYNC_NESTED"] = "false";
    const settings = await world.client.call("profiles.get", { profile: "ad" });
    const of = (path: string) => settings.values.find((value) => value.path === path);
    expect(settings).toMatchObject({ name: "ad", locked: false, faults: [] });
    expect(of("directory.url")).toMatchObject({ value: "ldaps://dc1.firm.test", source: "file" });
    expect(of("sync.nested")).toMatchObject({
      value: false,
      source: "environment",
      from: "DIRECTORY_CONNECTOR_PROFILES_AD_SYNC_NESTED",
    });
    expect(of("guards.accessLost.percent")).toMatchObject({ value: 5, source: "default" });
    expect(of("directory.password")).toMatchObject({ value: { sealed: true }, text: "sealed" });
    expect(JSON.stringify(settings)).not.toContain("canary-old");
  });

  it("given changes and a secret are saved, then both count, each is audited, and a default is taken out of the file", async () => {
    await start();
    await saving({ "sync.nested": false, protect: ["boss@firm.test"] });
    const after = await saving({ "sync.nested": null, "sync.leavers.wait": 7 }, { "directory.password": "canary-new" });
    expect(after.values.find(({ path }) => path === "sync.leavers.wait")).toMatchObject({ value: 7, source: "file" });
    expect(after.values.find(({ path }) => path === "sync.nested")).toMatchObject({ value: true, source: "default" });
    expect(await stored()).toBe("canary-new");
    expect(await file()).not.toMatch(/nested|canary/u);
    const audits = await world.store.audits({ limit: 3 });
    expect(audits.map(({ what, detail }) => `${what} ${detail}`)).toEqual([
      "config.set profiles.ad.sync.leavers.wait: 0 → 7",
      "config.set profiles.ad.sync.nested: false → ",
      "secret.set profiles.ad.directory.password",
    ]);
  });

  it("given several values that do not fit, then all are told at once with their fields, and saving changes nothing", async () => {
    await start();
    const changes = { "directory.url": "dc1", "schedule.every": "soon", "sync.userFilter": "(mail=*" };
    const { faults } = await world.client.call("profiles.check", { profile: "ad", draft: { changes } });
    expect(faults.map(({ code, params }) => [code, params["field"] ?? params["filter"]])).toEqual([
      ["config.invalid", "profiles.ad.directory.url"],
      ["config.invalid", "profiles.ad.schedule.every"],
    ]);
    const filters = { "sync.userFilter": "(mail=*", "sync.groupFilter": "include name:" };
    const judged = await world.client.call("profiles.check", { profile: "ad", draft: { changes: filters } });
    expect(judged.faults.map(({ code, params }) => [code, params["filter"], params["column"]])).toEqual([
      ["filter.syntax", "userFilter", 8],
      ["filter.syntax", "groupFilter", 14],
    ]);
    const before = await file();
    expect((await faultOf(saving(changes, { "directory.password": "canary-new" }))).code).toBe("config.invalid");
    expect((await faultOf(saving({ "sync.userFilter": "(mail=*" }))).code).toBe("filter.syntax");
    expect((await faultOf(saving({ "sync.user": true }))).code).toBe("config.unknown_key");
    expect(await file()).toBe(before);
    expect(await stored()).toBe("canary-old");
  });

  it("given somebody else changed the file meanwhile, then saving is refused, and the secret is the old one", async () => {
    await start();
    const { revision } = await world.client.call("profiles.get", { profile: "ad" });
    await world.client.call("config.set", { path: "sync.nested", value: "false", profile: "ad" });
    const draft = { changes: { "sync.groups": false }, secrets: { "directory.password": "canary-new" } };
    const fault = await faultOf(world.client.call("profiles.save", { profile: "ad", revision, draft }));
    expect(fault.code).toBe("config.changed");
    expect(await stored()).toBe("canary-old");
    expect((await world.client.call("config.get", { path: "sync.groups", profile: "ad" })).value).toBe(true);
  });

  it("given another kind of directory, then nothing of the one before stays but what the profile says of people", async () => {
    await start();
    await saving({ "directory.kind": "file", "directory.path": world.path("directory.json"), "sync.narrow": "direct" });
    const profile = (await world.configuration.read()).config.profiles["ad"];
    expect(profile?.directory).toEqual({ kind: "file", path: world.path("directory.json") });
    expect(profile?.sync.narrow).toBe("direct");
  });

  it("given a profile that is broken, then its values are shown with what is wrong, and saving puts it right", async () => {
    await start();
    await writeFile(world.configuration.file, (await file()).replace("ldaps://dc1.firm.test", "dc1"));
    const broken = await world.client.call("profiles.get", { profile: "ad" });
    expect(broken.faults).toMatchObject([{ code: "config.invalid", params: { field: "profiles.ad.directory.url" } }]);
    expect((await saving({ "directory.url": "ldaps://dc2.firm.test" })).faults).toEqual([]);
  });
});

describe("a profile that is not there yet", () => {
  it("given its settings, then it is judged and saved like any other, and only under a name that is free", async () => {
    await start();
    const fresh = await world.client.call("profiles.get", { profile: "hr", create: true });
    expect(fresh).toMatchObject({ name: "hr", values: [], faults: [] });
    const create = { profile: "hr", draft: { create: "acme", changes: {} } };
    expect((await world.client.call("profiles.check", create)).faults).toMatchObject([
      { code: "config.invalid", params: { field: "profiles.hr.directory", reason: "missing" } },
    ]);
    const changes = { "directory.kind": "ldap", "directory.url": "ldaps://hr.firm.test", "directory.baseDn": "dc=hr" };
    const draft = { create: "acme", changes, secrets: { "directory.password": "canary-hr" } };
    const saved = await world.client.call("profiles.save", { profile: "hr", revision: fresh.revision, draft });
    expect(saved.values.find(({ path }) => path === "organization")).toMatchObject({ value: "acme" });
    expect(await (await world.secrets.store()).get("profiles.hr.directory.password")).toBe("canary-hr");
    expect((await faultOf(world.client.call("profiles.check", { profile: "hr", draft }))).code).toBe("profile.exists");
  });
});

describe("a plan of unsaved settings", () => {
  it("given another selection, then it shows who that would take, and the saved settings lead to what they did", async () => {
    await start();
    const { client } = world;
    await client.call("sync.run", { profile: "main", accept: await accepted("main") });
    const draft = { changes: { "sync.userFilter": 'exclude email:"ann@firm.test"' } };
    const tried = await client.call("plan.create", { profile: "main", kind: "plan", draft });
    expect(tried.header?.counts.linkedPeople).toBe(1);
    expect(tried.header?.selection).not.toBe(
      (await client.call("plan.create", { profile: "main", kind: "plan" })).header?.selection,
    );
    expect((await client.call("plan.create", { profile: "main", kind: "plan", full: true })).outcome).toBe("unchanged");
  });

  const accepted = async (profile: string): Promise<string> =>
    (await world.client.call("plan.create", { profile, kind: "plan" })).header?.digest ?? "";
});
