import { describe, expect, test } from "vitest";
import catalogue from "../../locales/en.json" with { type: "json" };
import { createFormat } from "../../locales/format.ts";
import type { Fault } from "../core/fault.ts";
import { describeFields } from "./describe.ts";
import { Config } from "./schema.ts";
import { acme, fileProfile, ldapProfile, openTestConfig, wholeConfig } from "./testing.ts";
import { variableName } from "./variables.ts";

const format = createFormat(catalogue, "en");
const words = (fault: Fault | undefined): string =>
  fault === undefined ? "" : format(`fault.${fault.code}`, fault.params);
const P = "DIRECTORY_CONNECTOR_";

describe("a setting", () => {
  const files = {
    "config.json": {
      ...wholeConfig,
      profiles: { main: { ...ldapProfile, sync: { nested: false, narrow: "direct" } } },
    },
  };
  const environment = { [`${P}PROFILES_MAIN_SYNC_NARROW`]: "nested", [`${P}PROFILES_MAIN_SYNC_USERS`]: "no" };
  const flags = { "profiles.main.sync.users": "true", "profiles.main.protect": "a@acme.test, b@acme.test" };

  test("is the flag's over the variable's over the file's over the default", async () => {
    await using config = await openTestConfig(files);
    const { config: read } = await config.store({ environment, flags }).read();
    expect(read.profiles["main"]).toMatchObject({
      protect: ["a@acme.test", "b@acme.test"],
      sync: { users: true, narrow: "nested", nested: false, groups: true },
    });
  });

  test("tells where it comes from", async () => {
    await using config = await openTestConfig(files);
    const values = await config.store({ environment, flags }).values("main");
    const shown = (path: string) => {
      const { text, source, from } = values.find((value) => value.path === `profiles.main.${path}`) ?? {};
      return [text, source, from];
    };
    expect(shown("sync.users")).toEqual(["true", "flag", "profiles.main.sync.users"]);
    expect(shown("sync.narrow")).toEqual(["nested", "environment", `${P}PROFILES_MAIN_SYNC_NARROW`]);
    expect(shown("sync.nested")).toEqual(["false", "file", config.path("config.json")]);
    expect(shown("sync.groups")).toEqual(["true", "default", undefined]);
    expect(shown("directory.caFile")).toEqual(["", "default", undefined]);
    expect(shown("directory.password")).toEqual(["env:LDAP_PASSWORD", "file", config.path("config.json")]);
    expect(values.every(({ path, title }) => path.startsWith("profiles.main.") && title !== undefined)).toBe(true);
  });

  test("that is set by a flag of one call is shown so", async () => {
    await using config = await openTestConfig(files);
    const values = await config.store().values("main", { "profiles.main.sync.userFilter": "mail:*" });
    expect(values.find(({ path }) => path.endsWith("userFilter"))).toMatchObject({ text: "mail:*", source: "flag" });
  });

  test("of a profile needs no name where there is one profile only; where there are more, the whole name is asked for", async () => {
    await using one = await openTestConfig(files);
    const short = { "guards.first.invite": "20", currentProfile: "main" };
    const { config: read } = await one.store({ flags: short }).read();
    expect(read.profiles["main"]?.guards.first).toEqual({ invite: 20 });
    expect(read.currentProfile).toBe("main");
    await using two = await openTestConfig({
      "config.json": { ...wholeConfig, profiles: { main: ldapProfile, files: fileProfile } },
    });
    await expect(two.store({ flags: short }).read()).rejects.toMatchObject({
      code: "config.unknown_key",
      params: { field: "guards.first.invite" },
    });
  });

  test("of every kind has a variable of its own, and comes through it", async () => {
    const fields = describeFields(Config).filter(
      // Kinds of directory share variables, so one kind is tried.
      ({ path, only }) => path !== "$schema" && path !== "version" && (only === undefined || only.is === "ldap"),
    );
    const names = fields.map(({ keys }) => variableName(keys.map((key) => (key === "<name>" ? "x" : key))));
    expect(new Set(names).size).toBe(names.length);
    await using config = await openTestConfig({
      "config.json": { version: 1, organizations: { x: acme }, profiles: { x: { ...ldapProfile, organization: "x" } } },
    });
    for (const [index, field] of fields.entries()) {
      const path = field.path.replace("<name>", "x");
      const text = sampleText(field);
      const found = await config.store({ environment: { [names[index] ?? ""]: text } }).get(path);
      expect([path, found.source, found.text]).toEqual([
        path,
        "environment",
        field.secret ? `env:${names[index]}` : text,
      ]);
    }
  });
});

const sampleText = ({ type, values, examples, path }: ReturnType<typeof describeFields>[number]): string => {
  if (path === "profiles.<name>.directory.kind") return "ldap";
  if (type === "boolean") return "false";
  if (type === "number" || type === "whole number") return "7";
  if (type === "list") return "one,two";
  return values.at(-1) ?? examples.at(-1) ?? "some text";
};

describe("variables", () => {
  test("are enough: a container needs no file", async () => {
    await using config = await openTestConfig();
    const environment = {
      [`${P}ORGANIZATIONS_ACME_SERVER`]: acme.server,
      [`${P}ORGANIZATIONS_ACME_CLIENT_ID`]: acme.clientId,
      [`${P}ORGANIZATIONS_ACME_CLIENT_SECRET`]: "the secret",
      [`${P}PROFILES_MAIN_ORGANIZATION`]: "acme",
      [`${P}PROFILES_MAIN_DIRECTORY_KIND`]: "ldap",
      [`${P}PROFILES_MAIN_DIRECTORY_URL`]: "ldaps://dc1.acme.test",
      [`${P}PROFILES_MAIN_DIRECTORY_BASE_DN`]: "dc=acme,dc=test",
      [`${P}PROFILES_MAIN_DIRECTORY_PASSWORD_FILE`]: "/run/secrets/ldap",
      [`${P}PROFILES_MAIN_GUARDS_SEATS`]: '{"buy":3}',
      [`${P}PROFILES_MAIN_SYNC_LEAVERS_REMOVE_AFTER`]: "30",
    };
    const store = config.store({ environment });
    const { config: read, broken, ignored } = await store.read();
    expect([broken.size, ignored]).toEqual([0, []]);
    expect(read.organizations["acme"]).toMatchObject({
      server: acme.server,
      clientSecret: { env: `${P}ORGANIZATIONS_ACME_CLIENT_SECRET` },
    });
    expect(read.profiles["main"]).toMatchObject({
      directory: { baseDn: "dc=acme,dc=test", password: { file: "/run/secrets/ldap" } },
      guards: { seats: { buy: 3 } },
      sync: { leavers: { removeAfter: 30 } },
    });
    const everything = JSON.stringify([read, await store.values(), await store.dump(), await store.check()]);
    expect(everything).not.toContain("the secret");
  });

  test("that lack something say which variable is missing", async () => {
    await using config = await openTestConfig();
    const { broken } = await config.store({ environment: { [`${P}PROFILES_MAIN_DIRECTORY_KIND`]: "file" } }).read();
    expect(words(broken.get("main"))).toBe(
      `${P}PROFILES_MAIN_ORGANIZATION: profiles.main.organization is missing. Nothing was changed.`,
    );
  });

  test("with a wrong value are named, and stop their profile only", async () => {
    await using config = await openTestConfig({
      "config.json": { ...wholeConfig, profiles: { main: ldapProfile, files: fileProfile } },
    });
    const environment = { [`${P}PROFILES_MAIN_SYNC_USERS`]: "perhaps" };
    const { broken, config: read } = await config.store({ environment }).read();
    expect(Object.keys(read.profiles)).toEqual(["files"]);
    expect(words(broken.get("main"))).toBe(
      `${P}PROFILES_MAIN_SYNC_USERS: profiles.main.sync.users must be true or false; found "perhaps". Nothing was changed.`,
    );
  });

  test("that are empty count as not set", async () => {
    await using config = await openTestConfig({ "config.json": wholeConfig });
    const environment = { [`${P}PROFILES_MAIN_DIRECTORY_BASE_DN`]: "", [`${P}NONSENSE`]: "" };
    const store = config.store({ environment });
    expect((await store.get("directory.baseDn", "main")).text).toBe("dc=acme,dc=test");
    expect(await store.check()).toEqual([]);
  });

  test("find names with dots, dashes and capitals, and the longer name before the shorter one", async () => {
    await using config = await openTestConfig({
      "config.json": {
        version: 1,
        organizations: { acme },
        profiles: { "acme.Test": ldapProfile, acme: { ...ldapProfile, id: "33333333-3333-4333-8333-333333333333" } },
      },
    });
    const environment = {
      [`${P}PROFILES_ACME_TEST_SYNC_NESTED`]: "false",
      [`${P}PROFILES_ACME_SYNC_NARROW`]: "direct",
    };
    const { config: read } = await config.store({ environment }).read();
    expect(read.profiles["acme.Test"]?.sync).toMatchObject({ nested: false, narrow: "off" });
    expect(read.profiles["acme"]?.sync).toMatchObject({ nested: true, narrow: "direct" });
  });

  test("that could mean two profiles stop both", async () => {
    await using config = await openTestConfig({
      "config.json": { version: 1, organizations: { acme }, profiles: { "a-b": ldapProfile, a_b: fileProfile } },
    });
    const { broken, config: read } = await config
      .store({ environment: { [`${P}PROFILES_A_B_SYNC_NESTED`]: "false" } })
      .read();
    expect(Object.keys(read.profiles)).toEqual([]);
    expect(words(broken.get("a-b"))).toBe(
      `${P}PROFILES_A_B_SYNC_NESTED: it could mean profiles.a-b.sync.nested, profiles.a_b.sync.nested, so none of them was set. Nothing was changed.`,
    );
  });

  test("that give one secret twice stop who needs it", async () => {
    await using config = await openTestConfig({ "config.json": wholeConfig });
    const environment = {
      [`${P}PROFILES_MAIN_DIRECTORY_PASSWORD`]: "x",
      [`${P}PROFILES_MAIN_DIRECTORY_PASSWORD_FILE`]: "/run/x",
    };
    const { broken } = await config.store({ environment }).read();
    expect(words(broken.get("main"))).toBe(
      `${P}PROFILES_MAIN_DIRECTORY_PASSWORD_FILE: profiles.main.directory.password is also set by ${P}PROFILES_MAIN_DIRECTORY_PASSWORD. Nothing was changed.`,
    );
  });

  test("that mean nothing are told, with the one that was meant", async () => {
    await using config = await openTestConfig({ "config.json": wholeConfig });
    const environment = {
      [`${P}PROFILES_MAIN_SYNC_USER_FLITER`]: "x",
      [`${P}PROFILES_MIAN_SYNC_NESTED`]: "x",
      [`${P}QUITE_ELSE`]: "x",
      [`${P}HOME`]: "/data",
      [`${P}PROFILE`]: "main",
    };
    const store = config.store({ environment });
    expect((await store.read()).ignored.map(words)).toEqual([
      `There is no setting ${P}PROFILES_MAIN_SYNC_USER_FLITER. Did you mean ${P}PROFILES_MAIN_SYNC_USER_FILTER?`,
      `There is no setting ${P}PROFILES_MIAN_SYNC_NESTED. Did you mean ${P}PROFILES_MAIN_SYNC_NESTED?`,
      `There is no setting ${P}QUITE_ELSE.`,
    ]);
    expect(await store.check()).toHaveLength(3);
  });

  test("cannot repair a file that cannot be read, nor make a second profile of its name", async () => {
    await using config = await openTestConfig({ "config.json": wholeConfig, "profiles.d/files.json": "{" });
    const environment = { [`${P}PROFILES_FILES_DIRECTORY_KIND`]: "file" };
    const { broken, config: read } = await config.store({ environment }).read();
    expect(Object.keys(read.profiles)).toEqual(["main"]);
    expect(broken.get("files")?.params["reason"]).toBe("json_ended");
  });
});
