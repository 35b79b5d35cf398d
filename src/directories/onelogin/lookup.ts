import type { z } from "zod";
import type { Because } from "../../core/plan.ts";
import type { Found } from "../directory.ts";
import { readList } from "./list.ts";
import { questions, type Session } from "./open.ts";
import { addressOf, type Group, Role, toUser, User, userFields } from "./shapes.ts";
import { listGroups } from "./read.ts";

/** One person by id, address or user name, or one role (or group) by id or name, whatever the profile selects. */
export const lookUp = async (session: Session, text: string): Promise<Found | undefined> => {
  const wanted = text.trim();
  if (wanted === "") return undefined;
  const user = (await one(session, "/api/2/users", wanted, User)) ?? (await byName(session, wanted));
  if (user !== undefined) {
    const outside = await outsideOf(session, user);
    return { ...person(session, user), ...(outside === undefined ? {} : { outside }) };
  }
  const group = session.config.groupsFrom === "roles" ? await role(session, wanted) : await ownGroup(session, wanted);
  return group === undefined
    ? undefined
    : { kind: "group", id: String(group.id), where: String(group.id), name: group.name ?? "", state: "enabled" };
};

/** The entry of that number; nobody there is nobody. */
const one = async <Value>(
  { client }: Session,
  path: string,
  id: string,
  shape: z.ZodType<Value>,
): Promise<Value | undefined> => {
  if (!/^\d{1,15}$/u.test(id)) return undefined;
  return client.find(client.url(`${path}/${id}`), shape, questions.entry);
};

/** By address, by user name, or by the user name before a mail domain of ours. A `*` is a wildcard there, never here. */
const byName = async (session: Session, wanted: string): Promise<User | undefined> => {
  const { client, config } = session;
  const { emailSuffix: suffix } = config;
  const lower = wanted.toLowerCase();
  const tries: Record<string, string>[] = [
    ...(wanted.includes("@") ? [{ email: wanted }] : []),
    { username: wanted },
    ...(suffix !== undefined && lower.endsWith(suffix.toLowerCase())
      ? [{ username: wanted.slice(0, -suffix.length) }]
      : []),
  ];
  for (const query of tries) {
    const url = client.url("/api/2/users", { ...query, limit: "50", fields: userFields });
    const found = await client.get(url, User.array(), questions.people);
    const user = found.find((each) =>
      [each.username, addressOf(each, config)].some((name) => name?.trim().toLowerCase() === lower),
    );
    if (user !== undefined) return user;
  }
  return undefined;
};

/** Why a read does not take somebody: not activated, or not within the profile's own query. */
const outsideOf = async ({ client, config, queries }: Session, user: User): Promise<Because | undefined> => {
  const { because } = toUser(user, config);
  if (because !== undefined) return { code: because };
  if (Object.keys(queries.users).length === 0 || "user_ids" in queries.users) return undefined;
  const url = client.url("/api/2/users", {
    ...queries.users,
    user_ids: String(user.id),
    limit: "1",
    fields: userFields,
  });
  const found = await client.get(url, User.array(), questions.people);
  return found.length > 0 ? undefined : { code: "outside.filter", params: { rule: "userFilter" } };
};

const role = async (session: Session, wanted: string): Promise<Group | undefined> => {
  const byId = await one(session, "/api/2/roles", wanted, Role);
  if (byId !== undefined) return byId;
  const roles = readList(session, {
    path: "/api/2/roles",
    query: { role_name: wanted, limit: "100" },
    shape: Role,
    question: questions.groups,
  });
  for await (const { entries } of roles) {
    const found = entries.find((each) => isCalled(each, wanted));
    if (found !== undefined) return found;
  }
  return undefined;
};

const ownGroup = async (session: Session, wanted: string): Promise<Group | undefined> => {
  for await (const groups of listGroups(session)) {
    const found = groups.find((group) => String(group.id) === wanted || isCalled(group, wanted));
    if (found !== undefined) return found;
  }
  return undefined;
};

const isCalled = ({ name }: Group, wanted: string): boolean => name?.toLowerCase() === wanted.toLowerCase();

const person = ({ config }: Session, user: User): Found => {
  const { id, email, name, state } = toUser(user, config);
  return {
    kind: "person",
    id,
    where: user.username ?? user.email ?? id,
    state,
    ...(name === undefined ? {} : { name }),
    ...(email === undefined ? {} : { email }),
  };
};
