import { canonicalDn } from "../../core/dn.ts";
import type { Filter } from "ldapts";
import type { Because } from "../../core/plan.ts";
import type { Found } from "../directory.ts";
import { anyOf, equals, present } from "./filter.ts";
import { isBelow } from "./layout.ts";
import { emailOf, idOf } from "./people.ts";
import type { Entry } from "./replies.ts";
import { askOne, search, searchOne } from "./search.ts";
import { namingContextOf, type Session } from "./session.ts";
import { firstOf, idBytes, stateOf } from "./values.ts";

/**
 * One entry by address, login, name, id or DN, wherever it lies in the naming context and whatever the profile selects.
 * Of several the one whose address it is comes first, then people before groups.
 */
export async function lookUp(session: Session, text: string, now: number): Promise<Found | undefined> {
  const wanted = text.trim();
  if (wanted === "") return undefined;
  const entries = (await byName(session, wanted)) ?? (await byValue(session, wanted));
  const all = entries.map((entry) => describe(session, entry, now));
  const found =
    all.find((each) => each.email?.toLowerCase() === wanted.toLowerCase()) ??
    all.find((each) => each.kind === "person") ??
    all[0];
  if (found === undefined) return undefined;
  const outside = await outsideOf(session, found);
  return outside === undefined ? found : { ...found, outside };
}

/** Which part of the selection does not take an entry: the base, what a person or a group is, or the profile's filter. */
async function outsideOf(session: Session, { kind, where }: Found): Promise<Because | undefined> {
  const { layout } = session;
  const isPerson = kind === "person";
  const base = isPerson ? layout.userBase : layout.groupBase;
  const rule = isPerson ? "userFilter" : "groupFilter";
  if (!isBelow(canonicalDn(where) ?? where, canonicalDn(base) ?? base)) {
    const own = isPerson ? "directory.userBase" : "directory.groupBase";
    return { code: "outside.base", params: { base, setting: base === layout.base ? "directory.baseDn" : own } };
  }
  const fits = async (filter: Filter): Promise<boolean> =>
    (await searchOne(session, { base: where, filter, attributes: [], what: "entry" })) !== undefined;
  if (!(await fits(isPerson ? layout.userClass : layout.groupClass)))
    return {
      code: "outside.class",
      params: { kind, setting: isPerson ? "directory.userObjectClass" : "directory.groupObjectClass" },
    };
  return (await fits(layout[rule])) ? undefined : { code: "outside.filter", params: { rule } };
}

async function byName(session: Session, text: string): Promise<readonly Entry[] | undefined> {
  if (!text.includes("=") || canonicalDn(text) === undefined) return undefined;
  const filter = present("objectClass");
  const reply = await askOne(session, { base: text, filter, attributes: attributesOf(session), what: "entry" });
  return reply.code === 0 ? reply.entries : [];
}

async function byValue(session: Session, text: string): Promise<Entry[]> {
  const { layout } = session;
  const isActiveDirectory = layout.server.idAttribute === "objectGUID";
  const names = [
    ...layout.emailAttributes,
    ...layout.nameAttributes,
    ...layout.groupNameAttributes,
    layout.loginAttribute.toLowerCase(),
    ...(isActiveDirectory ? ["userprincipalname"] : []),
  ];
  const filters: Filter[] = [...new Set(names)].map((name) => equals(name, text));
  // Every address of a mailbox, the main one as SMTP:, compared without regard to case.
  if (isActiveDirectory) filters.push(equals("proxyaddresses", `smtp:${text}`));
  const id = layout.idAttribute === "dn" ? undefined : idBytes(layout.idAttribute, text);
  if (id !== undefined) filters.push(equals(layout.idAttribute, id));
  const question = {
    scope: "sub",
    filter: anyOf(...filters),
    attributes: attributesOf(session),
    what: "entry",
  } as const;
  const found: Entry[] = [];
  for await (const page of search(session, { ...question, base: namingContextOf(session) }, (entry) => entry))
    found.push(...page);
  return found;
}

const attributesOf = ({ layout }: Session): string[] => [
  ...new Set([
    ...layout.userAttributes,
    ...layout.groupAttributes.filter((name) => !layout.memberAttributes.includes(name)),
    "objectclass",
  ]),
];

function describe(session: Session, entry: Entry, now: number): Found {
  const { layout } = session;
  const classes = (entry.values.get("objectclass") ?? []).map((name) => name.toLowerCase());
  const kind = classes.some((name) => groupClasses.has(name)) ? "group" : "person";
  const name = firstOf(entry.values, kind === "group" ? layout.groupNameAttributes : layout.nameAttributes);
  const email = emailOf(entry, layout);
  return {
    kind,
    // An entry that shows no id can still be explained.
    id: idOf(entry, layout) ?? entry.dn,
    where: entry.dn,
    ...(name === undefined ? {} : { name }),
    ...(email === undefined ? {} : { email }),
    state: kind === "group" ? "enabled" : stateOf(entry.values, layout.disabled, now).state,
  };
}

const groupClasses: ReadonlySet<string> = new Set([
  "group",
  "groupofnames",
  "groupofuniquenames",
  "groupofmembers",
  "posixgroup",
]);
