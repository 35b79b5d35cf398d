/** What people do in the web vault, for tests and demonstrations: all of it acts on the state directly. */
import { newGuid, newSecret } from "./random.ts";
import type { Random } from "./random.ts";
import { memberStatus, memberType, removeMembers, writeMember } from "./state.ts";
import type { Group, Member, MemberStatus, MemberType, State } from "./state.ts";

export interface NewMember {
  readonly email: string;
  readonly externalId?: string;
  /** Confirmed when left out. */
  readonly status?: MemberStatus;
  /** For a revoked member: what it was before; Confirmed when left out. */
  readonly priorStatus?: MemberStatus;
  readonly type?: MemberType;
  readonly name?: string;
  /** True for people who accepted, unless said otherwise. */
  readonly hasMasterPassword?: boolean;
  readonly twoFactor?: boolean;
}

export interface NewGroup {
  readonly name: string;
  readonly externalId?: string;
  /** Members by address, id or externalId. */
  readonly members?: readonly string[];
}

/** Members are named by id, address or externalId, groups by id, externalId or name. */
export interface ByHand {
  readonly findMember: (who: string) => Member | undefined;
  readonly findGroup: (which: string) => Group | undefined;
  readonly addMember: (member: NewMember) => Member;
  /** The invited person registers and accepts. */
  readonly accept: (who: string) => Member;
  /** An admin confirms, the person having accepted. */
  readonly confirm: (who: string) => Member;
  readonly revoke: (who: string) => Member;
  readonly restore: (who: string) => Member;
  readonly setType: (who: string, type: MemberType) => Member;
  readonly removeMember: (who: string) => void;
  readonly addGroup: (group: NewGroup) => Group;
  readonly setGroupMembers: (which: string, members: readonly string[]) => Group;
  readonly removeGroup: (which: string) => void;
  /** The new client secret; the old one is refused from now on. */
  readonly rotateKey: () => string;
  /** Vaultwarden: an account that exists before anybody is invited. */
  readonly addAccount: (email: string, hasPassword: boolean) => void;
}

export function createByHand(state: State, random: Random): ByHand {
  const memberNamed = (who: string): Member => findMember(state, who) ?? missing("member", who);
  const groupNamed = (which: string): Group => findGroup(state, which) ?? missing("group", which);

  const change = (who: string, act: (member: Member) => void): Member => {
    const member = memberNamed(who);
    act(member);
    writeMember(state, member);
    return member;
  };

  return {
    findMember: (who) => findMember(state, who),
    findGroup: (which) => findGroup(state, which),
    addMember: (member) => addMember(state, random, member),
    accept: (who) => change(who, (member) => join(state, random, member, memberStatus.accepted)),
    confirm: (who) => change(who, (member) => join(state, random, member, memberStatus.confirmed)),
    revoke: (who) =>
      change(who, (member) => {
        if (member.status === memberStatus.revoked) return;
        member.priorStatus = member.status;
        member.status = memberStatus.revoked;
      }),
    restore: (who) =>
      change(who, (member) => {
        if (member.status !== memberStatus.revoked) return;
        member.status = member.priorStatus ?? memberStatus.invited;
        member.priorStatus = null;
      }),
    setType: (who, type) =>
      change(who, (member) => {
        member.type = type;
      }),
    removeMember: (who) => removeMembers(state, [memberNamed(who)]),
    addGroup: (group) => addGroup(state, random, group, memberNamed),
    setGroupMembers(which, members) {
      const group = groupNamed(which);
      group.memberIds = new Set(members.map((who) => memberNamed(who).id));
      return group;
    },
    removeGroup: (which) => void state.groups.delete(groupNamed(which).id),
    rotateKey() {
      state.organization.apiKey = newSecret(random);
      return state.organization.apiKey;
    },
    addAccount: (email, hasPassword) =>
      void state.accounts.set(email.toLowerCase(), { id: newGuid(random), hasPassword, invited: false }),
  };
}

function addMember(state: State, random: Random, wish: NewMember): Member {
  const status = wish.status ?? memberStatus.confirmed;
  const priorStatus = status === memberStatus.revoked ? (wish.priorStatus ?? memberStatus.confirmed) : null;
  const reached = priorStatus ?? status;
  const joined = reached === memberStatus.accepted || reached === memberStatus.confirmed;
  const hasMasterPassword = wish.hasMasterPassword ?? joined;
  const vaultwarden = state.dialect === "vaultwarden";
  const known = state.accounts.get(wish.email.toLowerCase());
  const userId = vaultwarden || joined ? (known?.id ?? newGuid(random)) : null;
  if (vaultwarden && userId !== null)
    state.accounts.set(wish.email.toLowerCase(), { id: userId, hasPassword: hasMasterPassword, invited: !joined });
  const member: Member = {
    id: newGuid(random),
    userId,
    email: vaultwarden ? wish.email.toLowerCase() : wish.email,
    name: wish.name ?? (joined ? nameOf(wish.email) : null),
    type: wish.type ?? memberType.user,
    status,
    priorStatus,
    externalId: wish.externalId ?? null,
    hasMasterPassword,
    twoFactor: wish.twoFactor ?? false,
    collections: [],
  };
  state.members.set(member.id, member);
  return member;
}

function join(state: State, random: Random, member: Member, status: MemberStatus): void {
  member.userId ??= newGuid(random);
  member.name ??= nameOf(member.email);
  member.hasMasterPassword = true;
  member.status = status;
  member.priorStatus = null;
  if (state.dialect === "vaultwarden")
    state.accounts.set(member.email, { id: member.userId, hasPassword: true, invited: false });
}

function addGroup(state: State, random: Random, wish: NewGroup, memberNamed: (who: string) => Member): Group {
  const memberIds = new Set((wish.members ?? []).map((who) => memberNamed(who).id));
  const group: Group = {
    id: newGuid(random),
    name: wish.name,
    externalId: wish.externalId ?? null,
    memberIds,
    collections: [],
  };
  state.groups.set(group.id, group);
  return group;
}

function findMember(state: State, who: string): Member | undefined {
  const email = who.toLowerCase();
  return (
    state.members.get(who) ??
    state.members.values().find((member) => member.email.toLowerCase() === email) ??
    state.members.values().find((member) => member.externalId === who)
  );
}

function findGroup(state: State, which: string): Group | undefined {
  return (
    state.groups.get(which) ??
    state.groups.values().find((group) => group.externalId === which) ??
    state.groups.values().find((group) => group.name === which)
  );
}

function missing(kind: string, name: string): never {
  throw new Error(`The sandbox organization has no ${kind} "${name}".`);
}

function nameOf(email: string): string {
  return email.split("@", 1)[0] ?? email;
}
