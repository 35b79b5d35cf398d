import type { z } from "zod";
import type { Found } from "../directory.ts";
import type { Question } from "../wire/client.ts";
import { questions, type Session } from "./session.ts";
import { Group, groupFields, pageOf, toUser, User, userFields } from "./shapes.ts";

/** One person by id, log-in name or address, or one group by id or name, whatever the profile selects. */
export const lookUp = async (session: Session, text: string): Promise<Found | undefined> => {
  const wanted = text.trim();
  if (wanted === "") return undefined;
  const user =
    (await one(session, "users", wanted, User, userFields, questions.person)) ??
    (wanted.includes("@")
      ? await first(session, "users", byAddress(wanted), User, userFields, questions.person)
      : undefined);
  if (user !== undefined) return person(session, user);
  const group =
    (await one(session, "groups", wanted, Group, groupFields, questions.group)) ??
    (await first(session, "groups", `displayName eq ${quoted(wanted)}`, Group, groupFields, questions.group));
  return group === undefined
    ? undefined
    : { kind: "group", id: group.id, where: group.id, name: group.displayName ?? "", state: "enabled" };
};

const byAddress = (address: string): string =>
  `mail eq ${quoted(address)} or proxyAddresses/any(p:p eq ${quoted(`smtp:${address.toLowerCase()}`)})`;

/** The entry of that id; what cannot be an id is nobody's. */
const one = async <Value>(
  { client }: Session,
  list: "users" | "groups",
  id: string,
  shape: z.ZodType<Value>,
  fields: string,
  question: Question,
): Promise<Value | undefined> => {
  if (!/^[\w.@+'!#$^~-]+$/u.test(id) || (list === "groups" && !/^[\da-f-]{36}$/iu.test(id))) return undefined;
  return client.find(client.url(`/${list}/${encodeURIComponent(id)}`, { $select: fields }), shape, question);
};

const first = async <Value>(
  { client }: Session,
  list: "users" | "groups",
  filter: string,
  shape: z.ZodType<Value>,
  fields: string,
  question: Question,
): Promise<Value | undefined> =>
  (await client.get(client.url(`/${list}`, { $filter: filter, $select: fields, $top: "2" }), pageOf(shape), question))
    .value[0];

const person = ({ config }: Session, user: User): Found => {
  const { id, email, name, state } = toUser(user, config);
  return {
    kind: "person",
    id,
    where: user.userPrincipalName ?? id,
    state,
    ...(name === undefined ? {} : { name }),
    ...(email === undefined ? {} : { email }),
  };
};

/** A text in a filter: quotation marks are doubled (OData 4.01 URL conventions §5.1.1.14.1). */
const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
