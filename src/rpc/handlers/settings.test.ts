import { readFile, writeFile } from "node:fs/promises";
import { afterEach, describe, expect, it } from "vitest";
import { createAppWorld, type AppWorld } from "../../../tests/app-world.ts";
import { faultOf } from "../../../tests/fault-of.ts";

let world: AppWorld;
afterEach(() => world[Symbol.asyncDispose]());

const someone = { users: [{ id: "ann", email: "ann@firm.test" }], groups: [] };
const audits = async (count: number): Promise<string[]> =>
  (await world.store.audits({ limit: count })).map(({ what, detail }) => `${what} ${detail ?? ""}`.trim());

describe("settings", () => {
  it("given a path below the profile, then it is read, set and unset there, and each change is audited", async () => {
    world = await createAppWorld();
    await world.addProfile(someone);
    const { client } = world;
    expect(await client.call("config.get", { path: "sync.nested" })).toEqual({
      path: "profiles.main.sync.nested",
      value: true,
      text: "true",
    });
    expect(await client.call("config.set", { path: "sync.nested", value: "false" })).toMatchObject({ text: "false" });
    expect((await client.call("config.get", { path: "sync.nested" })).value).toBe(false);
    expect(await client.call("config.unset", { path: "sync.nested" })).toMatchObject({ before: "false" });
    expect(await audits(2)).toEqual([
      "config.unset profiles.main.sync.nested: false → true",
      "config.set profiles.main.sync.nested:  → false",
    ]);
  });

  it("given a variable that looks like ours and sets nothing, then the log says so once, and what may have been meant", async () => {
    world = await createAppWorld();
    await world.addProfile(someone);
    world.environment["DIRECTORY_CONNECTOR_NETWORK_PROXI"] = "http://canary.test";
    await world.client.call("profiles.list", {});
    await world.client.call("profiles.list", {});
    const lines = world.lines.filter((line) => line.includes("DIRECTORY_CONNECTOR_NETWORK_PROXI"));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('"level":"warn"');
    expect(lines[0]).toContain("DIRECTORY_CONNECTOR_NETWORK_PROXY");
    expect(lines[0]).not.toContain("canary");
  });

  it("given a path of the installation, then no profile is needed", async () => {
    world = await createAppWorld();
    await world.client.call("config.set", { path: "network.proxy", value: "http://proxy.firm.test:3128" });
    expect((await world.client.call("config.get", { path: "network.proxy" })).text).toBe("http://proxy.firm.test:3128");
  });

  it.each([
    ["a key that does not exist", "sync.user", "true", "config.unknown_key"],
    ["a value that does not fit", "sync.narrow", "sideways", "config.invalid"],
    ["a secret instead of where it is", "organizations.acme.clientSecret", "canary-secret", "config.invalid"],
  ])("given %s, then it is refused, nothing changes and nothing is audited", async (_name, path, value, code) => {
    world = await createAppWorld();
    await world.addProfile(someone);
    const before = await readFile(world.configuration.file, "utf8");
    const fault = await faultOf(world.client.call("config.set", { path, value }));
    expect(fault.code).toBe(code);
    expect(JSON.stringify(fault.params)).not.toContain("canary-secret");
    expect(await readFile(world.configuration.file, "utf8")).toBe(before);
    expect((await audits(1))[0]).toBe("profile.add");
  });

  it("given all are shown, then each says where it comes from; a secret is its reference", async () => {
    world = await createAppWorld();
    await world.addProfile(someone);
    world.environment["DIRECTORY_CONNECTOR_PROFILES_MAIN_SYNC_NESTED"] = "false";
    const { values } = await world.client.call("config.show", { flags: { "profiles.main.sync.groups": "false" } });
    const source = (path: string) => values.find((value) => value.path === path);
    expect(source("organizations.acme.clientSecret")).toMatchObject({ value: "sealed" });
    expect(source("profiles.main.sync.users")).toMatchObject({ value: "true", source: "default" });
    expect(source("profiles.main.directory.kind")?.source).toMatch(/^file /u);
    expect(source("profiles.main.sync.groups")).toMatchObject({
      value: "false",
      source: expect.stringMatching(/^flag/u),
    });
  });

  it("given a broken file, then what is wrong is listed with its place, and settings can still be corrected", async () => {
    world = await createAppWorld();
    await world.addProfile(someone);
    const { client, configuration } = world;
    expect(await client.call("config.check", {})).toEqual({ file: configuration.file, faults: [] });
    const text = await readFile(configuration.file, "utf8");
    await writeFile(configuration.file, text.replace('"kind": "file"', '"kind": "files"'));
    expect((await client.call("config.check", {})).faults).toMatchObject([{ code: "config.invalid" }]);
    expect((await client.call("profiles.list", {})).profiles).toMatchObject([
      { name: "main", fault: { code: "config.invalid" } },
    ]);
    expect((await faultOf(client.call("plan.create", { kind: "plan" }))).code).toBe("config.invalid");
    await client.call("config.set", { path: "directory.kind", value: "file", profile: "main" });
    expect((await client.call("plan.create", { kind: "plan" })).outcome).toBe("planned");
  });

  it("given a dump, then it can be loaded elsewhere, without any secret in it", async () => {
    world = await createAppWorld();
    await world.addProfile(someone);
    const { text } = await world.client.call("config.dump", {});
    expect(text).not.toContain(world.sandbox.clientSecret);
    const path = world.path("dump.json");
    await writeFile(path, text);
    const first = world;
    world = await createAppWorld();
    expect(await world.client.call("config.load", { path })).toEqual({ profiles: ["main"], organizations: ["acme"] });
    expect(await audits(1)).toEqual(["config.load profile main, organization acme"]);
    expect((await faultOf(world.client.call("config.load", { path: world.path("none.json") }))).code).toBe(
      "config.unreadable",
    );
    await first[Symbol.asyncDispose]();
  });
});

describe("secrets", () => {
  const ldap = { "directory.kind": "ldap", "directory.url": "ldaps://dc1.firm.test", "directory.baseDn": "dc=firm" };
  const name = "profiles.ad.directory.password";

  it("given one is set, then it is kept, its reference is written, and only that is audited", async () => {
    world = await createAppWorld();
    await world.login();
    const { client } = world;
    await client.call("profiles.add", { name: "ad", settings: ldap });
    expect(await client.call("secrets.set", { name, secret: "canary-password" })).toEqual({ name, storedIn: "sealed" });
    expect(await client.call("secrets.status", {})).toEqual({
      secrets: [
        { name: "organizations.acme.clientSecret", reference: "sealed", readable: true },
        { name, reference: "sealed", readable: true },
      ],
      store: "sealed",
    });
    expect(await audits(1)).toEqual([`secret.set ${name}`]);
    expect(await client.call("secrets.clear", { name })).toEqual({ name });
    expect((await client.call("secrets.status", {})).secrets[1]).toMatchObject({
      readable: false,
      fault: { code: "secret.missing" },
    });
  });

  it("given it is kept by somebody else, then setting it takes it over, and clearing it says where it is", async () => {
    world = await createAppWorld();
    await world.login();
    const { client } = world;
    await client.call("profiles.add", { name: "ad", settings: { ...ldap, "directory.password": "env:PASSWORD" } });
    expect(await faultOf(client.call("secrets.clear", { name }))).toMatchObject({
      code: "secret.elsewhere",
      params: { place: "env:PASSWORD" },
    });
    await client.call("secrets.set", { name, secret: "canary-password" });
    expect((await client.call("config.get", { path: name })).text).toBe("sealed");
  });

  it("given something that is no secret setting, then a near one is suggested", async () => {
    world = await createAppWorld();
    await world.login();
    await world.client.call("profiles.add", { name: "ad", settings: ldap });
    const given = { name: "directory.password", secret: "canary-password" };
    expect(await faultOf(world.client.call("secrets.set", given))).toMatchObject({
      code: "config.unknown_key",
      params: { suggestion: name },
    });
  });
});
