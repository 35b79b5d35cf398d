import { SecretReference } from "./field.ts";
import type { LeafType } from "./shape.ts";

/** A value as `config set` and variables take it; a secret is its reference (`env:NAME`), never its text. */
export const valueText = (value: unknown, secret = false): string => {
  if (value === undefined || value === null) return "";
  if (secret) return referenceText(value);
  if (Array.isArray(value))
    return value.every(isPlainItem) && value.length > 0 ? value.join(",") : JSON.stringify(value);
  return typeof value === "string" ? value : JSON.stringify(value);
};

/** Items that come back the same from a comma-separated list; others need JSON. */
const isPlainItem = (item: unknown): boolean =>
  typeof item === "string" && item !== "" && item === item.trim() && !/[,[\]]/u.test(item);

/** An address with a password in it, as a proxy's may have, without that password. */
export const hidePassword = (text: string): string => text.replaceAll(/(:\/\/[^/@:\s"]*):[^/@\s"]*@/gu, "$1:***@");

/** What is not a reference is not shown, since it may be the secret itself. */
export const referenceText = (value: unknown): string => {
  const parsed = SecretReference.safeParse(value);
  if (!parsed.success) return "***";
  const reference = parsed.data;
  if ("keychain" in reference) return "keychain";
  if ("sealed" in reference) return "sealed";
  if ("env" in reference) return `env:${reference.env}`;
  if ("file" in reference) return `file:${reference.file}`;
  return `command:${JSON.stringify(reference.command)}`;
};

/**
 * The value a text stands for, the reverse of `valueText`. Text that is no value of the type is given back as it is, so
 * that the schema says what is wrong with it. Lists are separated by commas or written as JSON.
 */
export const readText = (type: LeafType, text: string): unknown => {
  switch (type.is) {
    case "boolean":
      return booleans.get(text.trim().toLowerCase()) ?? text;
    case "number":
    case "whole number":
      return numberPattern.test(text.trim()) ? Number(text) : text;
    case "list":
      return text.trim().startsWith("[") ? parsed(text) : items(text);
    case "secret":
      return readReference(text.trim());
    case "json":
      return /^\s*[[{]/u.test(text) ? parsed(text) : text;
    case "one of":
      return type.values.find((value) => value.toLowerCase() === text.trim().toLowerCase()) ?? text;
    default:
      return text;
  }
};

const booleans: ReadonlyMap<string, boolean> = new Map([
  ...["true", "yes", "on", "1"].map((text) => [text, true] as const),
  ...["false", "no", "off", "0"].map((text) => [text, false] as const),
]);

const numberPattern = /^-?\d+(?:\.\d+)?$/u;

const items = (text: string): string[] =>
  text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

/** What is not the form of a reference stays text, which no secret field takes. */
const readReference = (text: string): unknown => {
  if (text === "keychain" || text === "sealed") return { [text]: true };
  if (text.startsWith("{")) return parsed(text);
  const { kind, rest } = /^(?<kind>env|file|command):(?<rest>.+)$/su.exec(text)?.groups ?? {};
  if (kind === undefined || rest === undefined) return text;
  if (kind === "env") return /^\w+$/u.test(rest) ? { env: rest } : text;
  return { [kind]: kind === "command" ? parsed(rest) : rest };
};
