import { canonicalDn } from "../../core/dn.ts";
import { searchFault } from "./errors.ts";
import type { ReadGroup } from "./groups.ts";
import { isBelow } from "./layout.ts";
import type { Entry } from "./replies.ts";
import { askOne, parentOf, search } from "./search.ts";
import type { Session } from "./session.ts";

/** With this many unknown members in one container its groups are listed instead of asking for each. */
const fewInOnePlace = 50;
/** Questions on the way at one time; each is one small entry. */
const atOnce = 32;

/**
 * Groups that selected ones contain, at any depth, but that the search did not give: outside the group filter, the group
 * base or the base. `present` holds the canonical DNs of everything read, `unknown` those of members that were not; the
 * caller adds to both what the groups given here contain. `tried` is given every member that was looked for.
 */
export async function* readOutside(
  session: Session,
  read: (entry: Entry) => ReadGroup,
  present: ReadonlySet<string>,
  unknown: Set<string>,
  tried: Set<string>,
): AsyncGenerator<ReadGroup[]> {
  const guess = createGuess(session);
  for (;;) {
    const fresh = [...unknown].filter((dn) => !present.has(dn) && !tried.has(dn) && canonicalDn(dn) === dn);
    unknown.clear();
    if (fresh.length === 0) return;
    for (const dn of fresh) tried.add(dn);
    const candidates = await guess(fresh);
    for (let at = 0; at < candidates.length; at += atOnce) {
      const found = await Promise.all(candidates.slice(at, at + atOnce).map((dn) => askForGroup(session, dn, read)));
      yield found.flatMap((group) => group ?? []);
    }
  }
}

/** Which of some DNs may be groups. Containers are listed once, by the names of their groups only. */
function createGuess(session: Session): (dns: readonly string[]) => Promise<string[]> {
  const { layout } = session;
  const base = canonicalDn(layout.base) ?? layout.base;
  const listed = new Map<string, Promise<ReadonlySet<string>>>();
  const list = (place: string, scope: "one" | "sub"): Promise<ReadonlySet<string>> => {
    const known = listed.get(place) ?? listGroups(session, place, scope);
    listed.set(place, known);
    return known;
  };
  return async (dns) => {
    const candidates: string[] = [];
    const inside = dns.filter((dn) => isBelow(dn, base));
    if (layout.leavesGroupsOut && inside.length > 0) {
      const groups = await list(layout.base, "sub");
      candidates.push(...inside.filter((dn) => groups.has(dn)));
    }
    const byPlace = Map.groupBy(
      dns.filter((dn) => !isBelow(dn, base)),
      (dn) => parentOf(dn) ?? "",
    );
    for (const [place, there] of byPlace) {
      if (there.length <= fewInOnePlace || place === "") candidates.push(...there);
      else {
        const groups = await list(place, "one");
        candidates.push(...there.filter((dn) => groups.has(dn)));
      }
    }
    return candidates;
  };
}

async function listGroups(session: Session, base: string, scope: "one" | "sub"): Promise<ReadonlySet<string>> {
  const groups = new Set<string>();
  const { groupClass: filter } = session.layout;
  const question = { base, scope, filter, attributes: [], what: "groups", mayBeMissing: scope === "one" } as const;
  for await (const page of search(session, question, (entry) => canonicalDn(entry.dn) ?? ""))
    for (const dn of page) groups.add(dn);
  return groups;
}

/** Codes that say "nothing for you here": a member that is gone, on another server, hidden, or no DN to this server. */
const notHere: ReadonlySet<number> = new Set([0, 10, 32, 34, 50]);

async function askForGroup(
  session: Session,
  dn: string,
  read: (entry: Entry) => ReadGroup,
): Promise<ReadGroup | undefined> {
  const { layout, parties, references } = session;
  const attributes = layout.groupAttributes;
  const reply = await askOne(session, { base: dn, filter: layout.groupClass, attributes, what: "groups" });
  if (!notHere.has(reply.code)) throw searchFault(reply, parties, { base: dn, what: "groups", count: 0 });
  for (const url of reply.referrals) references.add(url);
  const [entry] = reply.entries;
  return entry === undefined ? undefined : read(entry);
}
