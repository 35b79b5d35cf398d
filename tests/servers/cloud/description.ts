/** A vendor's own description of its API (OpenAPI 3.0), held against what a test's server is asked and what it answers. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv, type ValidateFunction } from "ajv";
import { z } from "zod";

export interface Description {
  /** What is wrong with a request; nothing = it is as described. `target` is its path and query. */
  request(method: string, target: string, headers: Readonly<Record<string, unknown>>): string[];
  /** What is wrong with an answer to it. */
  reply(method: string, target: string, status: number, body: unknown): string[];
}

/** The folder with the vendors' descriptions, or why there is none. */
export const descriptionsFolder = (): { readonly folder: string } | { readonly skip: string } => {
  const folder = process.env["CONTRACTS"] ?? "";
  if (folder === "") return { skip: "CONTRACTS names no folder with the vendors' descriptions" };
  return existsSync(folder) ? { folder } : { skip: `CONTRACTS names ${folder}, which does not exist` };
};

/**
 * The vendor's description of that file name, or undefined where there is none here. `base` is what its paths begin with
 * on the server; `links` are parameters that only the server's own links carry.
 */
export const loadDescription = (
  name: string,
  { base = "", links = [] }: { readonly base?: string; readonly links?: readonly string[] } = {},
): Description | undefined => {
  const found = descriptionsFolder();
  if ("skip" in found) return undefined;
  const document = JSON.parse(readFileSync(join(found.folder, `${name}.openapi3.json`), "utf8"));
  return createDescription(document, base, links);
};

const Reference = z.object({ $ref: z.string() });
const Parameter = z.object({
  name: z.string(),
  in: z.enum(["query", "header", "path"]),
  required: z.boolean().optional(),
  schema: z.object({ type: z.string().optional() }).optional(),
});
const Operation = z.object({
  parameters: z.array(z.unknown()).optional(),
  responses: z.record(z.string(), z.unknown()),
});
const Paths = z.object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) });
const Response = z.object({ content: z.record(z.string(), z.object({ schema: z.unknown() })).optional() });

const createDescription = (document: object, base: string, links: readonly string[]): Description => {
  const { paths } = Paths.parse(document);
  const bodies = createValidator(document, false);
  const parameters = createValidator(document, true);
  const templates = Object.keys(paths)
    // A literal path counts before one with a placeholder.
    .toSorted((left, right) => left.split("{").length - right.split("{").length)
    .map((path) => ({ path, pattern: patternOf(path) }));

  const find = (method: string, target: string) => {
    const url = new URL(target, "http://described.test");
    const below = url.pathname.startsWith(base) ? url.pathname.slice(base.length) : url.pathname;
    const path = templates.find(({ pattern }) => pattern.test(below))?.path;
    const given = path === undefined ? undefined : paths[path]?.[method.toLowerCase()];
    if (path === undefined || given === undefined) return undefined;
    const at = ["paths", path];
    return { url, path, at: [...at, method.toLowerCase()], shared: at, operation: Operation.parse(given) };
  };
  const parametersOf = (found: NonNullable<ReturnType<typeof find>>) => {
    const shared = z.array(z.unknown()).parse(paths[found.path]?.["parameters"] ?? []);
    const listed = [
      ...shared.map((given, index) => ({ given, at: [...found.shared, "parameters", String(index)] })),
      ...(found.operation.parameters ?? []).map((given, index) => ({
        given,
        at: [...found.at, "parameters", String(index)],
      })),
    ];
    return listed.map(({ given, at }) => {
      const resolved = resolve(document, given, at);
      return { ...Parameter.parse(resolved.value), at: resolved.at };
    });
  };
  return {
    request: (method, target, headers) => {
      const found = find(method, target);
      if (found === undefined) return [`${method} ${target} is not described`];
      const { url, path } = found;
      const described = parametersOf(found);
      const unknown = [...new Set(url.searchParams.keys())].filter(
        (name) => !links.includes(name) && !described.some((each) => each.in === "query" && isNamed(each.name, name)),
      );
      const wrong = described.flatMap((each): string[] => {
        if (each.in === "path") return [];
        const value = each.in === "query" ? url.searchParams.get(each.name) : headers[each.name.toLowerCase()];
        if (typeof value !== "string") return each.required === true ? [`${each.in} ${each.name} is missing`] : [];
        if (each.schema === undefined) return [];
        const given = each.schema.type === "array" ? value.split(",") : value;
        return parameters([...each.at, "schema"], given).map((problem) => `${each.name}=${value}: ${problem}`);
      });
      return [...unknown.map((name) => `the parameter ${name} is not described`), ...wrong].map(
        (problem) => `${method} ${path}: ${problem}`,
      );
    },
    reply: (method, target, status, body) => {
      const found = find(method, target);
      if (found === undefined) return [];
      const { path, operation } = found;
      const key = [String(status), `${Math.floor(status / 100)}XX`, "default"].find(
        (each) => each in operation.responses,
      );
      // An error may always come, described or not.
      if (key === undefined) return status < 400 ? [`${method} ${path}: ${status} is not described`] : [];
      const response = resolve(document, operation.responses[key], [...found.at, "responses", key]);
      if (Response.parse(response.value).content?.["application/json"] === undefined) return [];
      return bodies([...response.at, "content", "application/json", "schema"], body).map(
        (problem) => `${method} ${path} ${status}: ${problem}`,
      );
    },
  };
};

/** Judges values by the schemas in a document; keywords and formats that say nothing about the shape are not judged. */
const createValidator = (
  document: object,
  coerceTypes: boolean,
): ((at: readonly string[], value: unknown) => string[]) => {
  const ajv = new Ajv({ strict: false, validateFormats: false, validateSchema: false, coerceTypes });
  ajv.addSchema(document, "described");
  const compiled = new Map<string, ValidateFunction>();
  return (at, value) => {
    const pointer = at.map((part) => encodeURI(part.replaceAll("~", "~0").replaceAll("/", "~1"))).join("/");
    const check = compiled.get(pointer) ?? ajv.compile({ $ref: `described#/${pointer}` });
    compiled.set(pointer, check);
    return check(value) ? [] : [ajv.errorsText(check.errors)];
  };
};

/** What a reference stands for, and where that is; anything else is itself. */
const resolve = (
  document: unknown,
  given: unknown,
  at: readonly string[],
): { readonly value: unknown; readonly at: readonly string[] } => {
  const reference = Reference.safeParse(given);
  if (!reference.success) return { value: given, at };
  const parts = reference.data.$ref
    .slice(2)
    .split("/")
    .map((part) => decodeURI(part).replaceAll("~1", "/").replaceAll("~0", "~"));
  const value = parts.reduce<unknown>((inner, part) => z.record(z.string(), z.unknown()).parse(inner)[part], document);
  return { value, at: parts };
};

const patternOf = (path: string): RegExp =>
  new RegExp(`^${path.replaceAll(/[.*+?^$()|[\]\\]/gu, String.raw`\$&`).replaceAll(/\{[^}]+\}/gu, "[^/]+")}$`, "u");

/** `custom_attributes.{name}` stands for every name. */
const isNamed = (described: string, name: string): boolean =>
  described === name || (described.includes("{") && name.startsWith(described.slice(0, described.indexOf("{"))));
