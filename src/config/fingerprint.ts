import { createHash } from "node:crypto";
import { ProfileConfig } from "./schema.ts";
import { type Leaf, leavesOf, shapeOf } from "./shape.ts";
import { hidePassword, valueText } from "./text.ts";

/**
 * A profile's settings as dotted key → text, for telling what changed between two runs. Secrets are their reference
 * (`env:NAME`); a setting that is left out and has no default is not there.
 */
export const flattenSettings = (profile: ProfileConfig): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...leavesOf(shapeOf(ProfileConfig), profile)]
      .filter(({ value }) => value !== undefined)
      .map((leaf) => [leaf.path.join("."), hidePassword(leafText(leaf))]),
  );

/**
 * SHA-256, in hex, of what decides who is selected: the directory without its secrets and without what only says how it
 * is reached, and the fields of `sync` that choose. A setting that has its default counts as left out, so that a new
 * field of a later version changes no fingerprint by being there.
 */
export const selectionFingerprint = (profile: ProfileConfig): string => {
  const hash = createHash("sha256");
  for (const leaf of selectingLeaves(profile))
    hash.update(`${JSON.stringify([leaf.path.join("."), leafText(leaf)])}\n`);
  return hash.digest("hex");
};

/** The fields that choose who is selected and do not have their default, sorted by key. */
const selectingLeaves = (profile: ProfileConfig): readonly Leaf[] =>
  [...leavesOf(shapeOf(ProfileConfig), profile)]
    .filter((leaf) => leaf.value !== undefined && selects(leaf) && !hasDefault(leaf))
    .sort((one, other) => (one.path.join(".") < other.path.join(".") ? -1 : 1));

/**
 * Below `directory` a field counts unless its meta says otherwise: one that somebody forgot to mark asks for a review
 * too many, never for one too few. Elsewhere only what is marked counts.
 */
const selects = ({ path, shape }: Leaf): boolean =>
  shape.type.is !== "secret" && (shape.meta?.selects ?? path[0] === "directory");

const hasDefault = (leaf: Leaf): boolean =>
  leaf.shape.defaultValue !== undefined && valueText(leaf.value) === valueText(leaf.shape.defaultValue);

const leafText = ({ value, shape }: Leaf): string => valueText(value, shape.type.is === "secret");
