import { z } from "zod";
import { Fault } from "../../core/fault.ts";
import type { MemberStatus, MemberType, OrganizationGroup, OrganizationMember } from "../../core/organization-state.ts";
import type { HttpAnswer } from "../../http/request.ts";
import type { Asked } from "../wire/faults.ts";

/** Numbers of the public API (bitwarden/server, OrganizationUserStatusType and OrganizationUserType; 3 was the manager of old). */
const statuses: Readonly<Record<number, MemberStatus>> = {
  [-1]: "revoked",
  0: "invited",
  1: "accepted",
  2: "confirmed",
  3: "staged",
};
const types: Readonly<Record<number, MemberType>> = { 0: "owner", 1: "admin", 2: "user", 3: "custom", 4: "custom" };

const named = <Name extends string>(names: Readonly<Record<number, Name>>) =>
  z.number().transform((value, context) => {
    const name = names[value];
    if (name !== undefined) return name;
    context.addIssue({ code: "custom", message: `unknown value ${value}` });
    return z.NEVER;
  });

/** An absent, null or empty text is none. */
const optionalText = z
  .string()
  .nullish()
  .transform((text) => (text === null || text === "" ? undefined : text));

const Member = z
  .object({
    id: z.string().min(1),
    email: z.string(),
    name: optionalText,
    status: named(statuses),
    type: named(types),
    externalId: optionalText,
  })
  .transform(({ id, email, name, status, type, externalId }): OrganizationMember => ({
    id,
    email: email.toLowerCase(),
    status,
    type,
    ...(name === undefined ? {} : { name }),
    ...(externalId === undefined ? {} : { externalId }),
  }));

const Group = z
  .object({ id: z.string().min(1), name: z.string(), externalId: optionalText })
  .transform(({ id, name, externalId }): OrganizationGroup => ({
    id,
    name,
    ...(externalId === undefined ? {} : { externalId }),
  }));

export const MemberReply = Member;
export const MembersReply = z.object({ data: z.array(Member) }).transform(({ data }) => data);
export const GroupsReply = z.object({ data: z.array(Group) }).transform(({ data }) => data);
export const MemberIdsReply = z.array(z.string());
export const SubscriptionReply = z.object({
  passwordManager: z.object({ seats: z.number().nullish(), maxAutoScaleSeats: z.number().nullish() }).nullish(),
});

/** The answer in the shape it should have, or Fault `organization.bad_response {server, reason}` with the place that differs. */
export const parse = <Shape extends z.ZodType>(shape: Shape, answer: HttpAnswer, asked: Asked): z.output<Shape> => {
  const body = answer.json();
  const read = shape.safeParse(body);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const place = issue === undefined || issue.path.length === 0 ? "" : `, ${issue.path.map(String).join(".")}`;
  const reason = body === undefined ? "not JSON" : (issue?.message ?? "");
  throw new Fault("organization.bad_response", { server: asked.server, reason: `${asked.what}${place}: ${reason}` });
};
