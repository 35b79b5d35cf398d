import { mkdir, writeFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import catalogue from "../../locales/en.json" with { type: "json" };
import { createFormat } from "../../locales/format.ts";
import type { Fault } from "../core/fault.ts";
import { directoryConfigs } from "../directories/configs.ts";
import { acme, faultOf, fileProfile, ldapProfile, openTestConfig, wholeConfig } from "./testing.ts";

const format = createFormat(catalogue, "en");
/** What a person reads, with the folder of the test left out. */
const words = (fault: Fault | undefined, folder: string): string =>
  fault === undefined ? "" : format(`fault.${fault.code}`, fault.params).replaceAll(`${folder}/`, "");
const remedy = (fault: Fault): string => format(`remedy.${fault.code}`, fault.params);

/** Everything `check` says about one config.json. */
const said = async (content: unknown): Promise<string[]> => {
  await using config = await openTestConfig({ "config.json": content });
  return (await config.store().check()).map((fault) => words(fault, config.folder));
};

const kinds = new Intl.ListFormat("en-GB", { type: "disjunction" }).format(Object.keys(directoryConfigs));

describe("a configuration", () => {
  test("without a file is an empty one", async () => {
    await using config = await openTestConfig();
    expect((await config.store().read()).config).toEqual({ version: 1, organizations: {}, profiles: {} });
    expect(await config.store().check()).toEqual([]);
  });

  test("is there when the user named it", async () => {
    await using config = await openTestConfig();
    const fault = await faultOf(config.store({ configChosen: true }).read());
    expect(words(fault, config.folder)).toBe("config.json could not be read: it does not exist.");
  });

  test("has its defaults filled in, and paths of files start at its folder", async () => {
    await using config = await openTestConfig({
      "config.json": { ...wholeConfig, network: { caFile: "ca.pem" } },
      "profiles.d/files.json": { $schema: "../profile.schema.json", ...fileProfile },
    });
    const { config: read, broken } = await config.store().read();
    expect(broken.size).toBe(0);
    expect(read.profiles["main"]).toMatchObject({ sync: { leavers: { gone: "revoke" } }, schedule: { every: "60m" } });
    expect(read.profiles["files"]?.directory).toMatchObject({ path: config.path("people.ldif") });
    expect(read.network?.caFile).toBe(config.path("ca.pem"));
    expect(read.profiles["files"]).not.toHaveProperty("$schema");
  });

  test("may begin with a byte order mark, or be what the shell of Windows writes", async () => {
    await using config = await openTestConfig({ "config.json": `\uFEFF${JSON.stringify(wholeConfig)}` });
    expect(Object.keys((await config.store().read()).config.profiles)).toEqual(["main"]);
    const wide = Buffer.from(`\uFEFF${JSON.stringify(wholeConfig)}`, "utf16le");
    await using other = await openTestConfig();
    await writeFile(other.path("config.json"), wide);
    expect(Object.keys((await other.store().read()).config.profiles)).toEqual(["main"]);
  });

  test("needs no ids: a profile without one always gets the same, of its name", async () => {
    const { id: _id, ...withoutId } = ldapProfile;
    await using config = await openTestConfig({
      "config.json": { organizations: { acme }, profiles: { main: withoutId, other: withoutId } },
    });
    const { config: first } = await config.store().read();
    const { config: second } = await config.store().read();
    expect(first.profiles["main"]?.id).toBe(second.profiles["main"]?.id);
    expect(first.profiles["main"]?.id).not.toBe(first.profiles["other"]?.id);
  });
});

describe("a config.json that is wrong as a whole stops everything:", () => {
  test.each([
    [
      '{ "version": 1,\n  // mine\n}',
      "config.json, line 2, column 3: a comment is not possible in JSON. Nothing was changed.",
    ],
    [
      '{ "version": 1,\n}',
      "config.json, line 2, column 1: there is no comma after the last entry. Nothing was changed.",
    ],
    ["[]", "config.json, line 1, column 1: a configuration is a group of settings in braces. Nothing was changed."],
    [
      { version: 2 },
      "config.json, line 2, column 14: version is 2, of a newer version of Directory Connector; this one knows 1. Nothing was changed.",
    ],
    [
      { version: 1, organisations: {} },
      "config.json, line 3, column 3: there is no setting organisations, perhaps organizations is meant. Nothing was changed.",
    ],
    [
      { version: 1, profiles: [] },
      "config.json, line 3, column 15: profiles must be a group of settings in braces; found []. Nothing was changed.",
    ],
    [
      { version: 1, network: { proxy: 8080 } },
      "config.json, line 4, column 14: network.proxy must be text; found 8080. Nothing was changed.",
    ],
    [
      '{"version": 1, "network": {}, "network": {}}',
      "config.json, line 1, column 31: network stands there twice. Nothing was changed.",
    ],
  ])("%j", async (content, expected) => {
    expect(await said(content)).toEqual([expected]);
    await using config = await openTestConfig({ "config.json": content });
    expect(words(await faultOf(config.store().read()), config.folder)).toBe(expected);
  });

  test("more than 10 MB, a folder, text that is no text", async () => {
    await using config = await openTestConfig({ "config.json": " ".repeat(10 * 1024 * 1024 + 1) });
    expect(words(await faultOf(config.store().read()), config.folder)).toContain("it has more than 10 MB");
    await using other = await openTestConfig();
    await mkdir(other.path("config.json"));
    expect(words(await faultOf(other.store().read()), other.folder)).toContain("it is a folder");
    await using third = await openTestConfig();
    await writeFile(third.path("config.json"), Buffer.from([0x7b, 0xff, 0x7d]));
    expect(words(await faultOf(third.store().read()), third.folder)).toContain("it is not text in UTF-8");
  });
});

describe("what is wrong in a profile is told with its place, in words:", () => {
  test.each([
    [
      { sync: { leavers: { gone: "revok" } } },
      'profiles.main.sync.leavers.gone must be keep, revoke or remove; found "revok"',
    ],
    [{ sync: { users: "yes" } }, 'profiles.main.sync.users must be true or false; found "yes"'],
    [{ sync: { userFiltr: "" } }, "there is no setting profiles.main.sync.userFiltr, perhaps userFilter is meant"],
    [{ sync: [] }, "profiles.main.sync must be a group of settings in braces; found []"],
    [{ guards: { age: 1.5 } }, "profiles.main.guards.age must be a whole number; found 1.5"],
    [{ guards: { age: 0 } }, "profiles.main.guards.age must be 1 or more; found 0"],
    [
      { guards: { accessLost: { percent: 101 } } },
      "profiles.main.guards.accessLost.percent must be 100 or less; found 101",
    ],
    [{ guards: { seats: "buy" } }, 'profiles.main.guards.seats must look like stop or {"buy":3}; found "buy"'],
    [
      { guards: { seats: { buy: -1 } } },
      'profiles.main.guards.seats must look like stop or {"buy":3}; found {"buy":-1}',
    ],
    [{ protect: "a@acme.test" }, 'profiles.main.protect must be a list of texts; found "a@acme.test"'],
    [{ protect: [1] }, "profiles.main.protect must be a list of texts; found [1]"],
    [{ schedule: { every: "hourly" } }, 'profiles.main.schedule.every must look like 60m, 12h or 1d; found "hourly"'],
    [{ id: "main" }, 'profiles.main.id must be a UUID, such as 6f2b8a3e-5d0c-4a53-9a55-0d3f7f3c6f10; found "main"'],
    [{ organization: "" }, "profiles.main.organization must not be empty"],
    [{ organization: undefined }, "profiles.main.organization is missing"],
    [{ directory: undefined }, "profiles.main.directory is missing"],
    [{ directory: {} }, "profiles.main.directory.kind is missing"],
    [{ directory: { kind: "ladp" } }, `profiles.main.directory.kind must be ${kinds}; found "ladp"`],
    [{ directory: { kind: "file" } }, "profiles.main.directory.path is missing"],
    [
      { directory: { ...ldapProfile.directory, url: "dc1" } },
      'profiles.main.directory.url must look like ldaps://dc1.example.test or ldap://ldap.example.test:389; found "dc1"',
    ],
    [
      { directory: { ...ldapProfile.directory, url: "ldapx://u:secret@h" } },
      'profiles.main.directory.url must look like ldaps://dc1.example.test or ldap://ldap.example.test:389; found "ldapx://u:***@h"',
    ],
    [
      { directory: { ...ldapProfile.directory, password: "hunter2" } },
      "profiles.main.directory.password must say where the secret is, never the secret itself",
    ],
    [
      { directory: { ...ldapProfile.directory, password: { env: "A", file: "B" } } },
      "profiles.main.directory.password must say where the secret is, never the secret itself",
    ],
  ])("%j", async (change, expected) => {
    const content = { ...wholeConfig, profiles: { main: { ...ldapProfile, ...change } } };
    const [first = "", ...others] = await said(content);
    expect(others).toEqual([]);
    const { place, text } =
      /^(?<place>config\.json, line \d+, column \d+): (?<text>.*)\. Nothing was changed\.$/u.exec(first)?.groups ?? {};
    expect(place).toBeDefined();
    expect(text).toBe(expected);
  });

  test("the place is that of the value, or of the key that is wrong", async () => {
    const text =
      '{ "version": 1,\n  "profiles": { "main": {\n    "sync": { "narrow": "all",\n      "nestd": true } } } }';
    await using config = await openTestConfig({ "config.json": text });
    const places = (await config.store().check()).map(
      ({ params }) => `${params["line"]}:${params["column"]} ${params["reason"]}`,
    );
    expect(places).toEqual(["2:25 missing", "2:25 missing", "3:25 one_of", "4:7 unknown_key"]);
  });

  test("the remedy for a secret in the open is the command that keeps it", async () => {
    await using config = await openTestConfig({
      "config.json": { ...wholeConfig, organizations: { acme: { ...acme, clientSecret: "x" } } },
    });
    const [fault] = await config.store().check();
    expect(fault === undefined ? "" : remedy(fault)).toContain(
      "directory-connector secrets set organizations.acme.clientSecret",
    );
  });
});

describe("what is wrong stops no more than it must:", () => {
  test("a profile's broken file stops that profile, and is left alone", async () => {
    await using config = await openTestConfig({
      "config.json": wholeConfig,
      "profiles.d/broken.json": '{ "organization": "acme",\n  "directory" ',
      "profiles.d/wrong.json": { ...fileProfile, onGuard: "go" },
      "profiles.d/good.json": fileProfile,
      "profiles.d/.broken.json.new": "{",
      "profiles.d/notes.txt": "{",
    });
    const { config: read, broken } = await config.store().read();
    expect(Object.keys(read.profiles).sort()).toEqual(["good", "main"]);
    expect(words(broken.get("broken"), config.folder)).toBe(
      "profiles.d/broken.json, line 2, column 15: the text ends in the middle of something. Nothing was changed.",
    );
    expect(words(broken.get("wrong"), config.folder)).toContain(
      'profiles.d/wrong.json, line 8, column 14: profiles.wrong.onGuard must be stop or hold; found "go"',
    );
  });

  test("a broken organization stops the profiles that send to it", async () => {
    await using config = await openTestConfig({
      "config.json": {
        ...wholeConfig,
        organizations: { acme: { ...acme, clientId: undefined }, other: acme },
        profiles: { main: ldapProfile, second: { ...fileProfile, organization: "other" } },
      },
    });
    const { config: read, broken } = await config.store().read();
    expect(Object.keys(read.organizations)).toEqual(["other"]);
    expect(Object.keys(read.profiles)).toEqual(["second"]);
    expect(broken.get("main")?.params["field"]).toBe("organizations.acme.clientId");
  });

  test("two profiles with one id stop each other: their histories would become one", async () => {
    await using config = await openTestConfig({
      "config.json": wholeConfig,
      "profiles.d/copy.json": ldapProfile,
      "profiles.d/good.json": fileProfile,
    });
    const { config: read, broken } = await config.store().read();
    expect(Object.keys(read.profiles)).toEqual(["good"]);
    expect(words(broken.get("copy"), config.folder)).toContain(
      "profiles.copy.id is also the id of profiles.main; each profile has its own",
    );
    expect(broken.get("main")?.params).toMatchObject({ other: "profiles.copy", path: config.path("config.json") });
  });

  test("a profile in two files is in neither", async () => {
    await using config = await openTestConfig({ "config.json": wholeConfig, "profiles.d/main.json": fileProfile });
    const { broken } = await config.store().read();
    expect(words(broken.get("main"), config.folder)).toContain("profiles.main is also set by config.json");
  });

  test("names that no file can have stop their entry", async () => {
    await using config = await openTestConfig({
      "config.json": { ...wholeConfig, profiles: { "a/b": ldapProfile, "-x": fileProfile } },
    });
    expect([...(await config.store().read()).broken.keys()]).toEqual(["a/b", "-x"]);
  });

  test("names of what is not there are told, and stop nothing here", async () => {
    await using config = await openTestConfig({
      "config.json": {
        ...wholeConfig,
        currentProfile: "mian",
        profiles: { main: { ...ldapProfile, organization: "acmee" } },
      },
    });
    const store = config.store();
    expect(Object.keys((await store.read()).config.profiles)).toEqual(["main"]);
    expect((await store.check()).map((fault) => words(fault, config.folder))).toEqual([
      "config.json, line 15, column 23: profiles.main.organization names acmee, and there is no such organization. Nothing was changed.",
      "config.json, line 26, column 21: currentProfile names mian, and there is no such profile. Nothing was changed.",
    ]);
  });
});
