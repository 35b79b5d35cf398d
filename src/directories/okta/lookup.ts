import type { z } from "zod";
import type { Found } from "../directory.ts";
import { questions, type Session } from "./open.ts";
import { Group, Groups, toUser, User, Users } from "./shapes.ts";

/** One person by id, login or address, or one group by id or name, whatever the profile selects. */
export const lookUp = async (session: Session, text: string): Promise<Found | undefined> => {
  const wanted = text.trim();
  if (wanted === "") return undefined;
  const { client } = session;
  const people = client.url("/api/v1/users", { filter: `profile.email eq ${quoted(wanted)}`, limit: "2" });
  const user =
    (await one(session, `/api/v1/users/${encodeURIComponent(wanted)}`, User)) ??
    (wanted.includes("@") ? (await client.get(people, Users, questions.people))[0] : undefined);
  if (user !== undefined) return person(user);
  const group =
    (await one(session, `/api/v1/groups/${encodeURIComponent(wanted)}`, Group)) ?? (await byName(session, wanted));
  return group === undefined
    ? undefined
    : { kind: "group", id: group.id, where: group.id, name: group.profile.name ?? "", state: "enabled" };
};

/** The entry at a path; nobody there, or nothing that can be one, is nobody. */
const one = async <Value>({ client }: Session, path: string, shape: z.ZodType<Value>): Promise<Value | undefined> => {
  if (path.includes("%2F") || path.length > 400) return undefined;
  return client.find(client.url(path), shape, questions.entry);
};

const byName = async ({ client }: Session, name: string): Promise<Group | undefined> => {
  const found = await client.get(client.url("/api/v1/groups", { q: name, limit: "20" }), Groups, questions.groups);
  return found.find(({ profile }) => profile.name?.toLowerCase() === name.toLowerCase());
};

const person = (user: User): Found => {
  const { id, email, name, state } = toUser(user, true);
  return {
    kind: "person",
    id,
    where: user.profile.login ?? id,
    state,
    ...(name === undefined ? {} : { name }),
    ...(email === undefined ? {} : { email }),
  };
};

/** A text in a filter of Okta's (SCIM, RFC 7644 §3.4.2.2: a JSON string). */
const quoted = (text: string): string => JSON.stringify(text);
