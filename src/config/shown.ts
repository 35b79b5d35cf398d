import { Fault } from "../core/fault.ts";
import type { Assembled } from "./assemble.ts";
import type { ShownValue } from "./configuration.ts";
import { SecretReference } from "./field.ts";
import { findTarget, resolvePath, type Target, valueAt, withValue } from "./paths.ts";
import { Config, ProfileConfig } from "./schema.ts";
import { type Leaf, leavesOf, shapeOf } from "./shape.ts";
import type { Sources } from "./sources.ts";
import { hidePassword, valueText } from "./text.ts";

/** What showing settings needs: the layers together, and the files apart. */
export interface Shown {
  readonly assembled: Assembled;
  readonly sources: Sources;
}

/** Every setting there is or could be, of one profile where named, with its value and where that comes from. */
export const showAll = (shown: Shown, profile: string | undefined): readonly ShownValue[] => {
  const keys = profile === undefined ? [] : profileKeys(shown, profile);
  return [
    ...leavesOf(shapeOf(profile === undefined ? Config : ProfileConfig), valueAt(shown.assembled.raw, keys), keys),
  ]
    .filter(({ path }) => path[0] !== "$schema" && path[0] !== "version")
    .map((leaf) => showLeaf(shown, leaf));
};

/** One setting, or a group of them as an object with its defaults. */
export const showOne = (shown: Shown, path: string, profile: string | undefined): ShownValue => {
  const { keys, shape } = locateSetting(shown, path, profile);
  const raw = valueAt(shown.assembled.raw, keys);
  const leaves = [...leavesOf(shape, raw, keys)].map((leaf) => showLeaf(shown, leaf));
  const [first] = leaves;
  if (shape.kind === "leaf" && first !== undefined) return first;
  let value: unknown = {};
  for (const leaf of leavesOf(shape, raw)) value = withValue(value, leaf.path, shownValue(leaf));
  const source = order.find((each) => leaves.some((leaf) => leaf.source === each)) ?? "default";
  const title = shape.meta?.title;
  return {
    path: keys.join("."),
    value,
    text: JSON.stringify(value),
    source,
    ...(title === undefined ? {} : { title }),
  };
};

const order = ["flag", "environment", "file"] as const;

/**
 * The setting that a path means: below the profile where one is named, else below the root. Faults `profile.unknown`,
 * `config.unknown_key`, and of a profile whose file cannot be used what is wrong with it.
 */
export const locateSetting = (shown: Shown, path: string, profile: string | undefined): Target => {
  const { raw } = shown.assembled;
  if (profile === undefined) return resolvePath(path, shapeOf(Config), raw);
  const keys = profileKeys(shown, profile);
  const below = findTarget(path, shapeOf(ProfileConfig), valueAt(raw, keys));
  if (below !== undefined) return { ...below, keys: [...keys, ...below.keys] };
  const atRoot = findTarget(path, shapeOf(Config), raw);
  return atRoot ?? resolvePath(path, shapeOf(ProfileConfig), valueAt(raw, keys));
};

const profileKeys = ({ assembled, sources }: Shown, profile: string): readonly string[] => {
  const unusable = sources.unusable.get(profile);
  if (unusable !== undefined) throw unusable;
  const known = Object.keys(assembled.raw.profiles);
  if (!known.includes(profile)) throw new Fault("profile.unknown", { profile, known: known.sort() });
  return ["profiles", profile];
};

const showLeaf = ({ assembled, sources }: Shown, leaf: Leaf): ShownValue => {
  const { path: keys, shape } = leaf;
  const override = assembled.overrides.get(JSON.stringify(keys));
  const inFile = valueAt(sources.raw, keys) !== undefined;
  const title = shape.meta?.title;
  return {
    path: keys.join("."),
    value: shownValue(leaf),
    text: hidePassword(valueText(leaf.value, shape.type.is === "secret")),
    ...(override !== undefined
      ? { source: override.source, from: override.from }
      : inFile
        ? { source: "file", from: sources.fileOf(keys) }
        : { source: "default" }),
    ...(title === undefined ? {} : { title }),
  };
};

/** What stands where a reference should may be the secret itself. */
const shownValue = ({ shape, value }: Leaf): unknown => {
  if (shape.type.is !== "secret") return typeof value === "string" ? hidePassword(value) : value;
  if (value === undefined) return undefined;
  const reference = SecretReference.safeParse(value);
  return reference.success ? reference.data : "***";
};
