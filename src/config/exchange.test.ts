import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import catalogue from "../../locales/en.json" with { type: "json" };
import { createFormat } from "../../locales/format.ts";
import { acme, faultOf, fileProfile, ldapProfile, openTestConfig, wholeConfig } from "./testing.ts";

const format = createFormat(catalogue, "en");
const parsed = (text: string): unknown => JSON.parse(text);

describe("a dump", () => {
  test("holds what was set, by whatever means, without defaults", async () => {
    await using config = await openTestConfig({
      "config.json": { ...wholeConfig, $schema: "./config.schema.json", currentProfile: "main" },
      "profiles.d/files.json": { $schema: "../profile.schema.json", ...fileProfile },
    });
    const environment = {
      DIRECTORY_CONNECTOR_PROFILES_MAIN_SYNC_NESTED: "false",
      DIRECTORY_CONNECTOR_PROFILES_MAIN_DIRECTORY_PASSWORD: "hunter2",
    };
    expect(parsed(await config.store({ environment }).dump())).toEqual({
      version: 1,
      currentProfile: "main",
      organizations: { acme },
      profiles: {
        main: {
          ...ldapProfile,
          directory: {
            ...ldapProfile.directory,
            password: { env: "DIRECTORY_CONNECTOR_PROFILES_MAIN_DIRECTORY_PASSWORD" },
          },
          sync: { nested: false },
        },
        files: fileProfile,
      },
    });
  });

  test("of one profile brings its organization and no other", async () => {
    await using config = await openTestConfig({
      "config.json": {
        ...wholeConfig,
        organizations: { acme, other: acme },
        profiles: { main: ldapProfile, files: fileProfile },
      },
    });
    expect(parsed(await config.store().dump("files"))).toEqual({
      version: 1,
      organizations: { acme },
      profiles: { files: fileProfile },
    });
  });

  test("is refused for what is broken: it would be a backup that does not come back, or hold a secret", async () => {
    await using config = await openTestConfig({
      "config.json": wholeConfig,
      "profiles.d/bad.json": {
        ...ldapProfile,
        id: fileProfile.id,
        directory: { ...ldapProfile.directory, password: "hunter2" },
      },
    });
    const store = config.store();
    for (const fault of [await faultOf(store.dump()), await faultOf(store.dump("bad"))]) {
      expect(fault.params["reason"]).toBe("secret");
      expect(fault.message).not.toContain("hunter2");
    }
    expect(parsed(await store.dump("main"))).toMatchObject({ profiles: { main: ldapProfile } });
    expect((await faultOf(store.dump("none"))).code).toBe("profile.unknown");
  });
});

describe("loading a dump", () => {
  test("into an empty home gives the same configuration", async () => {
    await using source = await openTestConfig({
      "config.json": { ...wholeConfig, currentProfile: "main", network: { proxy: "http://proxy.test:3128" } },
      "profiles.d/files.json": fileProfile,
    });
    await using target = await openTestConfig();
    const dump = await source.store().dump();
    expect(await target.store().load(dump, "dump.json")).toEqual({
      profiles: ["main", "files"],
      organizations: ["acme"],
    });
    expect(parsed(await target.store().dump())).toEqual(parsed(dump));
  });

  test("gives a profile a new id where its own is taken, and leaves what is the same alone", async () => {
    await using config = await openTestConfig({ "config.json": wholeConfig });
    const store = config.store();
    const dump = JSON.stringify({ ...wholeConfig, profiles: { second: ldapProfile }, currentProfile: "second" });
    expect(await store.load(dump, "dump.json")).toEqual({ profiles: ["second"], organizations: [] });
    const { config: read, broken } = await store.read();
    expect(broken.size).toBe(0);
    expect(read.profiles["main"]?.id).toBe(ldapProfile.id);
    expect(read.profiles["second"]?.id).not.toBe(ldapProfile.id);
    expect(read.currentProfile).toBe("second");
  });

  test.each([
    [
      "a profile whose name is taken",
      { profiles: { main: fileProfile } },
      "There is a profile main already; it was left alone.",
    ],
    [
      "an organization of the same name with other values",
      { organizations: { acme: { ...acme, server: "https://else.test" } } },
      "dump.json: organizations.acme is there already, with other values. Nothing was changed.",
    ],
    [
      "another way out",
      { network: { proxy: "http://b.test:1" } },
      "dump.json: network is there already, with other values. Nothing was changed.",
    ],
    [
      "a profile without its organization",
      { profiles: { x: { ...fileProfile, organization: "gone" } } },
      "There is no organization gone in the configuration.",
    ],
    [
      "anything wrong anywhere",
      { profiles: { x: { ...fileProfile, onGuard: "go" } } },
      'dump.json, line 1, column 156: profiles.x.onGuard must be stop or hold; found "go". Nothing was changed.',
    ],
  ])("is refused for %s, and nothing is written", async (_name, content, expected) => {
    await using config = await openTestConfig({
      "config.json": { ...wholeConfig, network: { proxy: "http://a.test:1" } },
    });
    const before = await config.text("config.json");
    const dump = JSON.stringify({ version: 1, ...content });
    const fault = await faultOf(config.store().load(dump, "dump.json"));
    expect(format(`fault.${fault.code}`, fault.params)).toBe(expected);
    expect(await config.text("config.json")).toBe(before);
  });

  test("of text that is none says where", async () => {
    await using config = await openTestConfig();
    const fault = await faultOf(config.store().load("{", "dump.json"));
    expect(fault.params).toMatchObject({ path: "dump.json", line: 1, column: 2, reason: "json_ended" });
  });
});

test("for any set of profiles, dump then load gives them all back", async () => {
  const names = fc.uniqueArray(fc.stringMatching(/^[A-Za-z0-9_][\w.-]{0,15}$/u), { minLength: 1, maxLength: 5 });
  const settings = fc.record(
    {
      onGuard: fc.constantFrom("stop", "hold"),
      protect: fc.array(fc.string({ unit: "grapheme" })),
      sync: fc.record({ userFilter: fc.string({ unit: "grapheme" }), nested: fc.boolean() }, { requiredKeys: [] }),
    },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(names, fc.infiniteStream(settings), async (chosen, stream) => {
      const profiles = Object.fromEntries(
        chosen.map((name, index) => [
          name,
          { ...fileProfile, id: `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`, ...stream.next().value },
        ]),
      );
      await using source = await openTestConfig({ "config.json": { version: 1, organizations: { acme }, profiles } });
      await using target = await openTestConfig();
      await target.store().load(await source.store().dump(), "dump.json");
      expect(parsed(await target.store().dump())).toEqual(parsed(await source.store().dump()));
      const [one, other] = [await source.store().read(), await target.store().read()];
      expect(Object.keys(other.config.profiles).sort()).toEqual(Object.keys(one.config.profiles).sort());
    }),
    { numRuns: 40 },
  );
});
