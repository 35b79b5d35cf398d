import { Fault } from "../core/fault.ts";
import { nearest } from "./near.ts";
import { innerShape } from "./reasons.ts";
import { isObject, leavesOf, type Shape } from "./shape.ts";

/** A setting that a dotted path names. */
export interface Target {
  readonly keys: readonly string[];
  readonly shape: Shape;
}

/**
 * What a dotted path names in a value of this shape. Names that the user chose may hold dots: the longest one that is
 * there counts (`organizations.acme.test.server`). Fault `config.unknown_key` with the nearest setting there is.
 */
export const resolvePath = (path: string, shape: Shape, value: unknown): Target => {
  const target = findPath(path.split("."), { keys: [], shape }, value);
  if (target !== undefined) return target;
  throw new Fault("config.unknown_key", { field: path, suggestion: suggestPath(path, shape, value) ?? "none" });
};

/** The same, or undefined for what is not there. */
export const findTarget = (path: string, shape: Shape, value: unknown): Target | undefined =>
  findPath(path.split("."), { keys: [], shape }, value);

const findPath = (parts: readonly string[], at: Target, value: unknown): Target | undefined => {
  if (parts.length === 0) return at;
  for (const [key, rest] of splits(parts, at.shape, value)) {
    const shape = key === "" ? undefined : innerShape(at.shape, value, key);
    if (shape === undefined) continue;
    const inner = isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
    const found = findPath(rest, { keys: [...at.keys, key], shape }, inner);
    if (found !== undefined) return found;
  }
  return undefined;
};

/** Where the next key may end: fields have no dots; of names, those that are there, the longest first, then a new one. */
function* splits(
  parts: readonly string[],
  shape: Shape,
  value: unknown,
): Generator<readonly [key: string, rest: readonly string[]]> {
  if (shape.kind === "record" && isObject(value))
    for (let length = parts.length; length > 1; length -= 1) {
      const name = parts.slice(0, length).join(".");
      if (Object.hasOwn(value, name)) yield [name, parts.slice(length)];
    }
  yield [parts[0] ?? "", parts.slice(1)];
}

/** The setting that ends the same, for who left out `profiles.main`; else the one spelt most alike. */
const suggestPath = (path: string, shape: Shape, value: unknown): string | undefined => {
  const known = [...leavesOf(shape, value)].map(({ path: keys }) => keys.join("."));
  const end = `.${path.toLowerCase()}`;
  return known.find((candidate) => candidate.toLowerCase().endsWith(end)) ?? nearest(path, known);
};

/** A copy with another value under a path; the objects on the way there are made. */
export const withValue = (into: unknown, [key, ...rest]: readonly string[], value: unknown): unknown => {
  if (key === undefined) return value;
  const object = isObject(into) ? into : {};
  return { ...object, [key]: withValue(Object.hasOwn(object, key) ? object[key] : undefined, rest, value) };
};

/** A copy without what is under a path. */
export const withoutValue = (
  from: Readonly<Record<string, unknown>>,
  [key, ...rest]: readonly string[],
): Readonly<Record<string, unknown>> => {
  if (key === undefined || !Object.hasOwn(from, key)) return from;
  const inner = from[key];
  if (rest.length > 0) return isObject(inner) ? { ...from, [key]: withoutValue(inner, rest) } : from;
  const { [key]: _gone, ...others } = from;
  return others;
};

/** What is under a path; undefined where it ends early. */
export const valueAt = (from: unknown, keys: readonly string[]): unknown =>
  keys.reduce<unknown>((value, key) => (isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined), from);
