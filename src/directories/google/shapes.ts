import { z } from "zod";
import type { SourceUser } from "../../core/entry.ts";

const text = z.string().nullish();

/** Of a user only what is needed (Admin SDK Directory API, "REST Resource: users"). */
export const User = z.object({
  id: z.string().min(1),
  primaryEmail: text,
  name: z.object({ fullName: text }).nullish(),
  suspended: z.boolean().nullish(),
  archived: z.boolean().nullish(),
  isGuestUser: z.boolean().nullish(),
});
export type User = z.infer<typeof User>;

export const Group = z.object({ id: z.string().min(1), name: text, email: text });
export type Group = z.infer<typeof Group>;

export const Member = z.object({ id: text, email: text, type: text });
export type Member = z.infer<typeof Member>;

/** A list without entries lacks its array. */
export const Users = z.object({ users: z.array(User).default([]), nextPageToken: z.string().optional() });
export const Groups = z.object({ groups: z.array(Group).default([]), nextPageToken: z.string().optional() });
export const Members = z.object({ members: z.array(Member).default([]), nextPageToken: z.string().optional() });

const userFields = "id,primaryEmail,name/fullName,suspended,archived,isGuestUser";
/** Partial answers; the token of the next page has to be among them, or a list would end after its first page. */
export const fields = {
  user: userFields,
  users: `nextPageToken,users(${userFields})`,
  group: "id,name,email",
  groups: "nextPageToken,groups(id,name,email)",
  members: "nextPageToken,members(id,email,type)",
} as const;

export const toUser = (user: User, isDeleted = false): SourceUser => {
  const isDisabled = user.suspended === true || user.archived === true;
  return {
    id: user.id,
    externalId: user.id,
    ...(user.primaryEmail ? { email: user.primaryEmail } : {}),
    ...(user.name?.fullName ? { name: user.name.fullName } : {}),
    state: isDeleted ? "deleted" : isDisabled ? "disabled" : "enabled",
    ...(user.isGuestUser === true ? { selected: false, because: "unselected.guest" } : { selected: true }),
  };
};
