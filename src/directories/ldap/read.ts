import type { Diagnostic } from "../../core/diagnostic.ts";
import type { Ref, SourceGroup } from "../../core/entry.ts";
import type { DirectoryDependencies, Page, Since } from "../directory.ts";
import { writeCursor } from "./changes/cursor.ts";
import { createIds } from "./changes/listing.ts";
import { openFeed } from "./changes/feed.ts";
import { readChanges } from "./changes/read-changes.ts";
import { completeGroup, createGroupReader, type Members, type ReadGroup } from "./groups.ts";
import { memberUid } from "./layout.ts";
import { createMemberOf } from "./member-of.ts";
import { noteElsewhere } from "./elsewhere.ts";
import type { Entry } from "./replies.ts";
import { readOutside } from "./outside.ts";
import { createPersonReader, primaryGroupOf } from "./people.ts";
import { notePassedOver } from "./reach.ts";
import { noteReferences } from "./references.ts";
import { search } from "./search.ts";
import type { Session } from "./session.ts";

/** What changed since a complete read where the server can tell for sure, else everything. */
export async function* readDirectory(
  session: Session,
  dependencies: DirectoryDependencies,
  since: Since | undefined,
): AsyncGenerator<Page> {
  const { feed, scope } = await openFeed(session, dependencies.filters);
  const changes =
    feed === undefined || since === undefined
      ? undefined
      : await readChanges(session, dependencies, since, { feed, scope });
  if (changes !== undefined) {
    yield* changes;
    return;
  }
  // Before the first entry: what changes while they are read is told again the next time.
  const cookie = await feed?.begin();
  const notes: Diagnostic[] = [];
  const ids = createIds(session, feed);
  for await (const page of readEverything(session, dependencies, notes)) {
    ids.add(page);
    yield page;
  }
  if (notes.length > 0) yield { notes };
  const cursor =
    cookie === undefined || !ids.isCovered()
      ? undefined
      : writeCursor(session, { cookie, notes, again: [], ids: ids.digest() });
  yield { end: "full", ...(cursor === undefined ? {} : { cursor }) };
}

/**
 * Everything the profile selects: people in one pass, groups in one pass, then the groups that are needed to expand
 * those but lie outside the selection, marked as not selected. Any failure ends it. Adds to `notes` as it goes.
 */
async function* readEverything(
  session: Session,
  dependencies: DirectoryDependencies,
  notes: Diagnostic[],
): AsyncGenerator<Page> {
  const { layout } = session;
  const { progress, signal } = dependencies;
  const members: Members = { byDn: new Map(), byLogin: new Map(), byPrimaryGroup: new Map() };
  notes.push(...notePassedOver(session.facts.passedOver));
  const present = new Set<string>();
  const memberOf = createMemberOf(layout);

  const readPerson = createPersonReader(layout, session.parties, dependencies.now.now(), (note) => notes.push(note));
  const byLogin = layout.memberAttributes.includes(memberUid);
  let people = 0;
  const what = { base: layout.userBase, scope: "sub", filter: layout.userFilter, what: "people" } as const;
  for await (const users of search(session, { ...what, attributes: layout.userAttributes }, (entry) => {
    const user = readPerson(entry);
    const ref = { ref: user.ref ?? "" };
    present.add(ref.ref);
    members.byDn.set(entry.dn, ref);
    if (byLogin)
      for (const login of entry.values.get(layout.loginAttribute) ?? []) members.byLogin.set(login.toLowerCase(), ref);
    const primary = layout.primaryGroup ? primaryGroupOf(entry) : undefined;
    if (primary !== undefined) append(members.byPrimaryGroup, primary, ref);
    memberOf.add(entry, ref);
    people += 1;
    if (people % 1000 === 0) progress({ stage: "reading-people", done: people });
    return user;
  })) {
    signal.throwIfAborted();
    progress({ stage: "reading-people", done: people });
    yield { users };
  }

  let count = 0;
  if (layout.membersFrom === "memberOf") {
    for (const groups of memberOf.pages()) {
      count += groups.length;
      progress({ stage: "reading-groups", done: count });
      yield { groups };
    }
    notes.push(...noteReferences(session));
    return;
  }

  const unknown = new Set<string>();
  const complete = async (read: readonly ReadGroup[], again: (entry: Entry) => ReadGroup): Promise<SourceGroup[]> => {
    const groups: SourceGroup[] = [];
    for (const each of read) {
      present.add(each.group.ref ?? "");
      const group = each.rest.length === 0 ? each.group : await completeGroup(session, each, members, again);
      for (const member of group.members) collectUnknown(member, present, unknown);
      groups.push(group);
      count += 1;
    }
    signal.throwIfAborted();
    progress({ stage: "reading-groups", done: count });
    return groups;
  };
  const asked = { base: layout.groupBase, scope: "sub", filter: layout.groupFilter, what: "groups" } as const;
  const readGroup = createGroupReader(session, members, true);
  for await (const read of search(session, { ...asked, attributes: layout.groupAttributes }, readGroup))
    yield { groups: await complete(read, readGroup) };

  const tried = new Set<string>();
  const readOther = createGroupReader(session, members, false);
  for await (const read of readOutside(session, readOther, present, unknown, tried))
    yield { groups: await complete(read, readOther) };

  notes.push(...noteElsewhere(layout, present, tried), ...noteReferences(session));
}

function append<Key, Value>(lists: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

/** Remembers a member that nobody read so far has; groups may still turn out to be it. */
function collectUnknown(member: Ref, present: ReadonlySet<string>, unknown: Set<string>): void {
  if ("ref" in member && !present.has(member.ref)) unknown.add(member.ref);
}
