import type { z } from "zod";
import type { Ref, SourceGroup, SourceUser } from "../../core/entry.ts";
import { readBody } from "../wire/read-body.ts";
import { pages, questions, type Session } from "./session.ts";
import { fields, type Group, Groups, type Member, Members, toUser, Users } from "./shapes.ts";

/** The most the vendor gives in one page. */
const peoplePage = "500";
const groupsPage = "200";

/** Groups whose members are asked for before the first of them is taken; the pace decides how many go at a time. */
export const ahead = 32;

/** Two lists: whoever was deleted in the last twenty days is in one of their own. */
export async function* readUsers({ client, filters, scope }: Session): AsyncGenerator<SourceUser[]> {
  const common = {
    ...scope,
    ...queryOf(filters.users),
    maxResults: peoplePage,
    // Pages hold still while people come and go.
    orderBy: "email",
    projection: "basic",
    fields: fields.users,
  };
  for (const isDeleted of [false, true]) {
    const url = client.url("/admin/directory/v1/users", isDeleted ? { ...common, showDeleted: "true" } : common);
    for await (const { users } of pages(client, url, Users, questions.people))
      yield users.map((user) => toUser(user, isDeleted));
  }
}

export const readGroups = async ({ client, filters, scope }: Session): Promise<Group[]> => {
  const query = { ...scope, ...queryOf(filters.groups), maxResults: groupsPage, fields: fields.groups };
  const all: Group[] = [];
  for await (const { groups } of pages(
    client,
    client.url("/admin/directory/v1/groups", query),
    Groups,
    questions.groups,
  ))
    all.push(...groups);
  return all;
};

export interface WithMembers {
  readonly group: Group;
  readonly members: readonly Member[];
}

/** The number of members that a group tells counts people only, so a group of 0 may hold groups: each is asked for. */
export const readMembers = async ({ client }: Session, group: Group): Promise<WithMembers> => {
  const path = `/admin/directory/v1/groups/${encodeURIComponent(group.id)}/members`;
  const members: Member[] = [];
  for await (const page of pages(
    client,
    client.url(path, { maxResults: groupsPage, fields: fields.members }),
    Members,
    questions.members,
  ))
    members.push(...page.members);
  return { group, members };
};

/**
 * One entry by its key; undefined where this organization has none of that key. A key that somebody typed may be none at
 * all, which Google answers like a wrong question (400); one that Google told is never wrong.
 */
export const readOne = async <Value>(
  { client }: Session,
  list: "users" | "groups",
  key: string,
  shape: z.ZodType<Value>,
  from: "google" | "somebody" = "google",
): Promise<Value | undefined> => {
  const question = list === "users" ? questions.person : questions.group;
  const url = client.url(`/admin/directory/v1/${list}/${encodeURIComponent(key)}`, {
    fields: list === "users" ? fields.user : fields.group,
  });
  const answer = await client.ask(url, question);
  // A key of another organization is not found, or not to be asked for.
  if (answer.status === 404 || (answer.status === 400 && from === "somebody")) return undefined;
  if (answer.status === 403 && isForeign(answer.json())) return undefined;
  if (answer.status !== 200) throw client.fault(answer, question);
  return readBody(answer, shape, client.asked(question));
};

export const toGroup = (group: Group, members: readonly Ref[], selected: boolean): SourceGroup => ({
  id: group.id,
  externalId: group.id,
  name: group.name ?? group.email ?? "",
  selected,
  members,
});

const queryOf = (text: string | undefined): Record<string, string> => {
  const query = text?.trim() ?? "";
  return query === "" ? {} : { query };
};

const isForeign = (body: unknown): boolean => JSON.stringify(body).includes("domainCannotUseApis");
