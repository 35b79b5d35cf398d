import { createHash } from "node:crypto";
import { isObject } from "./shape.ts";

/**
 * A profile written by hand needs no id: it gets one made from its name, always the same, which is written into the file
 * at the first change. Until then another name is another profile.
 */
export const withId = (name: string, profile: unknown): unknown =>
  isObject(profile) && profile["id"] === undefined ? { ...profile, id: idOfName(name) } : profile;

/** A UUID of version 8 (RFC 9562: whatever the maker likes). */
const idOfName = (name: string): string => {
  const digest = createHash("sha256").update(`directory-connector profile ${name}`).digest("hex");
  const variant = ((Number.parseInt(digest.slice(16, 17), 16) & 3) | 8).toString(16);
  return [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `8${digest.slice(13, 16)}`,
    `${variant}${digest.slice(17, 20)}`,
    digest.slice(20, 32),
  ].join("-");
};
