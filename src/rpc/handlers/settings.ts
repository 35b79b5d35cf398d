import { describeFields, type FieldDescription } from "../../config/describe.ts";
import { ProfileConfig } from "../../config/schema.ts";
import { isObject, type LeafType } from "../../config/shape.ts";
import { readText } from "../../config/text.ts";
import { Fault } from "../../core/fault.ts";

/**
 * A new profile's content from dotted keys and texts, as flags and questions give them. Fault `config.unknown_key` for a
 * key that no profile has; whether the values fit is judged when the whole is read.
 */
export const readSettings = (settings: Readonly<Record<string, string>>): Record<string, unknown> => {
  // Kinds of directory share names; the field of the chosen kind counts.
  const fields = describeFields(ProfileConfig).filter(
    ({ only }) => only === undefined || settings[only.path] === undefined || settings[only.path] === only.is,
  );
  const known = new Map(fields.map((field) => [field.path, field]));
  const profile: Record<string, unknown> = {};
  for (const [path, text] of Object.entries(settings)) {
    const field = known.get(path);
    if (field === undefined)
      throw new Fault("config.unknown_key", { field: path, suggestion: nearest(path, known.keys()) });
    place(profile, path, readText(leafType(field), text));
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

const leafType = ({ type, values }: FieldDescription): LeafType =>
  type === "one of" ? { is: type, values } : { is: type };

const nearest = (path: string, known: Iterable<string>): string => {
  const last = path.split(".").at(-1) ?? path;
  return [...known].find((candidate) => candidate.split(".").at(-1)?.toLowerCase() === last.toLowerCase()) ?? "none";
};
