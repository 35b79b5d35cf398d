/** The public calls about members. */
import { Refusal, empty, json } from "../reply.ts";
import type { Context, Incoming, Reply } from "../reply.ts";
import { isLastConfirmedOwner, memberStatus, memberType, removeMembers, writeMember } from "../state.ts";
import type { Member, State } from "../state.ts";
import { groupIdsBody, memberBody, readBody } from "./body.ts";
import { refuse } from "./errors.ts";
import { eventType, eventWriter } from "./events.ts";
import { buySeats, judgeSeats } from "./seats.ts";

const noOwnerLeft = "Organization must have at least one confirmed owner.";

export function answerMembers(context: Context): Reply {
  return json(200, { object: "list", data: Array.from(context.state.members.values(), shown) });
}

export function answerMember(context: Context, _incoming: Incoming, id: string): Reply {
  return json(200, shown(memberOf(context.state, id)));
}

export function answerMemberGroups(context: Context, _incoming: Incoming, id: string): Reply {
  const member = memberOf(context.state, id);
  return json(
    200,
    [...context.state.groups.values()].filter((group) => group.memberIds.has(member.id)).map((group) => group.id),
  );
}

/** What the body leaves out is reset, except the groups. */
export function putMember(context: Context, incoming: Incoming, id: string): Reply {
  const { state } = context;
  const member = memberOf(state, id);
  const body = readBody(memberBody, incoming.body);
  if (body.type !== memberType.owner && isLastConfirmedOwner(state, member)) throw refuse(noOwnerLeft);
  member.type = body.type;
  member.externalId = body.externalid ?? null;
  member.collections = body.collections ?? [];
  if (body.groups) setGroups(state, member, body.groups);
  writeMember(state, member);
  eventWriter(context, incoming)(eventType.memberUpdated, { memberId: member.id });
  return json(200, shown(member));
}

export function putMemberGroups(context: Context, incoming: Incoming, id: string): Reply {
  const member = memberOf(context.state, id);
  setGroups(context.state, member, readBody(groupIdsBody, incoming.body).groupids);
  eventWriter(context, incoming)(eventType.memberGroupsUpdated, { memberId: member.id });
  return empty(200);
}

export function deleteMember(context: Context, incoming: Incoming, id: string): Reply {
  const member = memberOf(context.state, id);
  if (isLastConfirmedOwner(context.state, member)) throw refuse(noOwnerLeft);
  removeMembers(context.state, [member]);
  eventWriter(context, incoming)(eventType.memberRemoved, { memberId: member.id });
  return empty(200);
}

export function revokeMember(context: Context, incoming: Incoming, id: string): Reply {
  const member = memberOf(context.state, id);
  if (member.status === memberStatus.revoked) throw refuse("Already revoked.");
  if (isLastConfirmedOwner(context.state, member)) throw refuse(noOwnerLeft);
  member.priorStatus = member.status;
  member.status = memberStatus.revoked;
  eventWriter(context, incoming)(eventType.memberRevoked, { memberId: member.id });
  return empty(200);
}

/** Back to the former status; all but Staged take a seat again. */
export function restoreMember(context: Context, incoming: Incoming, id: string): Reply {
  const { state } = context;
  const member = memberOf(state, id);
  if (member.status !== memberStatus.revoked) throw refuse("Already active.");
  const former = member.priorStatus ?? memberStatus.invited;
  if (former !== memberStatus.staged) {
    const verdict = judgeSeats(state, 1);
    if (verdict.kind === "refused" || verdict.kind === "undone") throw refuse(verdict.text);
    if (verdict.kind === "buys") buySeats(state, verdict.seats, context.clock());
  }
  member.status = former;
  member.priorStatus = null;
  eventWriter(context, incoming)(eventType.memberRestored, { memberId: member.id });
  return empty(200);
}

export function reinviteMember(context: Context, _incoming: Incoming, id: string): Reply {
  const member = memberOf(context.state, id);
  if (member.status !== memberStatus.invited) throw refuse("User invalid.");
  context.state.mails.push({ kind: "invitation", to: member.email, date: new Date(context.clock()).toISOString() });
  return empty(200);
}

function memberOf(state: State, id: string): Member {
  const member = state.members.get(id);
  if (member === undefined) throw new Refusal(empty(404));
  return member;
}

/** Unknown groups are overlooked. */
function setGroups(state: State, member: Member, groupIds: readonly string[]): void {
  const wanted = new Set(groupIds.map((id) => id.toLowerCase()));
  for (const group of state.groups.values()) {
    if (wanted.has(group.id)) group.memberIds.add(member.id);
    else group.memberIds.delete(member.id);
  }
}

function shown(member: Member): unknown {
  return {
    object: "member",
    id: member.id,
    userId: member.userId,
    name: member.name,
    email: member.email,
    twoFactorEnabled: member.twoFactor,
    status: member.status,
    collections: member.collections,
    resetPasswordEnrolled: false,
    ssoExternalId: null,
    type: member.type,
    externalId: member.externalId,
    permissions: null,
  };
}
