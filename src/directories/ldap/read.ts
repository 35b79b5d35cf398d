import type { Diagnostic } from "../../core/diagnostic.ts";
import type { Ref, SourceGroup } from "../../core/entry.ts";
import type { DirectoryDependencies, Page } from "../directory.ts";
import { completeGroup, createGroupReader, type Members, type ReadGroup } from "./groups.ts";
import { memberUid } from "./layout.ts";
import { readOutside } from "./outside.ts";
import { createPersonReader } from "./people.ts";
import { noteReferences } from "./references.ts";
import { search } from "./search.ts";
import type { Session } from "./session.ts";

/**
 * Everything the profile selects: people in one pass, groups in one pass, then the groups that are needed to expand
 * those but lie outside the selection, marked as not selected. Any failure ends it; the End page comes last.
 */
export async function* readDirectory(session: Session, dependencies: DirectoryDependencies): AsyncGenerator<Page> {
  const { layout } = session;
  const { progress, signal } = dependencies;
  const members: Members = { byDn: new Map(), byLogin: new Map() };
  const notes: Diagnostic[] = [];
  const present = new Set<string>();

  const readPerson = createPersonReader(layout, session.parties, dependencies.now.now(), (note) => notes.push(note));
  const byLogin = layout.memberAttributes.includes(memberUid);
  let people = 0;
  const what = { base: layout.userBase, scope: "sub", filter: layout.userFilter, what: "people" } as const;
  for await (const users of search(session, { ...what, attributes: layout.userAttributes }, (entry) => {
    const user = readPerson(entry);
    const ref = { ref: user.ref ?? "" };
    present.add(ref.ref);
    members.byDn.set(entry.dn, ref);
    if (byLogin) for (const login of entry.values.get("uid") ?? []) members.byLogin.set(login.toLowerCase(), ref);
    people += 1;
    if (people % 1000 === 0) progress({ stage: "reading-people", done: people });
    return user;
  })) {
    signal.throwIfAborted();
    progress({ stage: "reading-people", done: people });
    yield { users };
  }

  const unknown = new Set<string>();
  let count = 0;
  const complete = async (read: readonly ReadGroup[]): Promise<SourceGroup[]> => {
    const groups: SourceGroup[] = [];
    for (const each of read) {
      present.add(each.group.ref ?? "");
      const group = each.rest.length === 0 ? each.group : await completeGroup(session, each, members);
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
    yield { groups: await complete(read) };

  for await (const read of readOutside(session, members, present, unknown)) yield { groups: await complete(read) };

  notes.push(...noteReferences(session));
  if (notes.length > 0) yield { notes };
  yield { end: "full" };
}

/** Remembers a member that nobody read so far has; groups may still turn out to be it. */
function collectUnknown(member: Ref, present: ReadonlySet<string>, unknown: Set<string>): void {
  if ("ref" in member && !present.has(member.ref)) unknown.add(member.ref);
}
