import { canonicalDn } from "../../../core/dn.ts";
import type { NativeFilters } from "../../directory.ts";
import { activeDirectoryScope } from "./active-directory-scope.ts";
import { attributesIn } from "../filter.ts";
import { isBelow, memberUid, type Layout } from "../layout.ts";
import { namingContextOf, type Session } from "../session.ts";
import type { ServerKind } from "../servers.ts";
import { syncOids } from "./controls.ts";
import { computedUnseen } from "./directory-server-389-scope.ts";

/**
 * How far a server's feed of changes can be relied on for a profile. `followed`: everything it depends on is told.
 * `watched`: it depends on something that is not, so the directory counts as unchanged only while nothing changed on
 * the server at all. `none`: everything is read each time. `because` says why, for the words of `check`.
 */
export type FeedScope =
  | { readonly how: "followed" }
  | { readonly how: "watched" | "none"; readonly because: Reason; readonly attribute?: string };

export type Reason =
  | "not_offered"
  | "not_tried"
  | "log_unproven"
  | "other_domain"
  | "other_id"
  | "members_by_login"
  | "primary_group"
  | "computed";

export async function scopeOf(session: Session, filters: NativeFilters | undefined): Promise<FeedScope> {
  const { layout, facts } = session;
  if (layout.server.idAttribute === "objectGUID") return activeDirectoryScope(session, contentOf(layout));
  if (!facts.controls.has(syncOids.request)) return { how: "none", because: "not_offered" };
  const kind = followed[layout.server.id];
  if (kind === undefined) return { how: "none", because: "not_tried" };
  const context = canonicalDn(namingContextOf(session)) ?? "";
  const bases = [layout.userBase, layout.groupBase].map((base) => canonicalDn(base) ?? base);
  if (!bases.every((base) => isBelow(base, context))) return { how: "none", because: "other_domain" };
  const { idAttribute, memberAttributes } = layout;
  const written = writtenIn(filters);
  const read = contentOf(layout).map(bare);
  const unseen = await kind.unseen?.(session, written, read);
  if (unseen !== undefined) return { how: "none", because: "computed", attribute: unseen };
  if (idAttribute !== kind.id) return { how: "watched", because: "other_id", attribute: layout.idName };
  if (memberAttributes.includes(memberUid)) return { how: "watched", because: "members_by_login" };
  if (layout.primaryGroup) return { how: "watched", because: "primary_group" };
  const computed = [...written, ...read].find((name) => kind.notReported.has(name));
  if (computed !== undefined) return { how: "watched", because: "computed", attribute: computed };
  return { how: "followed" };
}

/** What is read of entries, in lower case. */
export const contentOf = ({ userAttributes, groupAttributes }: Layout): string[] => [
  ...new Set([...userAttributes, ...groupAttributes]),
];

/** What filters name. */
function writtenIn(filters: NativeFilters | undefined): string[] {
  const written = [
    ...attributesIn(filters?.users || "(objectClass=*)", "userFilter"),
    ...attributesIn(filters?.groups || "(objectClass=*)", "groupFilter"),
  ];
  return [...new Set(written.map(bare))];
}

/** An attribute's name in lower case and without options. */
const bare = (name: string): string => name.toLowerCase().replace(/;.*$/u, "");

/** A kind of server that tells changes with content synchronisation (RFC 4533). */
interface FollowedKind {
  /** The id it tells them by, as an attribute in lower case. */
  readonly id: string;
  /** Attributes that it computes, or keeps without counting it as a change of the entry. */
  readonly notReported: ReadonlySet<string>;
  /** The first attribute that may change while nothing at all is told. */
  readonly unseen?: typeof computedUnseen;
}

/** Derived from the tree. */
const derived = ["hassubordinates", "numsubordinates", "subordinatecount", "entrydn"];

const followed: Readonly<Partial<Record<ServerKind["id"], FollowedKind>>> = {
  openldap: {
    id: "entryuuid",
    // Overlays' back links and state of password policies.
    notReported: new Set([
      ...derived,
      "memberof",
      "dgmemberof",
      "authtimestamp",
      "pwdlastsuccess",
      "pwdfailuretime",
      "pwdgraceusetime",
      "pwdhistory",
    ]),
  },
  "389ds": {
    id: "nsuniqueid",
    // Its memberOf is written to the entries, and told.
    notReported: new Set([...derived, "parentid", "entryid", "passwordretrycount", "accountunlocktime"]),
    unseen: computedUnseen,
  },
};
