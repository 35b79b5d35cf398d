import type { SourceGroup } from "../../core/entry.ts";
import { inParallel } from "../../http/in-parallel.ts";
import type { Page } from "../directory.ts";
import { readList } from "./list.ts";
import { questions, type Session } from "./open.ts";
import { type Group, Groups, Role, RoleUser, toGroup, toUser, User, userFields } from "./shapes.ts";

/** The most that the vendor's pages name for a list of people, and that all of them name for one of roles. */
const pageSize = { people: "50", roles: "100" } as const;
/** Roles whose people are asked for before the first of them is taken. */
const ahead = 8;

/** Everybody, then every role or group with its members; the End page only when all of it arrived. */
export async function* readDirectory(session: Session): AsyncGenerator<Page> {
  const { progress, config } = session;
  const members = new Map<number, number[]>();
  let people = 0;
  for await (const { entries, total } of readPeople(session)) {
    people += entries.length;
    progress({ stage: "reading-people", done: people, ...(total === undefined ? {} : { total }) });
    if (config.groupsFrom === "groups") collect(members, entries);
    yield { users: entries.map((user) => toUser(user, config)) };
  }
  let groups = 0;
  for await (const { page, total } of config.groupsFrom === "roles"
    ? readRoles(session)
    : readOwnGroups(session, members)) {
    groups += page.length;
    progress({ stage: "reading-groups", done: groups, ...(total === undefined ? {} : { total }) });
    yield { groups: page };
  }
  yield { end: "full" };
}

const readPeople = (session: Session) =>
  readList(session, {
    path: "/api/2/users",
    query: { ...session.queries.users, limit: pageSize.people, fields: userFields },
    shape: User,
    question: questions.people,
  });

const collect = (members: Map<number, number[]>, users: readonly User[]): void => {
  for (const { id, group_id: group } of users) {
    if (group === null || group === undefined) continue;
    const known = members.get(group);
    if (known === undefined) members.set(group, [id]);
    else known.push(id);
  }
};

interface GroupPage {
  readonly page: readonly SourceGroup[];
  readonly total?: number | undefined;
}

/** Roles come with their people in the list; of one that does not, they are asked for. */
async function* readRoles(session: Session): AsyncGenerator<GroupPage> {
  const roles = readList(session, {
    path: "/api/2/roles",
    query: { ...session.queries.groups, limit: pageSize.roles, fields: "users" },
    shape: Role,
    question: questions.groups,
  });
  for await (const { entries, total } of roles) {
    const page: SourceGroup[] = [];
    for await (const role of inParallel(entries, ahead, (each) => withMembers(session, each))) page.push(role);
    yield { page, total };
  }
}

const withMembers = async (session: Session, role: Role): Promise<SourceGroup> => {
  if (role.users !== null && role.users !== undefined) return toGroup(role, role.users);
  const members: number[] = [];
  const people = readList(session, {
    path: `/api/2/roles/${role.id}/users`,
    query: { limit: pageSize.roles },
    shape: RoleUser,
    question: questions.members,
  });
  for await (const { entries } of people) members.push(...entries.map(({ id }) => id));
  return toGroup(role, members);
};

/** Groups are listed by the API's first version only; who is in one is told by everybody's `group_id`. */
async function* readOwnGroups(
  session: Session,
  members: ReadonlyMap<number, readonly number[]>,
): AsyncGenerator<GroupPage> {
  for await (const groups of listGroups(session))
    yield { page: groups.map((group) => toGroup(group, members.get(group.id) ?? [])) };
}

export async function* listGroups({ client }: Session): AsyncGenerator<Group[]> {
  const given = new Set<number>();
  const pages = client.pages(client.url("/api/1/groups"), Groups, questions.groups, ({ pagination }) => {
    const cursor = pagination?.after_cursor ?? "";
    return cursor === "" ? undefined : client.url("/api/1/groups", { after_cursor: cursor }).href;
  });
  for await (const { data } of pages) {
    const fresh = data.filter(({ id }) => !given.has(id));
    for (const { id } of fresh) given.add(id);
    yield fresh;
  }
}
