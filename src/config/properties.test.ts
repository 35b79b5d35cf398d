import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isFault } from "../core/fault.ts";
import type { ConfigurationStore } from "./configuration.ts";
import { describeFields } from "./describe.ts";
import { ProfileConfig } from "./schema.ts";
import { acme, fileProfile, ldapProfile, openTestConfig, wholeConfig } from "./testing.ts";

describe("for any value", () => {
  const settable = describeFields(ProfileConfig).filter(
    ({ path, only }) =>
      // The profile that is changed is of that kind.
      (only === undefined || only.is === "ldap") &&
      !["id", "organization", "directory.kind", "directory.url", "schedule.every"].includes(path),
  );

  test("what is set is what is got, and other profiles stay as they are", async () => {
    await using config = await openTestConfig({
      "config.json": { ...wholeConfig, profiles: { main: ldapProfile, other: fileProfile } },
      "profiles.d/own.json": { ...fileProfile, id: "44444444-4444-4444-8444-444444444444" },
    });
    const store = config.store();
    const untouched = [await store.dump("other"), await store.dump("own")];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...settable).chain((field) => fc.record({ field: fc.constant(field), text: textFor(field) })),
        async ({ field, text }) => {
          const said = await setOrSkip(store, field.path, text);
          const got = await store.get(field.path, "main");
          expect([got.text, got.source]).toEqual([said, "file"]);
          await store.set(field.path, got.text, "main");
          expect(await store.get(field.path, "main")).toEqual(got);
        },
      ),
      { numRuns: 150 },
    );
    expect([await store.dump("other"), await store.dump("own")]).toEqual(untouched);
  });

  test("no change of one profile, sensible or not, touches another", async () => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 4 }), async (content) => {
        await using config = await openTestConfig({
          "config.json": {
            ...wholeConfig,
            profiles: { main: ldapProfile, other: { ...fileProfile, onGuard: "hold" } },
          },
          "profiles.d/broken.json": "{",
        });
        const store = config.store();
        await store
          .edit((draft) => {
            draft.profiles["main"] = { ...draft.profiles["main"], ...content };
          })
          .catch(() => undefined);
        expect(await config.json("config.json")).toMatchObject({
          organizations: { acme },
          profiles: { other: { ...fileProfile, onGuard: "hold" } },
        });
        expect(await config.text("profiles.d/broken.json")).toBe("{");
      }),
      { numRuns: 40 },
    );
  });
});

/** Texts that a field takes. */
const textFor = ({
  type,
  values,
  minimum = 0,
  maximum = 1_000,
}: ReturnType<typeof describeFields>[number]): fc.Arbitrary<string> => {
  switch (type) {
    case "boolean":
      return fc.constantFrom("true", "false", "yes", "No", "on", "OFF", "1", "0");
    case "whole number":
      return fc.integer({ min: minimum, max: maximum }).map(String);
    case "number":
      return fc.integer({ min: minimum * 4, max: maximum * 4 }).map((quarters) => String(quarters / 4));
    case "one of":
      return fc.constantFrom(...values);
    case "list":
      return fc.array(fc.string({ unit: "grapheme" })).map((items) => JSON.stringify(items));
    case "json":
      return fc.oneof(
        fc.constant("stop"),
        fc.nat().map((count) => JSON.stringify({ buy: count })),
      );
    case "secret":
      return fc.constantFrom("keychain", "sealed", "env:A_1", "file:/a b", 'command:["a","b c"]', '{"env":"X"}');
    default:
      return fc.string({ unit: "grapheme", minLength: 1 }).filter((text) => !text.includes("://"));
  }
};

/** Fields that take only texts of a certain form refuse most. */
const setOrSkip = async (store: ConfigurationStore, path: string, text: string): Promise<string> => {
  try {
    return (await store.set(path, text, "main")).text;
  } catch (error) {
    fc.pre(!isFault(error, "config.invalid"));
    throw error;
  }
};
