import type { Resolved, SecretReference } from "../config/field.ts";
import type { ResolveSecret } from "./secret-store.ts";

/**
 * A configuration with every secret reference replaced by its text. Secrets are named by their dotted path below
 * `prefix`, as `secrets set` takes it. A reference is known by its shape alone, which is how `Resolved` knows it.
 */
export const resolveSecrets = async <Config>(
  prefix: string,
  config: Config,
  resolve: ResolveSecret,
): Promise<Resolved<Config>> => {
  const resolved: unknown = await resolveValue(prefix, config, resolve);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same shape, references replaced: what the type says
  return resolved as Resolved<Config>;
};

const resolveValue = async (path: string, value: unknown, resolve: ResolveSecret): Promise<unknown> => {
  if (isSecretReference(value)) return resolve(path, value);
  if (Array.isArray(value)) {
    const items: unknown[] = [];
    for (const [index, item] of value.entries()) items.push(await resolveValue(`${path}.${index}`, item, resolve));
    return items;
  }
  if (typeof value !== "object" || value === null) return value;
  const entries: [string, unknown][] = [];
  for (const [key, item] of Object.entries(value))
    entries.push([key, await resolveValue(path === "" ? key : `${path}.${key}`, item, resolve)]);
  return Object.fromEntries(entries);
};

/** Exactly one of the five keys with a value it takes: the shape of `SecretReference`, without loading its schema. */
export const isSecretReference = (value: unknown): value is SecretReference => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const [entry, ...others] = Object.entries(value) as [string, unknown][];
  if (entry === undefined || others.length > 0) return false;
  const [key, content] = entry;
  switch (key) {
    case "keychain":
    case "sealed":
      return content === true;
    case "env":
    case "file":
      return typeof content === "string" && content !== "";
    case "command":
      return Array.isArray(content) && content.length > 0 && content.every((part) => typeof part === "string");
    default:
      return false;
  }
};
