import { z } from "zod";
import type { SourceGroup, SourceUser } from "../../core/entry.ts";

/** Of a user only what is needed (Okta Management API, User). Absent and null are the same. */
const text = z.string().nullish();
export const User = z.object({
  id: z.string().min(1),
  status: z.string(),
  profile: z.object({ email: text, login: text, displayName: text, firstName: text, lastName: text }),
});
export type User = z.infer<typeof User>;
export const Users = z.array(User);

/** A member of a group: who it is, is told by the list of users. */
export const Members = z.array(z.object({ id: z.string().min(1) }));

export const Group = z.object({
  id: z.string().min(1),
  type: z.string(),
  lastMembershipUpdated: text,
  profile: z.object({ name: text }),
});
export type Group = z.infer<typeof Group>;
export const Groups = z.array(Group);

/** Parameters that make an answer to `users` small; the header spares the vendor work (Okta, "List all users"). */
export const userFields = "id,status,profile:(email,login,displayName,firstName,lastName)";
export const userHeaders = {
  "content-type": "application/json; okta-response=omitCredentials,omitCredentialsLinks,omitTransitioningToStatus",
};

/**
 * What a status means (Okta, "User status"). Who cannot log in for a while keeps the account; a status that is not known
 * here is nobody's departure.
 */
export const states: Readonly<Record<string, SourceUser["state"]>> = {
  STAGED: "enabled",
  PROVISIONED: "enabled",
  ACTIVE: "enabled",
  RECOVERY: "enabled",
  PASSWORD_EXPIRED: "enabled",
  LOCKED_OUT: "enabled",
  SUSPENDED: "disabled",
  DEPROVISIONED: "disabled",
};

export const toUser = ({ id, status, profile }: User, staged: boolean): SourceUser => {
  const name = profile.displayName ?? [profile.firstName, profile.lastName].filter(Boolean).join(" ");
  const email = profile.email ?? undefined;
  return {
    id,
    externalId: id,
    ...(email === undefined ? {} : { email }),
    ...(name === "" ? {} : { name }),
    state: states[status] ?? "enabled",
    ...(status === "STAGED" && !staged ? { selected: false, because: "unselected.okta_staged" } : { selected: true }),
  };
};

export const toGroup = ({ id, profile }: Group, members: SourceGroup["members"], selected: boolean): SourceGroup => ({
  id,
  externalId: id,
  name: profile.name ?? "",
  selected,
  members,
});
