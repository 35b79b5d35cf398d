import type { SourceUser } from "../../core/entry.ts";
import { inParallel } from "../../http/in-parallel.ts";
import type { Page } from "../directory.ts";
import { ahead, readGroups, readMembers, readOne, toGroup, type WithMembers } from "./lists.ts";
import { createOutside, kindOf, type Outside } from "./outside.ts";
import type { Session } from "./session.ts";
import { Group, toUser, User } from "./shapes.ts";

/**
 * The groups that the group filter asks for, the groups within them, and each person in any of those, asked for one by
 * one: a few groups of a large organization without reading everybody.
 */
export async function* readMembersOnly(session: Session): AsyncGenerator<Page> {
  const outside = createOutside();
  const chosen = await readGroups(session);
  const selected = new Set(chosen.map(({ id }) => id));
  const found = await readNested(session, chosen, outside);
  const people = await readPeople(session, found, outside);
  yield { users: people };
  const known = new Set([...people, ...found.map(({ group }) => group)].map(({ id }) => id));
  yield {
    groups: found.map(({ group, members }) => {
      const refs = members.flatMap(({ id }) => (typeof id === "string" && known.has(id) ? [{ id }] : []));
      return toGroup(group, refs, selected.has(group.id));
    }),
  };
  yield* outside.notes();
  yield { end: "full" };
}

/** Level by level; each group once, cycles too. */
const readNested = async (session: Session, chosen: readonly Group[], outside: Outside): Promise<WithMembers[]> => {
  const found = new Map<string, WithMembers>();
  for (let level = chosen; level.length > 0;) {
    const inner = new Set<string>();
    for await (const one of inParallel(level, ahead, (group) => readMembers(session, group))) {
      found.set(one.group.id, one);
      session.progress({ stage: "reading-groups", done: found.size });
      for (const member of one.members) {
        const kind = kindOf(member);
        if (kind === "GROUP" && typeof member.id === "string") inner.add(member.id);
        else if (kind !== "USER" || typeof member.id !== "string") outside.count(member);
      }
    }
    const next: Group[] = [];
    const unread = [...inner].filter((id) => !found.has(id));
    for await (const group of inParallel(unread, ahead, (id) => readOne(session, "groups", id, Group))) {
      if (group === undefined) outside.count({ id: null, email: null, type: "GROUP" });
      else next.push(group);
    }
    level = next;
  }
  return [...found.values()];
};

const readPeople = async (session: Session, found: readonly WithMembers[], outside: Outside): Promise<SourceUser[]> => {
  const wanted = new Set(
    found.flatMap(({ members }) =>
      members.flatMap((member) => (kindOf(member) === "USER" && typeof member.id === "string" ? [member.id] : [])),
    ),
  );
  const people: SourceUser[] = [];
  for await (const user of inParallel(wanted, ahead, (id) => readOne(session, "users", id, User))) {
    if (user === undefined) outside.count({ id: null, email: null, type: "USER" });
    else people.push(toUser(user));
    session.progress({ stage: "reading-people", done: people.length, total: wanted.size });
  }
  return people;
};
