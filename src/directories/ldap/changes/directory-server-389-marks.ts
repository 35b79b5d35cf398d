import { createHash } from "node:crypto";
import { allOf, anyOf, parseFilter, present } from "../filter.ts";
import type { Layout } from "../layout.ts";
import type { Entry } from "../replies.ts";
import { search, type Question } from "../search.ts";
import type { Session } from "../session.ts";
import { stateOf } from "../values.ts";
import { findByIds } from "./by-id.ts";

/** What an entry is at the moment, in short. */
export interface Trace {
  /** Its nsUniqueId. */
  readonly id: string;
  /** Of its name, when it changed, and what a profile reads of it but members; undefined where it is not there. */
  readonly digest: string | undefined;
  /** `YYYYMMDDhhmmssZ`. */
  readonly changed?: string;
  readonly created?: string;
  /** Also where the server does not say. */
  readonly hasOthersBelow: boolean;
}

/** An entry's UUID, as the server spells it in nsUniqueId: four groups of eight digits. */
export const nsUniqueId = (uuid: string): string =>
  uuid.replaceAll("-", "").replace(/^(.{8})(.{8})(.{8})/u, "$1-$2-$3-");

const idAttribute = "nsuniqueid";
const ownId = (entry: Entry): string => entry.values.get(idAttribute)?.[0]?.toLowerCase() ?? "";

/** The traces of entries, each of them once, those that are not there as well. */
export async function trace(session: Session, base: string, ids: Iterable<string>): Promise<Trace[]> {
  const wanted = [...new Set(ids)];
  const { layout } = session;
  // The lock may be computed: it can change without a change of the entry.
  const unmarked = new Set([...layout.memberAttributes, accountLock]);
  const read = [...layout.userAttributes, ...layout.groupAttributes].filter((name) => !unmarked.has(name));
  // An import numbers the entries anew.
  const always = [idAttribute, "entryid", "modifytimestamp", "createtimestamp", "numsubordinates"];
  const attributes = [...new Set([...read, ...always])];
  const question = { base, scope: "sub", filter: present("objectClass"), attributes, what: "server" } as const;
  const traces = await findByIds(session, question, wanted, traceOf, idAttribute);
  const found = new Map(traces.map((each) => [each.id, each]));
  return wanted.map((id) => found.get(id) ?? { id, digest: undefined, hasOthersBelow: false });
}

function traceOf(entry: Entry): Trace {
  const { values } = entry;
  const time = (name: string): string | undefined => /^\d{14}Z$/u.exec(values.get(name)?.[0] ?? "")?.[0];
  const hash = createHash("sha256").update(entry.dn);
  for (const name of [...values.keys()].filter((each) => each !== "numsubordinates").sort())
    hash.update(JSON.stringify([name, [...(values.get(name) ?? [])].sort()]));
  const changed = time("modifytimestamp");
  const created = time("createtimestamp");
  return {
    id: ownId(entry),
    digest: hash.digest("base64url").slice(0, 22),
    ...(changed === undefined ? {} : { changed }),
    ...(created === undefined ? {} : { created }),
    hasOthersBelow: values.get("numsubordinates")?.[0] !== "0",
  };
}

/** Whether some of the entries are people and some are groups: the server's log tells of both. */
export async function hasPeopleAndGroups(session: Session, base: string, ids: ReadonlySet<string>): Promise<boolean> {
  const wanted = [...ids];
  const some = async (question: Kind): Promise<boolean> =>
    (await findByIds(session, { ...question, scope: "sub", attributes: [] }, wanted, () => true, idAttribute)).length >
    0;
  const { people, groups } = kindsOf(session, base);
  return (await some(people)) && (await some(groups));
}

interface Stock {
  /** nsUniqueIds of the people and groups that changed at that time or later, however that came about. */
  readonly recent: ReadonlySet<string>;
  /** Whom nsAccountLock locks, as `shortOf` their nsUniqueIds; nobody where the profile does not go by it. */
  readonly locked: ReadonlySet<string>;
}

/** Asks for those alone who changed at a time or later, or are locked: the server goes through all of them for it. */
export async function takeStock(session: Session, base: string, time: string): Promise<Stock> {
  const { people, groups } = kindsOf(session, base);
  const isRecent = parseFilter(`(modifyTimestamp>=${time})`, "modifyTimestamp");
  const rules = lockRules(session.layout);
  // With an index at hand the server would find only locks that are written to entries; denied twice, each entry is looked at.
  const locks = rules.map(({ attribute, value }) => parseFilter(`(!(!(${attribute}=${escaped(value)})))`, attribute));
  const locked = new Set<string>();
  const recent = new Set<string>();
  const attributes = [idAttribute, "modifyTimestamp", accountLock];
  const read = (entry: Entry): void => {
    if ((entry.values.get("modifytimestamp")?.[0] ?? time) >= time) recent.add(ownId(entry));
    if (stateOf(entry.values, rules, 0).state === "disabled") locked.add(shortOf(ownId(entry)));
  };
  const questions = [
    { ...people, filter: allOf(people.filter, anyOf(isRecent, ...locks)) },
    { ...groups, filter: allOf(groups.filter, isRecent) },
  ];
  for (const question of questions)
    for await (const page of search(session, { ...question, scope: "sub", attributes }, read)) void page;
  return { recent, locked };
}

/** RFC 4515 §3 */
const escaped = (value: string): string =>
  value.replaceAll(/[*()\\]/gu, (one) => `\\${one.charCodeAt(0).toString(16).padStart(2, "0")}`);

/** An id in eight characters, of which two are the same once in 10^14 pairs. */
export const shortOf = (id: string): string => createHash("sha256").update(id).digest("base64url").slice(0, 8);

/** Set on an entry, or computed by roles and classes of service; a search by it finds both. */
export const accountLock = "nsaccountlock";

/** How the profile goes by that lock. */
export const lockRules = ({ disabled }: Layout) =>
  disabled.flatMap((rule) => (rule.attribute.toLowerCase() === accountLock && "value" in rule ? [rule] : []));

type Kind = Pick<Question, "base" | "filter" | "what">;

const kindsOf = ({ layout }: Session, base: string): { readonly people: Kind; readonly groups: Kind } => ({
  people: { base, filter: layout.userClass, what: "people" },
  groups: { base, filter: layout.groupClass, what: "groups" },
});

/** How many entries lie below others, of those the account may see; undefined where it may not see that number. */
export async function countBelow(session: Session, base: string): Promise<number | undefined> {
  const filter = parseFilter("(numSubordinates>=1)", "numSubordinates");
  const question = { base, scope: "sub", filter, attributes: ["numSubordinates"], what: "server" } as const;
  let count = 0;
  for await (const page of search(session, question, ({ values }) => Number(values.get("numsubordinates")?.[0])))
    for (const below of page) count += below;
  return Number.isFinite(count) && count > 0 ? count : undefined;
}
