import type { z } from "zod";
import type { FaultParams } from "../core/fault.ts";
import { nearest } from "./near.ts";
import { fieldsFor, isObject, type LeafShape, type Shape } from "./shape.ts";
import { hidePassword, valueText } from "./text.ts";

/** What is wrong with one setting; `reason` is a choice of `fault.config.invalid`, the rest are its params. */
export interface Complaint {
  readonly keys: readonly string[];
  /** Whether the key itself is wrong, rather than its value. */
  readonly at: "key" | "value";
  readonly reason: string;
  readonly params: FaultParams;
}

/** The schema's complaints in words people understand: about the setting, not about what is inside its value. */
export const complaintsOf = (error: z.ZodError, shape: Shape, value: unknown): readonly Complaint[] => {
  const complaints = error.issues.flatMap((issue) => explain(issue, shape, value));
  const seen = new Set<string>();
  return complaints.filter(({ keys, reason }) => {
    const key = JSON.stringify([keys, reason]);
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
};

const explain = (issue: z.core.$ZodIssue, shape: Shape, root: unknown): Complaint[] => {
  const path = issue.path.map(String);
  const { keys, shape: place, value } = follow(shape, root, path);
  if (issue.code === "unrecognized_keys" && place.kind !== "leaf")
    return issue.keys.map((key) => unknownKey([...keys, key], place, value));
  if (issue.code === "invalid_key") return [{ keys, at: "key", reason: "name", params: {} }];
  const at = "value";
  if (place.kind === "leaf" && place.type.is === "secret")
    return [value === undefined ? missing(keys) : { keys, at, reason: "secret", params: {} }];
  if (value === undefined) return [missing(keys)];
  if (place.kind !== "leaf") return [{ keys, at, reason: "type_object", params: { found: foundText(value) } }];
  return [{ keys, at, ...explainLeaf(issue, place, value) }];
};

const missing = (keys: readonly string[]): Complaint => ({ keys, at: "value", reason: "missing", params: {} });

/** The value of an unknown key may be a secret under a mistyped name, so it is never told. */
const unknownKey = (keys: readonly string[], place: Shape, value: unknown): Complaint => {
  const known =
    place.kind === "object" || place.kind === "choice"
      ? [...fieldsFor(place, isObject(value) ? value : {}).keys()]
      : [];
  const given = isObject(value) ? Object.keys(value) : [];
  const suggestion = nearest(
    keys.at(-1) ?? "",
    known.filter((name) => !given.includes(name)),
  );
  return { keys, at: "key", reason: "unknown_key", params: { suggestion: suggestion ?? "none" } };
};

const explainLeaf = (
  issue: z.core.$ZodIssue,
  leaf: LeafShape,
  value: unknown,
): { readonly reason: string; readonly params: FaultParams } => {
  const found = foundText(value);
  switch (leaf.type.is) {
    case "one of": {
      const [last = "", ...options] = [...leaf.type.values].reverse();
      if (leaf.type.values.length > 1) return { reason: "one_of", params: { options: options.reverse(), last, found } };
      const isNewer = leaf.type.values.every((known) => typeof value === "number" && value > Number(known));
      return { reason: isNewer ? "newer" : "literal", params: { last, found } };
    }
    case "boolean":
      return { reason: "type_boolean", params: { found } };
    case "number":
    case "whole number":
      if (issue.code === "too_small") return { reason: "at_least", params: { limit: Number(issue.minimum), found } };
      if (issue.code === "too_big") return { reason: "at_most", params: { limit: Number(issue.maximum), found } };
      return { reason: leaf.type.is === "number" ? "type_number" : "type_whole", params: { found } };
    case "list":
      return { reason: "type_list", params: { found } };
    case "secret":
      return { reason: "secret", params: {} };
    case "text":
      if (typeof value !== "string") return { reason: "type_text", params: { found } };
      if (value === "") return { reason: "empty", params: {} };
      if (issue.code === "invalid_format" && issue.format === "uuid") return { reason: "uuid", params: { found } };
      return formOf(leaf, found);
    default:
      return formOf(leaf, found);
  }
};

/** What does not have the right form is answered with the field's examples. */
const formOf = (leaf: LeafShape, found: string): { readonly reason: string; readonly params: FaultParams } => {
  const [last, ...others] = [...(leaf.meta?.examples ?? [])].reverse();
  if (last === undefined) return { reason: "form", params: { found } };
  if (others.length === 0) return { reason: "form_one", params: { last, found } };
  return { reason: "form_of", params: { options: others.reverse(), last, found } };
};

interface Place {
  readonly keys: readonly string[];
  readonly shape: Shape;
  readonly value: unknown;
}

/** Goes down a path as far as the settings go: the complaint about an item of a list is about the list. */
const follow = (shape: Shape, root: unknown, path: readonly string[]): Place => {
  let place: Place = { keys: [], shape, value: root };
  for (const key of path) {
    const inner = innerShape(place.shape, place.value, key);
    if (inner === undefined) return place;
    const value: unknown = isObject(place.value) && Object.hasOwn(place.value, key) ? place.value[key] : undefined;
    place = { keys: [...place.keys, key], shape: inner, value };
  }
  return place;
};

/** What is declared under a key of a value. */
export const innerShape = (shape: Shape, value: unknown, key: string): Shape | undefined => {
  if (shape.kind === "leaf") return undefined;
  if (shape.kind === "record") return shape.value;
  return fieldsFor(shape, isObject(value) ? value : {}).get(key);
};

const longest = 60;

/** A value as it stands in the file, shortened, without passwords of addresses. */
const foundText = (value: unknown): string => {
  const text = hidePassword(JSON.stringify(value) ?? valueText(value));
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
};
