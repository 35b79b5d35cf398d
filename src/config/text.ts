import { SecretReference } from "./field.ts";

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
