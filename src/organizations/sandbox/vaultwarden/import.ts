/**
 * `POST /api/public/organization/import` on Vaultwarden: people one by one, then groups, then the overwrite,
 * each row saved as it goes, so that a refusal leaves everything before it done.
 */
import { newGuid } from "../random.ts";
import { Refusal, empty } from "../reply.ts";
import type { Context, Incoming, Reply } from "../reply.ts";
import { isLastConfirmedOwner, memberStatus, memberType, removeMembers, writeMember } from "../state.ts";
import type { Group, Member } from "../state.ts";
import { isVaultwardenEmail } from "./email.ts";
import { rocketError, vaultwardenError } from "./errors.ts";
import type { VaultwardenImport } from "./validate.ts";

export function importIntoVaultwarden(context: Context, incoming: Incoming, request: VaultwardenImport): Reply {
  const steps = [importPeople, importGroups, overwriteExisting];
  steps.forEach((step, index) => {
    step(context, request);
    if (incoming.failAfterStep === index + 1) throw new Refusal(rocketError(500, incoming.headers.accept));
  });
  return empty(200);
}

function importPeople(context: Context, request: VaultwardenImport): void {
  const { state } = context;
  const byEmail = new Map(Array.from(state.members.values(), (member) => [member.email, member]));
  for (const entry of request.members) {
    const email = entry.email.toLowerCase();
    const externalId = entry.externalId === "" ? null : entry.externalId;
    const member = byEmail.get(email);
    if (member === undefined) {
      if (!entry.deleted) byEmail.set(email, invite(context, email, externalId));
      continue;
    }
    const moved = entry.deleted ? revoke(context, member) : restore(context, member);
    // Only a changed row is written, and writing moves it to the end of the table.
    if (moved || member.externalId !== externalId) {
      member.externalId = externalId;
      writeMember(state, member);
    }
  }
}

function revoke(context: Context, member: Member): boolean {
  if (member.status === memberStatus.revoked || isLastConfirmedOwner(context.state, member)) return false;
  member.priorStatus = member.status;
  member.status = memberStatus.revoked;
  return true;
}

/** Somebody a policy keeps out stays revoked, without a word to the caller. */
function restore(context: Context, member: Member): boolean {
  if (member.status !== memberStatus.revoked) return false;
  const former = member.priorStatus ?? memberStatus.invited;
  const plain = member.type !== memberType.owner && member.type !== memberType.admin;
  if (context.state.organization.twoFactorPolicy && plain && former !== memberStatus.invited && !member.twoFactor)
    return false;
  member.status = former;
  member.priorStatus = null;
  return true;
}

function invite(context: Context, email: string, externalId: string | null): Member {
  const { state, random, control } = context;
  const { mailEnabled } = state.organization;
  const known = state.accounts.get(email);
  if (known === undefined && !isVaultwardenEmail(email)) {
    throw new Refusal(vaultwardenError(400, `User email ${email} is not a valid email address`));
  }
  const account = known ?? { id: newGuid(random), hasPassword: false, invited: !mailEnabled };
  if (mailEnabled) {
    if (control.mailFailsFor.has(email))
      throw new Refusal(vaultwardenError(400, "Error sending invite: the mail server refused it"));
    state.mails.push({ kind: "invitation", to: email, date: new Date(context.clock()).toISOString() });
  }
  state.accounts.set(email, account);
  const member: Member = {
    id: newGuid(random),
    userId: account.id,
    email,
    name: null,
    type: memberType.user,
    status: !mailEnabled && account.hasPassword ? memberStatus.accepted : memberStatus.invited,
    priorStatus: null,
    externalId,
    hasMasterPassword: account.hasPassword,
    twoFactor: false,
    collections: [],
  };
  writeMember(state, member);
  return member;
}

/** Groups are made but never renamed; of several people with one externalId the row written longest ago is meant. */
function importGroups(context: Context, request: VaultwardenImport): void {
  const { state, random } = context;
  if (!state.organization.useGroups || request.groups.length === 0) return;
  const byExternalId = new Map<string, Member>();
  for (const member of state.members.values()) {
    if (member.externalId !== null && !byExternalId.has(member.externalId)) byExternalId.set(member.externalId, member);
  }
  const groups = new Map<string, Group>();
  for (const group of state.groups.values()) {
    if (group.externalId !== null && !groups.has(group.externalId)) groups.set(group.externalId, group);
  }
  for (const requested of request.groups) {
    const externalId = requested.externalId === "" ? null : requested.externalId;
    let group = externalId === null ? undefined : groups.get(externalId);
    if (group === undefined) {
      group = { id: newGuid(random), name: requested.name, externalId, memberIds: new Set(), collections: [] };
      state.groups.set(group.id, group);
      if (externalId !== null) groups.set(externalId, group);
    }
    const memberIds = requested.memberExternalIds.flatMap((id) => byExternalId.get(id)?.id ?? []);
    group.memberIds = new Set(memberIds);
  }
}

/** Entries that are deletions count as present; members without an externalId are never touched. */
function overwriteExisting(context: Context, request: VaultwardenImport): void {
  if (!request.overwriteExisting) return;
  const { state } = context;
  const present = new Set(request.members.map((entry) => entry.externalId));
  const doomed = [...state.members.values()].filter(
    (member) => member.externalId !== null && !present.has(member.externalId),
  );
  const owners = doomed.filter(
    (member) => member.type === memberType.owner && member.status === memberStatus.confirmed,
  );
  removeMembers(
    state,
    doomed.filter((member) => !owners.includes(member)),
  );
  for (const owner of owners) if (!isLastConfirmedOwner(state, owner)) removeMembers(state, [owner]);
}
