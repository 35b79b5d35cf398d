import { z } from "zod";
import type { Resolved } from "../../config/field.ts";
import type { SourceGroup, SourceUser } from "../../core/entry.ts";
import type { OneLoginConfig } from "./config.ts";

const id = z.int();
const text = z.string().nullish();

/** Of a user only what is needed (OneLogin, "User Resource"). Absent and null are the same, but a status everybody has. */
export const User = z.object({
  id,
  email: text,
  username: text,
  firstname: text,
  lastname: text,
  status: id,
  state: id.nullish(),
  group_id: id.nullish(),
});
export type User = z.infer<typeof User>;
export const userFields = "id,email,username,firstname,lastname,status,state,group_id";

/** A role; with `fields=users` who has it. */
export const Role = z.object({ id, name: text, users: z.array(id).nullish() });
export type Role = z.infer<typeof Role>;

export const RoleUser = z.object({ id });

/** A group, and the envelope of the API's first version. */
export const Group = z.object({ id, name: text });
export type Group = z.infer<typeof Group>;
export const Groups = z.object({
  data: z.array(Group),
  pagination: z.object({ after_cursor: text }).nullish(),
});

type Standing = "enabled" | "disabled" | "unactivated";
/**
 * What a status means (OneLogin, "User Resource"). Whoever is locked, or has to set a password or answer questions, has an
 * account all the same; a status that is not known here is nobody's departure.
 */
export const statuses: Readonly<Record<number, Standing>> = {
  0: "unactivated",
  1: "enabled",
  2: "disabled",
  3: "enabled",
  4: "enabled",
  5: "enabled",
  7: "enabled",
  8: "enabled",
};
/** And a state: unapproved, approved, rejected, unlicensed. */
export const states: Readonly<Record<number, Standing>> = {
  0: "unactivated",
  1: "enabled",
  2: "disabled",
  3: "disabled",
};

type Rules = Pick<Resolved<OneLoginConfig>, "unactivated" | "emailSuffix">;

export const toUser = (user: User, rules: Rules): SourceUser => {
  const both = [statuses[user.status], states[user.state ?? 1]];
  const isNew = both.includes("unactivated") && !both.includes("disabled");
  const email = addressOf(user, rules);
  const name = nameOf(user);
  return {
    id: String(user.id),
    externalId: String(user.id),
    ...(email === undefined ? {} : { email }),
    ...(name === "" ? {} : { name }),
    state: both.includes("disabled") ? "disabled" : "enabled",
    ...(isNew && !rules.unactivated
      ? { selected: false, because: "unselected.onelogin_unactivated" }
      : { selected: true }),
  };
};

export const nameOf = ({ firstname, lastname }: User): string =>
  [firstname, lastname]
    .map((part) => part?.trim() ?? "")
    .filter((part) => part !== "")
    .join(" ");

/** The first one that is an address: e-mail, user name, user name with the mail domain; else the e-mail as it stands. */
export const addressOf = (
  { email, username }: User,
  { emailSuffix }: Pick<Rules, "emailSuffix">,
): string | undefined => {
  const login = username?.trim() ?? "";
  const made = login === "" || emailSuffix === undefined ? undefined : `${login}${emailSuffix}`;
  const given = email ?? undefined;
  return [given, login, made].find((each) => each !== undefined && looksLikeAddress(each)) ?? given;
};

const looksLikeAddress = (address: string): boolean => /^[^\s@]+@[^\s@]+\.[^\s@]+$/u.test(address.trim());

export const toGroup = ({ id: number, name }: Group, members: readonly number[]): SourceGroup => ({
  id: String(number),
  externalId: String(number),
  name: name ?? "",
  selected: true,
  members: [...new Set(members)].map((member) => ({ id: String(member) })),
});
