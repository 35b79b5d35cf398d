import { canonicalDn, canonicalUniqueMember } from "../../core/dn.ts";
import type { Ref, SourceGroup } from "../../core/entry.ts";
import { Fault } from "../../core/fault.ts";
import { searchFault } from "./errors.ts";
import { present } from "./filter.ts";
import { changeStamp, memberUid, objectSid, type Layout } from "./layout.ts";
import { identify } from "./people.ts";
import type { Entry } from "./replies.ts";
import { askOne, type Searcher } from "./search.ts";
import { firstOf, spellSid, type Values } from "./values.ts";

/** Who was read so far, so that a member is found by the bytes the server writes, without taking its DN apart. */
export interface Members {
  /** By DN as the server spells it. */
  readonly byDn: Map<string, Ref>;
  /** By login name in lower case (RFC 2307). */
  readonly byLogin: Map<string, Ref>;
  /** By the SID of their primary group. */
  readonly byPrimaryGroup: Map<string, Ref[]>;
}

/** A group, perhaps with members still to be asked for. */
export interface ReadGroup {
  readonly group: SourceGroup & { readonly members: Ref[] };
  readonly dn: string;
  readonly rest: readonly Range[];
  /** Changes with every change of the group, where the server has such an attribute. */
  readonly stamp: string;
}

/** Active Directory gives long lists in parts: `member;range=0-1499` (MS-ADTS §3.1.1.3.1.3.3). */
export interface Range {
  readonly attribute: string;
  readonly from: number;
}

/** How an entry becomes a group. */
export function createGroupReader(
  { layout, parties }: Searcher & { readonly layout: Layout },
  members: Members,
  selected: boolean,
): (entry: Entry) => ReadGroup {
  return (entry) => {
    const { id, ref } = identify(entry, layout, parties);
    const found: Ref[] = [];
    const rest = layout.memberAttributes.flatMap((attribute) => collect(entry.values, attribute, members, found));
    if (layout.primaryGroup) {
      const sid = spellSid(entry.values.get(objectSid)?.[0] ?? "") ?? "";
      for (const member of members.byPrimaryGroup.get(sid) ?? []) found.push(member);
    }
    const name = firstOf(entry.values, layout.groupNameAttributes)?.trim() ?? "";
    return {
      group: { id, ref, externalId: id, name, selected, members: found },
      dn: entry.dn,
      rest,
      stamp: stampOf(entry.values),
    };
  };
}

/**
 * Asks for the members that did not come along, until the server says that these were the last. A group that somebody
 * changes meanwhile is read from its first member again, since one that moves from a later part into an earlier one would
 * be lost: Fault `directory.truncated` (reason `changing`) when that does not come to an end.
 */
export async function completeGroup(
  session: Searcher & { readonly layout: Layout },
  first: ReadGroup,
  members: Members,
  read: (entry: Entry) => ReadGroup,
): Promise<SourceGroup> {
  const { dn } = first;
  let latest = first;
  let beyond: Fault | undefined;
  for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
    const outcome = await readRanges(session, latest, members);
    if (outcome === "whole") return latest.group;
    beyond = outcome === "changed" ? undefined : outcome;
    const attributes = session.layout.groupAttributes;
    const reply = await askOne(session, { base: dn, filter: present("objectClass"), attributes, what: "members" });
    const [entry] = reply.entries;
    if (entry === undefined) throw searchFault(reply, session.parties, { base: dn, what: "members", count: 0 });
    latest = read(entry);
  }
  if (beyond !== undefined) throw beyond;
  const { host } = session.parties;
  const count = latest.group.members.length;
  throw new Fault("directory.truncated", { host, what: "members", count, reason: "changing", detail: dn });
}

const mostAttempts = 5;

/**
 * Reads the ranges to their end, unless the group was changed meanwhile. A list that became shorter than where the next
 * range begins is an operationsError (MS-ADTS §3.1.1.3.4.1.22), which is handed back, since it may mean something else.
 */
async function readRanges(
  searcher: Searcher,
  { group, dn, rest, stamp }: ReadGroup,
  members: Members,
): Promise<"whole" | "changed" | Fault> {
  const { host } = searcher.parties;
  const queue = [...rest];
  for (let range = queue.shift(); range !== undefined; range = queue.shift()) {
    const { attribute, from } = range;
    const reply = await askOne(searcher, {
      base: dn,
      filter: present("objectClass"),
      attributes: [`${attribute};range=${from}-*`, changeStamp],
      what: "members",
    });
    const [entry] = reply.entries;
    const count = group.members.length;
    const refusal = () => searchFault(reply, searcher.parties, { base: dn, what: "members", count });
    if (reply.code === operationsError) return refusal();
    if (reply.code !== 0) throw refusal();
    if (entry !== undefined && stampOf(entry.values) !== stamp) return "changed";
    const [next] = entry === undefined ? [] : collect(entry.values, attribute, members, group.members);
    const stuck = entry === undefined || group.members.length === count || (next !== undefined && next.from <= from);
    if (stuck && !isLast(entry?.values, attribute))
      throw new Fault("directory.truncated", { host, what: "members", count, reason: "range", detail: dn });
    if (next !== undefined) queue.push(next);
  }
  return "whole";
}

const operationsError = 1;

const stampOf = (values: Values | undefined): string => values?.get(changeStamp)?.[0] ?? "";

const rangeOption = /^;range=(?<from>\d+)-(?<to>\d+|\*)$/u;

/** Adds an attribute's values to `found`; gives where the rest begins, if there is one. */
function collect(values: Values, attribute: string, members: Members, found: Ref[]): Range[] {
  const refer = referenceOf(attribute, members);
  let rest: Range[] = [];
  for (const value of values.get(attribute) ?? []) add(found, refer(value));
  for (const [name, list] of values) {
    if (name.length === attribute.length || !name.startsWith(`${attribute};`)) continue;
    const to = rangeOption.exec(name.slice(attribute.length))?.groups?.["to"];
    if (to === undefined) continue;
    for (const value of list) add(found, refer(value));
    if (to !== "*") rest = [{ attribute, from: Number(to) + 1 }];
  }
  return rest;
}

const add = (found: Ref[], ref: Ref | undefined): void => void (ref !== undefined && found.push(ref));

const isLast = (values: Values | undefined, attribute: string): boolean =>
  [...(values?.keys() ?? [])].some((name) => name.startsWith(`${attribute};range=`) && name.endsWith("-*"));

/** What a member value refers to; undefined for a placeholder that means nobody. */
function referenceOf(attribute: string, { byDn, byLogin }: Members): (value: string) => Ref | undefined {
  if (attribute === memberUid) {
    return (value) => {
      const login = value.trim().toLowerCase();
      return login === "" ? undefined : (byLogin.get(login) ?? { ref: `uid=${login}` });
    };
  }
  const canonical = attribute === "uniquemember" ? canonicalUniqueMember : canonicalDn;
  return (value) => {
    const known = byDn.get(value);
    if (known !== undefined) return known;
    if (value.trim() === "") return undefined;
    const ref = { ref: canonical(value) ?? value };
    byDn.set(value, ref);
    return ref;
  };
}
