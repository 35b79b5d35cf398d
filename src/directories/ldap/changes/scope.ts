import { canonicalDn } from "../../../core/dn.ts";
import type { NativeFilters } from "../../directory.ts";
import { activeDirectoryScope } from "./active-directory-scope.ts";
import { attributesIn } from "../filter.ts";
import { isBelow, memberUid, type Layout } from "../layout.ts";
import { namingContextOf, type Session } from "../session.ts";
import { syncOids } from "./controls.ts";

/**
 * How far a server's feed of changes can be relied on for a profile. `followed`: everything it depends on is told.
 * `watched`: it depends on something that is not, so the directory counts as unchanged only while nothing changed on
 * the server at all. `none`: everything is read each time. `because` says why, for the words of `check`.
 */
export type FeedScope =
  | { readonly how: "followed" }
  | { readonly how: "watched" | "none"; readonly because: Reason; readonly attribute?: string };

type Reason =
  | "not_offered"
  | "not_tried"
  | "restores_unseen"
  | "other_domain"
  | "other_id"
  | "members_by_login"
  | "primary_group"
  | "computed";

export async function scopeOf(session: Session, filters: NativeFilters | undefined): Promise<FeedScope> {
  const { layout, facts } = session;
  if (layout.server.idAttribute === "objectGUID") return activeDirectoryScope(session, contentOf(layout));
  if (!facts.controls.has(syncOids.request)) return { how: "none", because: "not_offered" };
  // A backup put back into a 389 that runs is not told, and leaves no trace (docs/decisions/0015).
  const is389 = layout.server.id === "389ds" || layout.server.id === "freeipa";
  if (layout.server.id !== "openldap") return { how: "none", because: is389 ? "restores_unseen" : "not_tried" };
  const context = canonicalDn(namingContextOf(session)) ?? "";
  const bases = [layout.userBase, layout.groupBase].map((base) => canonicalDn(base) ?? base);
  if (!bases.every((base) => isBelow(base, context))) return { how: "none", because: "other_domain" };
  const { idAttribute, memberAttributes } = layout;
  if (idAttribute !== "entryuuid") return { how: "watched", because: "other_id", attribute: layout.idName };
  if (memberAttributes.includes(memberUid)) return { how: "watched", because: "members_by_login" };
  if (layout.primaryGroup) return { how: "watched", because: "primary_group" };
  const computed = attributesOf(layout, filters).find((name) => !reported(name));
  if (computed !== undefined) return { how: "watched", because: "computed", attribute: computed };
  return { how: "followed" };
}

/** What is read of entries. */
export const contentOf = ({ userAttributes, groupAttributes }: Layout): string[] => [
  ...new Set([...userAttributes, ...groupAttributes]),
];

/** The same, and what filters name. In lower case, without options. */
function attributesOf(layout: Layout, filters: NativeFilters | undefined): string[] {
  const written = [
    ...attributesIn(filters?.users || "(objectClass=*)", "userFilter"),
    ...attributesIn(filters?.groups || "(objectClass=*)", "groupFilter"),
  ];
  const all = [...written, ...contentOf(layout)];
  return [...new Set(all.map((name) => name.toLowerCase().replace(/;.*$/u, "")))];
}

/**
 * Attributes that OpenLDAP computes, or keeps without counting it as a change of the entry: overlays' back links, state
 * of password policies, what is derived from the tree.
 */
const notReported: ReadonlySet<string> = new Set([
  "memberof",
  "dgmemberof",
  "hassubordinates",
  "numsubordinates",
  "subordinatecount",
  "entrydn",
  "authtimestamp",
  "pwdlastsuccess",
  "pwdfailuretime",
  "pwdgraceusetime",
  "pwdhistory",
]);
const reported = (name: string): boolean => !notReported.has(name);
