import { describeFields, type FieldDescription } from "../../config/describe.ts";
import { ProfileConfig } from "../../config/schema.ts";
import { isObject } from "../../config/shape.ts";
import { Fault } from "../../core/fault.ts";

/**
 * A new profile's content from dotted keys and texts, as flags and questions give them. Fault `config.unknown_key` for a
 * key that no profile has; whether the values fit is judged when the whole is read.
 */
export const readSettings = (settings: Readonly<Record<string, string>>): Record<string, unknown> => {
  const known = new Map(describeFields(ProfileConfig).map((field) => [field.path, field]));
  const profile: Record<string, unknown> = {};
  for (const [path, text] of Object.entries(settings)) {
    const field = known.get(path);
    if (field === undefined) throw new Fault("config.unknown_key", { field: path, suggestion: nearest(path, known.keys()) });
    place(profile, path, valueOf(field, text));
  }
  return profile;
};

/** Puts a value under a dotted key; the objects on the way there are made. */
export const place = (object: Record<string, unknown>, path: string, value: unknown): void => {
  const [key = "", ...rest] = path.split(".");
  if (rest.length === 0) {
    object[key] = value;
    return;
  }
  const inner = object[key];
  const next = isObject(inner) ? inner : {};
  object[key] = next;
  place(next, rest.join("."), value);
};

/** A text that is no value of its type stays text, so that the schema says what is wrong with it. */
const valueOf = ({ type }: FieldDescription, text: string): unknown => {
  switch (type) {
    case "boolean":
      return text === "true" ? true : text === "false" ? false : text;
    case "number":
    case "whole number":
      return text.trim() === "" || Number.isNaN(Number(text)) ? text : Number(text);
    case "list":
      return text.startsWith("[") ? parsed(text) : text.split(",").map((item) => item.trim()).filter((item) => item !== "");
    case "json":
      return parsed(text);
    case "secret":
      return referenceOf(text);
    case "text":
    case "one of":
      return text;
  }
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

/** `env:NAME`, `file:/path`, `command:["…"]`, as `config show` writes references. */
const referenceOf = (text: string): unknown => {
  const [kind = "", ...rest] = text.split(":");
  const value = rest.join(":");
  if (value === "" && (kind === "keychain" || kind === "sealed")) return { [kind]: true };
  if (kind === "env" || kind === "file") return { [kind]: value };
  return kind === "command" ? { command: parsed(value) } : "***";
};

const nearest = (path: string, known: Iterable<string>): string => {
  const last = path.split(".").at(-1) ?? path;
  return [...known].find((candidate) => candidate.split(".").at(-1)?.toLowerCase() === last.toLowerCase()) ?? "none";
};
