import { canonicalDn } from "../../../core/dn.ts";
import { anyOf, equals } from "../filter.ts";
import { changeStamp, isBelow } from "../layout.ts";
import { search } from "../search.ts";
import type { Session } from "../session.ts";
import { dirSync } from "./controls.ts";
import type { FeedScope } from "./scope.ts";

/**
 * As `scopeOf`, for Active Directory and Samba; `attributes` is what is read of entries. Filters may be of any kind: whom
 * they select is listed each time.
 */
export async function activeDirectoryScope(session: Session, attributes: readonly string[]): Promise<FeedScope> {
  const { facts, layout } = session;
  const domain = canonicalDn(facts.defaultNamingContext ?? "");
  const bases = [layout.userBase, layout.groupBase, layout.base].map((base) => canonicalDn(base) ?? "");
  if (!facts.controls.has(dirSync) || facts.changes === undefined || domain === undefined || domain === "")
    return { how: "none", because: "not_offered" };
  if (!bases.every((base) => base !== "" && isBelow(base, domain))) return { how: "none", because: "other_domain" };
  const asked = attributes.filter((name) => name !== changeStamp);
  const unclear = asked.filter((name) => !reported.has(name));
  const kinds = unclear.length === 0 ? new Map<string, Kind>() : await readKinds(session, unclear);
  // Neither replicated nor reported: it may change without a trace.
  const silent = unclear.find((name) => kinds.get(name) === undefined || kinds.get(name) === "silent");
  if (silent !== undefined) return { how: "none", because: "computed", attribute: silent };
  const linked = unclear.find((name) => kinds.get(name) === "back-link");
  if (linked !== undefined) return { how: "watched", because: "computed", attribute: linked };
  if (layout.primaryGroup) return { how: "watched", because: "primary_group" };
  if (layout.idAttribute !== "objectguid") return { how: "watched", because: "other_id", attribute: layout.idName };
  return { how: "followed" };
}

/** Attributes of users and groups that are stored and replicated in every domain; the schema is asked about others. */
const reported: ReadonlySet<string> = new Set([
  "objectguid",
  "objectclass",
  "objectcategory",
  "mail",
  "displayname",
  "name",
  "cn",
  "samaccountname",
  "userprincipalname",
  "useraccountcontrol",
  "accountexpires",
  "member",
  "description",
  "department",
  "company",
  "title",
  "employeeid",
  "employeetype",
  "employeenumber",
  "proxyaddresses",
  "grouptype",
]);

type Kind = "reported" | "back-link" | "silent";

/** What the schema says of attributes: systemFlags 1 is not replicated, 4 computed; an odd linkID is a back link (MS-ADTS §3.1.1.2.3). */
async function readKinds(session: Session, names: readonly string[]): Promise<ReadonlyMap<string, Kind>> {
  const kinds = new Map<string, Kind>();
  const base = session.facts.schemaContext;
  if (base === undefined) return kinds;
  const filter = anyOf(...names.map((name) => equals("lDAPDisplayName", name)));
  const attributes = ["lDAPDisplayName", "systemFlags", "linkID"];
  const question = { base, scope: "one", filter, attributes, what: "server" } as const;
  for await (const page of search(session, question, ({ values }) => values))
    for (const values of page) {
      const name = values.get("ldapdisplayname")?.[0]?.toLowerCase();
      const flags = Number(values.get("systemflags")?.[0] ?? 0);
      const link = Number(values.get("linkid")?.[0] ?? 0);
      if (name !== undefined) kinds.set(name, link % 2 === 1 ? "back-link" : (flags & 5) === 0 ? "reported" : "silent");
    }
  return kinds;
}
