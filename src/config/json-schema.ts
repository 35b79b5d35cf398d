import { z } from "zod";
import { fields } from "./field.ts";
import { Config, ProfileConfig, ProfileFile } from "./schema.ts";

/** A JSON Schema as data. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** JSON Schema (draft 2020-12) of `config.json`, for editors and documents. */
export const configJsonSchema = (): JsonSchema => describe(Config, "Directory Connector: config.json");

/** The same of one `profiles.d/<name>.json`. */
export const profileJsonSchema = (): JsonSchema => describe(ProfileFile, "Directory Connector: one profile");

/**
 * What a person may write: what has a default may be left out. Titles, descriptions and examples are the fields' own;
 * `x-secret` marks what holds the reference of a secret, `x-unit` what a number counts, `x-file` the path of a file.
 */
const describe = (schema: z.ZodType, title: string): JsonSchema => {
  const { $schema, ...rest } = z.toJSONSchema(schema, {
    target: "draft-2020-12",
    io: "input",
    metadata: z.registry(),
    unrepresentable: "throw",
    override: ({ zodSchema, jsonSchema }) => {
      annotate(zodSchema, jsonSchema);
    },
  });
  return { $schema, title, ...rest };
};

const annotate = (schema: z.core.$ZodType, into: z.core.JSONSchema.BaseSchema): void => {
  // A number that may be as large as a number can be has no limit worth telling.
  if (into.maximum === Number.MAX_SAFE_INTEGER) delete into.maximum;
  if (into.minimum === Number.MIN_SAFE_INTEGER) delete into.minimum;
  if (isProfile(schema) && into.required !== undefined) into.required = into.required.filter((name) => name !== "id");
  const meta = fields.get(schema);
  if (meta === undefined) return;
  into.title = meta.title;
  if (meta.description !== undefined) into.description = meta.description;
  if (meta.examples !== undefined) into.examples = meta.examples.map((text) => exampleValue(schema, text));
  if (meta.secret === true) into["x-secret"] = true;
  if (meta.file === true) into["x-file"] = true;
  if (meta.unit !== undefined) into["x-unit"] = meta.unit;
  if (meta.advanced === true) into["x-advanced"] = true;
};

/** A profile without an id has one made from its name, so editors do not ask for it. */
const isProfile = (schema: z.core.$ZodType): boolean => schema === ProfileConfig || schema === ProfileFile;

/** Examples are written as `config set` takes them. */
const exampleValue = (schema: z.core.$ZodType, text: string): unknown => {
  if (z.safeParse(schema, text).success) return text;
  if (z.safeParse(schema, [text]).success) return [text];
  return JSON.parse(text);
};
