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
const names = async (): Promise<string[]> =>
  (await world.client.call("profiles.list", {})).profiles.map(({ name }) => name);

describe("a profile", () => {
  it("given settings as text and secrets, then it has an id of its own, and its secrets are references", async () => {
    world = await createAppWorld();
    await world.login();
    const summary = await world.client.call("profiles.add", {
      name: "ad",
      settings: { ...ldap, "directory.pageSize": "500", "sync.nested": "false", protect: "a@firm.test, b@firm.test" },
      secrets: { "directory.password": "canary-password" },
    });
    expect(summary).toMatchObject({ name: "ad", organization: "acme", directory: "ldap", current: true });
    expect(summary.id).toMatch(/^[0-9a-f-]{36}$/u);
    const profile = (await world.configuration.read()).config.profiles["ad"];
    expect(profile).toMatchObject({
      directory: { pageSize: 500, password: { sealed: true } },
      sync: { nested: false },
      protect: ["a@firm.test", "b@firm.test"],
    });
    expect(await world.secrets.resolve("profiles.ad.directory.password", { sealed: true })).toBe("canary-password");
  });

  it.each([
    ["a name that is taken", { name: "main", settings: ldap }, "profile.exists"],
    ["a setting that does not exist", { name: "x", settings: { ...ldap, "sync.user": "true" } }, "config.unknown_key"],
    ["a value that does not fit", { name: "x", settings: { ...ldap, "directory.pageSize": "many" } }, "config.invalid"],
    ["an organization nobody knows", { name: "x", settings: ldap, organization: "other" }, "organization.unknown"],
  ])("given %s, then it is refused, and no secret is left behind", async (_name, input, code) => {
    world = await createAppWorld();
    await world.addProfile(someone);
    const secrets = { "directory.password": "canary-password" };
    expect((await faultOf(world.client.call("profiles.add", { ...input, secrets }))).code).toBe(code);
    expect(await names()).toEqual(["main"]);
    const store = await world.secrets.store();
    expect(await store.get("profiles.x.directory.password")).toBeUndefined();
  });

  it("given no organization, then that is said", async () => {
    world = await createAppWorld();
    expect((await faultOf(world.client.call("profiles.add", { name: "x", settings: ldap }))).code).toBe(
      "organization.none",
    );
  });

  it("given another name, then its history, its secrets and being the current one go along", async () => {
    world = await createAppWorld();
    await world.addProfile(someone);
    const { client } = world;
    await client.call("profiles.add", { name: "ad", settings: ldap, secrets: { "directory.password": "canary" } });
    await client.call("profiles.use", { name: "ad" });
    await client.call("plan.create", { profile: "main", kind: "plan" });
    await client.call("profiles.rename", { name: "main", to: "files" });
    expect((await client.call("runs.list", { profile: "files" })).rows).toMatchObject([{ profile: "files" }]);
    expect(await client.call("profiles.rename", { name: "ad", to: "dc" })).toMatchObject({ name: "dc", current: true });
    const store = await world.secrets.store();
    expect(await store.get("profiles.dc.directory.password")).toBe("canary");
    expect(await store.get("profiles.ad.directory.password")).toBeUndefined();
    expect(await names()).toEqual(["dc", "files"]);
    expect((await faultOf(client.call("profiles.rename", { name: "dc", to: "files" }))).code).toBe("profile.exists");
    expect((await faultOf(client.call("profiles.rename", { name: "ad", to: "x" }))).code).toBe("profile.unknown");
  });

  it("given it is removed, then its history stays unless it is to be forgotten", async () => {
    world = await createAppWorld();
    await world.addProfile(someone);
    const { client, store } = world;
    const { run } = await client.call("plan.create", { kind: "plan" });
    await client.call("profiles.add", { name: "ad", settings: ldap, secrets: { "directory.password": "canary" } });
    expect(await client.call("profiles.remove", { name: "ad" })).toEqual({ name: "ad", forgotten: false });
    expect(await (await world.secrets.store()).get("profiles.ad.directory.password")).toBeUndefined();
    await client.call("profiles.remove", { name: "main" });
    expect(await client.call("runs.get", { run })).toMatchObject({ run, profile: "main" });
    expect(await names()).toEqual([]);
    await client.call("profiles.add", {
      name: "again",
      settings: { "directory.kind": "file", "directory.path": world.path("directory.json") },
    });
    const second = await client.call("plan.create", { kind: "plan" });
    await client.call("profiles.remove", { name: "again", forget: true });
    expect((await faultOf(client.call("runs.get", { run: second.run }))).code).toBe("run.unknown");
    expect((await store.audits({ limit: 20 })).map(({ what }) => what)).toEqual(
      expect.arrayContaining(["profile.add", "profile.remove", "profile.forget"]),
    );
  });

  it("given it is paused, then a sync says since when, by whom and why; resumed it goes on", async () => {
    world = await createAppWorld();
    await world.addProfile(someone);
    const { client } = world;
    expect((await client.call("profiles.pause", { why: "audit" })).paused).toMatchObject({ by: "jan", why: "audit" });
    expect((await client.call("profiles.list", {})).profiles[0]?.paused?.why).toBe("audit");
    expect(await faultOf(client.call("sync.run", {}))).toMatchObject({
      code: "profile.paused",
      params: { name: "main", by: "jan", why: "audit" },
    });
    expect((await client.call("plan.create", { kind: "plan" })).outcome).toBe("planned");
    expect((await client.call("profiles.resume", {})).paused).toBeUndefined();
    expect((await client.call("sync.run", {})).fault?.code).toBe("guard.first");
  });

  it("given addresses to protect, then they are kept once, in lower case, and can be taken out", async () => {
    world = await createAppWorld();
    await world.addProfile(someone);
    const { client } = world;
    const add = ["Boss@Firm.test", "boss@firm.test ", "spare@firm.test"];
    expect(await client.call("profiles.protect", { add })).toEqual({ protect: ["boss@firm.test", "spare@firm.test"] });
    expect(await client.call("profiles.protect", { remove: ["SPARE@firm.test"] })).toEqual({
      protect: ["boss@firm.test"],
    });
    expect(await client.call("profiles.protect", {})).toEqual({ protect: ["boss@firm.test"] });
    expect((await faultOf(client.call("profiles.protect", { add: ["boss"] }))).code).toBe("usage.invalid");
    expect((await world.store.audits({ limit: 1 }))[0]).toMatchObject({
      what: "profile.protect",
      detail: "profiles.main.protect: boss@firm.test,spare@firm.test → boss@firm.test",
    });
  });

  it("given one of several is not named, then reading uses the current one and changing asks which", async () => {
    world = await createAppWorld();
    await world.addProfile(someone);
    const { client } = world;
    await client.call("profiles.add", { name: "ad", settings: ldap });
    await client.call("profiles.use", { name: "main" });
    expect((await client.call("plan.create", { kind: "plan" })).profile).toBe("main");
    expect(await faultOf(client.call("sync.run", {}))).toMatchObject({
      code: "profile.ambiguous",
      params: { known: ["ad", "main"] },
    });
  });
});
