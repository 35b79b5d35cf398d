import { isDeepStrictEqual } from "node:util";
import { applyChanges } from "../../../core/changes.ts";
import { canonicalDn } from "../../../core/dn.ts";
import type { Diagnostic } from "../../../core/diagnostic.ts";
import type { Ref, SourceGroup, SourceUser } from "../../../core/entry.ts";
import type { DirectoryDependencies, Page, Since, StoredRead } from "../../directory.ts";
import { noteElsewhere } from "../elsewhere.ts";
import { allOf, anyOf, equals } from "../filter.ts";
import { completeGroup, createGroupReader, type Members } from "../groups.ts";
import { readOutside } from "../outside.ts";
import { createPersonReader, idOf } from "../people.ts";
import { notePassedOver } from "../reach.ts";
import type { Entry } from "../replies.ts";
import { search } from "../search.ts";
import { namingContextOf, type Session } from "../session.ts";
import { findByIds, idsAtOnce } from "./by-id.ts";
import { compareIds, digestIds, isCoveredBy, listIds, type Listing } from "./listing.ts";
import { readCursor, writeCursor, type Position } from "./cursor.ts";
import type { Feed, Happened } from "./feed.ts";
import type { FeedScope } from "./scope.ts";

/**
 * What changed since a complete read, as pages; undefined where only a full read can tell. The entries that were touched
 * are looked up by id with the same questions as a full read asks, so they come or go for exactly the same reasons.
 */
export async function readChanges(
  session: Session,
  dependencies: DirectoryDependencies,
  since: Since,
  { feed, scope }: { readonly feed: Feed; readonly scope: FeedScope },
): Promise<Page[] | undefined> {
  const kept = readCursor(session, since.cursor);
  const happened = kept === undefined ? undefined : await feed.since(kept.cookie);
  if (kept === undefined || happened === undefined) return undefined;
  const position = {
    ...kept,
    notes: [...kept.notes.filter(({ code }) => code !== passedOver), ...notePassedOver(session.facts.passedOver)],
  };
  const listing = feed.tellsGone ? undefined : await listIds(session);
  const ids = listing === undefined ? "" : digestIds(listing);
  const isNothing = happened.isNothing && position.again.length === 0 && ids === position.ids;
  if (!isNothing && scope.how !== "followed") return undefined;
  const looked = isNothing
    ? { pages: [], notes: position.notes, again: [], hasOthers: false }
    : await lookUpChanges(session, dependencies, { happened, listing, stored: await since.stored(), position });
  if (looked === undefined) return undefined;
  const { pages, notes, again, hasOthers } = looked;
  const cursor = writeCursor(session, {
    cookie: happened.cookie,
    notes,
    again: feed.lags ? again : [],
    ids: hasOthers ? "" : ids,
  });
  return [
    ...pages,
    ...(notes.length === 0 ? [] : [{ notes }]),
    { end: "changes", ...(cursor === undefined ? {} : { cursor }) },
  ];
}

/** Which servers were tried in vain is a note of this connection. */
const passedOver = "ldap.passed_over";

/** Notes about members that are nobody's, counted anew with every read. */
const aboutMembers: ReadonlySet<string> = new Set(["ldap.foreign_principals", "ldap.members_outside"]);

function noteMembers({ layout }: Session, { users, groups }: StoredRead): Diagnostic[] {
  const present = new Set([...users, ...groups].map(({ ref }) => ref ?? ""));
  const lookedFor = new Set<string>();
  for (const { members } of groups)
    for (const member of members)
      if ("ref" in member && !present.has(member.ref) && canonicalDn(member.ref) === member.ref)
        lookedFor.add(member.ref);
  return noteElsewhere(layout, present, lookedFor);
}

/** More entries to be looked up than this cost as much as a full read. */
const mostChanged = 2000;
/** More groups than this to be read for their members cost as much as a full read. */
const mostGroups = 1000;

interface Looking {
  readonly happened: Happened;
  readonly listing: Listing | undefined;
  readonly stored: StoredRead;
  readonly position: Position;
}

interface Looked {
  readonly pages: Page[];
  readonly notes: readonly Diagnostic[];
  readonly again: readonly string[];
  /** There are groups that are read only because selected ones contain them. */
  readonly hasOthers: boolean;
}

async function lookUpChanges(
  session: Session,
  { now, progress }: DirectoryDependencies,
  { happened, listing, stored, position }: Looking,
): Promise<Looked | undefined> {
  const { layout, parties } = session;
  const unlisted = listing === undefined ? [] : compareIds(stored, listing);
  const changed = [...new Set([...happened.changed, ...unlisted])];
  if (changed.length > mostChanged) return undefined;
  const fresh: Diagnostic[] = [];
  const names = new Map<string, string>();
  const readPerson = createPersonReader(layout, parties, now.now(), (note) => fresh.push(note));
  const named = (entry: Entry): SourceUser => {
    const user = readPerson(entry);
    names.set(user.id, entry.dn);
    return user;
  };
  const members: Members = { byDn: new Map(), byLogin: new Map(), byPrimaryGroup: new Map() };
  const people = { base: layout.userBase, filter: layout.userFilter, attributes: layout.userAttributes } as const;
  const users = await findByIds(session, { ...people, scope: "sub", what: "people" }, changed, named);
  progress({ stage: "reading-people", done: users.length });
  const touchedGroups = await lookUpGroups(session, { members, names }, changed);

  const known = new Set([...stored.users, ...stored.groups].map(({ id }) => id));
  const found = [...users, ...touchedGroups.selected, ...touchedGroups.others];
  const left = without(changed, found).filter((id) => known.has(id));
  const moved = findMoved(stored, found, new Set([...happened.gone(stored), ...left]));
  const holders = await findHolders(session, stored, moved, names);
  const rest = [...new Set([...holders, ...position.again])].filter((id) => !changed.includes(id));
  if (rest.length > mostGroups) return undefined;
  const heldGroups = await lookUpGroups(session, { members, names }, rest);
  const groups = [...touchedGroups.selected, ...heldGroups.selected];
  const others = [...touchedGroups.others, ...heldGroups.others];
  progress({ stage: "reading-groups", done: groups.length });

  const read = new Set([...users, ...groups].map(({ id }) => id));
  const gone = new Set([
    ...happened.gone(stored),
    ...[...changed, ...rest].filter((id) => known.has(id) && !read.has(id)),
  ]);
  const outside = await expandGroups(session, members, { stored, gone, users, groups, others });
  for (const { id } of outside.added) gone.delete(id);
  for (const id of outside.dropped) gone.add(id);

  const changes = {
    users: different(users, stored.users),
    groups: different([...groups, ...outside.added], stored.groups),
    gone: [...gone].filter((id) => known.has(id)),
    members: [],
  };
  const after = applyChanges(stored, changes);
  if (!isCoveredBy(session, after.groups)) return undefined;
  const pages: Page[] = [{ users: changes.users }, { groups: changes.groups }, { gone: changes.gone }];
  const touched = new Set([...changed, ...gone]);
  const kept = position.notes.filter(({ code, subject }) =>
    subject === undefined ? !aboutMembers.has(code) : !touched.has(subject.id),
  );
  const notes = [...kept, ...fresh, ...noteMembers(session, after)];
  return { pages, notes, again: holders, hasOthers: after.groups.some(({ selected }) => !selected) };
}

/** Entries that have another name than before, or appeared or went under one: the names on both sides, in canonical spelling. */
interface Moved {
  readonly refs: ReadonlySet<string>;
  /** Ids of those that are there now. */
  readonly ids: readonly string[];
}

function findMoved(
  stored: StoredRead,
  found: readonly { readonly id: string; readonly ref?: string }[],
  gone: ReadonlySet<string>,
): Moved {
  const before = new Map([...stored.users, ...stored.groups].map(({ id, ref }) => [id, ref]));
  const refs = new Set<string>();
  const ids: string[] = [];
  const note = (ref: string | undefined): void => void (ref !== undefined && refs.add(ref));
  for (const { id, ref } of found) {
    const old = before.get(id);
    if (old === ref) continue;
    note(old);
    note(ref);
    ids.push(id);
  }
  for (const id of gone) note(before.get(id));
  return { refs, ids };
}

/**
 * Stored groups whose members change with the names of entries, without a word about it from the server: references follow
 * (Active Directory; OpenLDAP's overlay refint, a moment later) or do not.
 */
async function findHolders(
  session: Session,
  stored: StoredRead,
  { refs, ids }: Moved,
  names: ReadonlyMap<string, string>,
): Promise<string[]> {
  if (refs.size === 0) return [];
  const { layout } = session;
  const holders = new Set(
    stored.groups
      .filter(({ members }) => members.some((member) => "ref" in member && refs.has(member.ref)))
      .map(({ id }) => id),
  );
  const known = new Set(stored.groups.map(({ id }) => id));
  for (let at = 0; at < ids.length; at += idsAtOnce) {
    const few = ids.slice(at, at + idsAtOnce).flatMap((id) => names.get(id) ?? []);
    const holds = layout.memberAttributes.flatMap((attribute) => few.map((dn) => equals(attribute, dn)));
    const filter = allOf(layout.groupClass, anyOf(...holds));
    const question = {
      base: namingContextOf(session),
      scope: "sub",
      filter,
      attributes: [layout.idAttribute],
      what: "groups",
    } as const;
    for await (const page of search(session, question, (entry) => idOf(entry, layout)))
      for (const id of page) if (id !== undefined && known.has(id)) holders.add(id);
  }
  return [...holders];
}

interface FoundGroups {
  readonly selected: readonly SourceGroup[];
  /** Not selected by the profile; needed perhaps, where selected ones contain them. */
  readonly others: readonly SourceGroup[];
}

interface Seen {
  readonly members: Members;
  /** Id → the name as the server writes it. */
  readonly names: Map<string, string>;
}

async function lookUpGroups(session: Session, seen: Seen, ids: readonly string[]): Promise<FoundGroups> {
  if (ids.length === 0) return { selected: [], others: [] };
  const selected = await lookUpGroupsOf(session, seen, ids, true);
  const rest = without(ids, selected);
  return { selected, others: rest.length === 0 ? [] : await lookUpGroupsOf(session, seen, rest, false) };
}

const lookUpGroupsOf = async (
  session: Session,
  { members, names }: Seen,
  ids: readonly string[],
  selected: boolean,
): Promise<SourceGroup[]> => {
  const { layout } = session;
  const question = selected
    ? { base: layout.groupBase, filter: layout.groupFilter }
    : { base: namingContextOf(session), filter: layout.groupClass };
  const asked = { ...question, attributes: layout.groupAttributes, scope: "sub", what: "groups" } as const;
  const readGroup = createGroupReader(session, members, selected);
  const read = await findByIds(session, asked, ids, readGroup);
  const groups: SourceGroup[] = [];
  for (const each of read) {
    names.set(each.group.id, each.dn);
    groups.push(each.rest.length === 0 ? each.group : await completeGroup(session, each, members, readGroup));
  }
  return groups;
};

/** Looking an entry up may show that it is as it was; the order of members is not what it is. */
const different = <Entry extends SourceUser | SourceGroup>(
  fresh: readonly Entry[],
  stored: readonly Entry[],
): Entry[] => {
  const ids = new Set(fresh.map(({ id }) => id));
  const before = new Map(stored.flatMap((entry) => (ids.has(entry.id) ? [[entry.id, inOrder(entry)] as const] : [])));
  return fresh.filter((entry) => !isDeepStrictEqual(inOrder(entry), before.get(entry.id)));
};

const inOrder = (entry: SourceUser | SourceGroup): unknown =>
  "members" in entry ? { ...entry, members: entry.members.map(keyOf).sort() } : entry;

const without = (ids: readonly string[], entries: readonly { readonly id: string }[]): string[] => {
  const there = new Set(entries.map(({ id }) => id));
  return ids.filter((id) => !there.has(id));
};

interface Expanding {
  readonly stored: StoredRead;
  readonly gone: ReadonlySet<string>;
  readonly users: readonly SourceUser[];
  readonly groups: readonly SourceGroup[];
  /** Changed groups that the profile does not select. */
  readonly others: readonly SourceGroup[];
}

/** Which groups are read only because selected ones contain them, as a full read finds them; `dropped` are no longer needed. */
async function expandGroups(
  session: Session,
  members: Members,
  { stored, gone, users, groups, others }: Expanding,
): Promise<{ readonly added: SourceGroup[]; readonly dropped: string[] }> {
  const replaced = new Set([...groups, ...others].map(({ id }) => id));
  const kept = stored.groups.filter(({ id }) => !replaced.has(id) && !gone.has(id));
  const selected = [...kept.filter((group) => group.selected), ...groups];
  const pool = new Map(
    [...kept.filter((group) => !group.selected), ...others].map((group) => [group.ref ?? "", group]),
  );
  const before = new Map(stored.groups.map((group) => [group.id, group]));
  const isFresh = [...groups, ...others].some((group) => namesNew(group, before.get(group.id)));
  if (pool.size === 0 && !isFresh) return { added: [], dropped: [] };

  const present = new Set<string>();
  for (const { id, ref } of stored.users) if (ref !== undefined && !gone.has(id)) present.add(ref);
  for (const { ref } of [...users, ...selected]) if (ref !== undefined) present.add(ref);
  const needed = new Map<string, SourceGroup>();
  const unknown = new Set<string>();
  const queue = [...selected];
  const visit = (): void => {
    for (let group = queue.pop(); group !== undefined; group = queue.pop())
      for (const member of group.members) {
        if (!("ref" in member) || present.has(member.ref)) continue;
        const inside = pool.get(member.ref);
        if (inside === undefined) {
          unknown.add(member.ref);
          continue;
        }
        present.add(member.ref);
        needed.set(inside.id, inside);
        queue.push(inside);
      }
  };
  visit();
  // What nobody was before is nobody now, unless it changed, and then it is in the pool.
  const tried = new Set(
    stored.groups.flatMap((group) => group.members.map((member) => ("ref" in member ? member.ref : ""))),
  );
  const ask = new Set([...unknown].filter((ref) => !tried.has(ref)));
  const readOther = createGroupReader(session, members, false);
  for await (const read of readOutside(session, readOther, present, ask, new Set()))
    for (const each of read) {
      const group = each.rest.length === 0 ? each.group : await completeGroup(session, each, members, readOther);
      present.add(group.ref ?? "");
      needed.set(group.id, group);
      for (const member of group.members) if ("ref" in member && !present.has(member.ref)) ask.add(member.ref);
    }
  return {
    added: [...needed.values()].filter((group) => group !== before.get(group.id) || gone.has(group.id)),
    dropped: kept.filter((group) => !group.selected && !needed.has(group.id)).map(({ id }) => id),
  };
}

const namesNew = (group: SourceGroup, before: SourceGroup | undefined): boolean => {
  if (group.members.length === 0) return false;
  const known = new Set(before?.members.map(keyOf));
  return group.members.some((member) => !known.has(keyOf(member)));
};

const keyOf = (member: Ref): string => ("ref" in member ? member.ref : member.id);
