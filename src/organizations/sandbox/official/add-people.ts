/** The import step that invites (or stages) people the organization does not know by externalId. */
import { newGuid } from "../random.ts";
import { memberStatus, memberType } from "../state.ts";
import type { Member, State } from "../state.ts";
import { refuse } from "./errors.ts";
import { eventType } from "./events.ts";
import type { ActiveMember, Run } from "./import.ts";
import { buySeats, judgeSeats, seatRefusal } from "./seats.ts";

/** Runs even with nobody to add, so that an organization over its seats is refused whatever it imports. */
export function addPeople(run: Run): void {
  const { state } = run.context;
  const newcomers = run.active.filter((entry) => !run.known.has(entry.externalId) && !isTaken(run, entry.email));
  if (state.organization.stagedFlag && !run.request.inviteUsersAfterProvisioning) stage(run, newcomers);
  else invite(run, newcomers);
}

/** Whether somebody in the organization has the address, whatever externalId they have there. */
function isTaken({ context: { state }, byAddress }: Run, address: string): boolean {
  const { findsPendingByEmail } = state.organization;
  const holders = byAddress.get(address) ?? [];
  return holders.some(({ id, userId }) => (userId !== null || findsPendingByEmail) && state.members.has(id));
}

function stage(run: Run, newcomers: readonly ActiveMember[]): void {
  for (const entry of newcomers) {
    const member = addRow(run, entry, memberStatus.staged);
    run.log(eventType.memberStaged, { memberId: member.id });
  }
}

function invite(run: Run, newcomers: readonly ActiveMember[]): void {
  const { state } = run.context;
  const now = run.context.clock();
  const verdict = judgeSeats(state, newcomers.length);
  // An "undone" verdict comes after the rows were written; refusing before writing them leaves the same state.
  if (verdict.kind === "refused") throw seatRefusal(verdict);
  if (newcomers.length > 0 && state.organization.provider === "none" && !hasConfirmedOwner(state)) {
    throw refuse("Organization must have at least one confirmed owner.");
  }
  if (verdict.kind === "undone") throw seatRefusal(verdict);
  if (verdict.kind === "buys") buySeats(state, verdict.seats, now);
  const date = new Date(now).toISOString();
  const invited = newcomers.map((entry) => addRow(run, entry, memberStatus.invited));
  for (const member of invited) state.mails.push({ kind: "invitation", to: member.email, date });
  for (const member of invited) run.log(eventType.memberInvited, { memberId: member.id });
}

function addRow(run: Run, entry: ActiveMember, status: Member["status"]): Member {
  const member: Member = {
    id: newGuid(run.context.random),
    userId: null,
    email: entry.email,
    name: null,
    type: memberType.user,
    status,
    priorStatus: null,
    externalId: entry.externalId,
    hasMasterPassword: false,
    twoFactor: false,
    collections: [],
  };
  run.context.state.members.set(member.id, member);
  if (!run.known.has(entry.externalId)) run.known.set(entry.externalId, member);
  return member;
}

function hasConfirmedOwner(state: State): boolean {
  for (const member of state.members.values()) {
    if (member.type === memberType.owner && member.status === memberStatus.confirmed) return true;
  }
  return false;
}
