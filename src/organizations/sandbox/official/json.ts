/** JSON the way the official server's serializer takes it: names in any case, texts from scalars where a field allows it. */
import { refuseModel } from "./errors.ts";
import type { Refusal } from "../reply.ts";

export interface Field {
  readonly value: unknown;
  /** As error bodies name it: `$.members[0].deleted`. */
  readonly path: string;
}

export interface Fields {
  /** By lower-case name; undefined when the object has no such property. */
  readonly get: (name: string) => Field | undefined;
}

/** The properties of an object, or null for null; anything else is unreadable. */
export function fieldsOf(value: unknown, path: string): Fields | null {
  if (value === null) return null;
  if (typeof value !== "object" || Array.isArray(value)) throw unreadable(path, "request model");
  const entries: readonly [string, unknown][] = Object.entries(value);
  // Of names that differ in letter case alone the last one counts.
  return {
    get: (name) => {
      const found = entries.findLast(([other]) => other.length === name.length && other.toLowerCase() === name);
      return found === undefined ? undefined : { value: found[1], path: `${path}.${found[0]}` };
    },
  };
}

/** A boolean; the fallback only when the property is absent. */
export function flag(field: Field | undefined, fallback: boolean): boolean {
  if (field === undefined) return fallback;
  if (typeof field.value !== "boolean") throw unreadable(field.path, "System.Boolean");
  return field.value;
}

/** A string or null. */
export function text(field: Field | undefined): string | null {
  if (field === undefined || field.value === null) return null;
  if (typeof field.value !== "string") throw unreadable(field.path, "System.String");
  return field.value;
}

/** A string or null, with numbers and booleans written out. */
export function scalarText(field: Field | undefined): string | null {
  if (field === undefined || field.value === null) return null;
  if (typeof field.value === "string") return field.value;
  if (typeof field.value === "number") return String(field.value);
  if (typeof field.value === "boolean") return field.value ? "True" : "False";
  throw unreadable(field.path, "System.String");
}

/** An array or null. */
export function list(field: Field | undefined): readonly unknown[] | null {
  if (field === undefined || field.value === null) return null;
  if (!Array.isArray(field.value)) throw unreadable(field.path, "array");
  return field.value;
}

export function unreadable(path: string, type: string): Refusal {
  return refuseModel({
    [path]: [
      `The JSON value could not be converted to ${type}. Path: ${path} | LineNumber: 0 | BytePositionInLine: 0.`,
    ],
  });
}
