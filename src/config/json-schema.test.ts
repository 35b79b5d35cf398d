import { describe, expect, test } from "vitest";
import { describeFields } from "./describe.ts";
import { configJsonSchema, profileJsonSchema } from "./json-schema.ts";
import { Config } from "./schema.ts";
import { isObject } from "./shape.ts";

/** Follows keys through a JSON Schema; a step that is not there gives undefined. */
const at = (schema: unknown, ...keys: readonly string[]): unknown =>
  keys.reduce<unknown>((value, key) => {
    if (Array.isArray(value)) return value[Number(key)];
    return isObject(value) ? value[key] : undefined;
  }, schema);

const organization = ["properties", "organizations", "additionalProperties"];

describe("the JSON Schema of config.json", () => {
  const schema = configJsonSchema();

  test("is one of draft 2020-12 and takes nothing unknown", () => {
    expect(schema["$schema"]).toBe("https://json-schema.org/draft/2020-12/schema");
    expect(at(schema, "additionalProperties")).toBe(false);
    expect(at(schema, ...organization, "additionalProperties")).toBe(false);
  });

  test("asks for what has no default and for nothing else", () => {
    expect(at(schema, "required")).toEqual(["version"]);
    expect(at(schema, ...organization, "required")).toEqual(["server", "clientId", "clientSecret"]);
    expect(at(schema, "properties", "profiles", "additionalProperties", "required")).toEqual([
      "organization",
      "directory",
    ]);
  });

  test("marks secrets, and says what each may be", () => {
    expect(at(schema, ...organization, "properties", "clientSecret")).toMatchObject({
      title: "Client secret",
      "x-secret": true,
    });
  });

  test("carries the title of every field", () => {
    const text = JSON.stringify(schema);
    const missing = describeFields(Config).filter(({ title }) => !text.includes(JSON.stringify(title)));
    expect(missing).toEqual([]);
  });

  test("gives examples as values, not as text", () => {
    const guards = at(schema, "properties", "profiles", "additionalProperties", "properties", "guards");
    expect(at(guards, "properties", "seats", "examples")).toEqual(["stop", { buy: 3 }]);
  });
});

test("the JSON Schema of a profile's file lets editors name it", () => {
  expect(at(profileJsonSchema(), "properties", "$schema", "type")).toBe("string");
  expect(at(profileJsonSchema(), "required")).toEqual(["organization", "directory"]);
});
