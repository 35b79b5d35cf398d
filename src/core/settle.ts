import type { GroupLink, PersonLink } from "./link.ts";
import type { OrganizationGroup, OrganizationMember, OrganizationState } from "./organization-state.ts";
import type { GroupFacts, PersonFacts, PlanRow } from "./plan.ts";

/** The links of a profile while a plan is applied. */
export interface LinkTable {
  readonly people: ReadonlyMap<string, PersonLink>;
  readonly groups: ReadonlyMap<string, GroupLink>;
  /** External id → directory id of the person link that holds it. */
  readonly holderOf: ReadonlyMap<string, string>;
}

export interface Settled {
  readonly people: readonly PersonLink[];
  readonly groups: readonly GroupLink[];
  readonly gonePeople: readonly string[];
  readonly goneGroups: readonly string[];
}

/** What done rows make of the links: each row alone, so that any prefix of a plan leaves true links behind. */
export const settle = (rows: readonly PlanRow[], links: LinkTable, at: number): Settled => {
  const people = new Map<string, PersonLink>();
  const groups = new Map<string, GroupLink>();
  const gonePeople = new Set<string>();
  const goneGroups = new Set<string>();
  for (const row of rows) {
    const id = row.subject.id;
    if (row.subject.kind === "person") {
      const link = settlePerson(row, people.get(id) ?? links.people.get(id), at);
      const former = row.action === "adopt" && link !== undefined ? links.holderOf.get(link.externalId) : undefined;
      if (former !== undefined && former !== id) gonePeople.add(former);
      if (link === undefined) gonePeople.add(id);
      else people.set(id, link);
    } else {
      const link = settleGroup(row, groups.get(id) ?? links.groups.get(id));
      if (link === undefined) goneGroups.add(id);
      else groups.set(id, link);
    }
  }
  return {
    people: [...people.values()].filter((link) => !gonePeople.has(link.id)),
    groups: [...groups.values()].filter((link) => !goneGroups.has(link.id)),
    gonePeople: [...gonePeople],
    goneGroups: [...goneGroups],
  };
};

/** The link after a done row; undefined = it ends. */
const settlePerson = (row: PlanRow, link: PersonLink | undefined, at: number): PersonLink | undefined => {
  const after: PersonFacts = row.after;
  const email = after.email ?? link?.email ?? row.subject.email ?? "";
  const base: PersonLink = {
    ...(link ?? {}),
    id: row.subject.id,
    externalId: after.externalId ?? link?.externalId ?? row.subject.externalId ?? row.subject.id,
    email,
    directoryEmail: link?.directoryEmail ?? row.subject.email ?? email,
    ...(row.subject.name === undefined ? {} : { name: row.subject.name }),
    ...(row.subject.organizationId === undefined ? {} : { organizationId: row.subject.organizationId }),
  };
  switch (row.action) {
    case "adopt":
    case "stamp":
      return base;
    case "invite":
    case "stage":
      return withoutHistory({ ...base, directoryEmail: email });
    case "restore":
      return {
        ...withoutHistory(base),
        ...(row.subject.organizationId === undefined ? {} : { organizationId: row.subject.organizationId }),
      };
    case "revoke":
      return { ...base, revoked: { at, cause: causeOf(row) } };
    case "remove":
      return undefined;
    case "readdress": {
      const anew = row.because.code !== "address.theirs_to_change" && row.because.code !== "address.arrived";
      const { organizationId: _former, ...rest } = base;
      return { ...(anew ? rest : base), directoryEmail: row.subject.email ?? email };
    }
    default:
      return link;
  }
};

/** A new or restored membership has no revocation, absence or foreign hand behind it. */
const withoutHistory = ({
  revoked: _revoked,
  byHand: _byHand,
  missingSince: _missing,
  organizationId: _former,
  ...rest
}: PersonLink): PersonLink => rest;

const causeOf = (row: PlanRow): "disabled" | "gone" | "undo" =>
  row.because.code === "leaver.disabled" ? "disabled" : row.because.code.startsWith("undo") ? "undo" : "gone";

const settleGroup = (row: PlanRow, link: GroupLink | undefined): GroupLink | undefined => {
  const after: GroupFacts = row.after;
  const base: GroupLink = {
    writtenBy: "import",
    members: [],
    ...(link ?? {}),
    id: row.subject.id,
    externalId: after.externalId ?? link?.externalId ?? row.subject.externalId ?? row.subject.id,
    name: after.name ?? link?.name ?? row.subject.name ?? "",
    ...(row.subject.organizationId === undefined ? {} : { organizationId: row.subject.organizationId }),
  };
  switch (row.action) {
    case "adopt": {
      const before: GroupFacts = row.before;
      return { ...base, writtenBy: before.externalId === undefined ? "member-ids" : "import" };
    }
    case "create-group": {
      const { organizationId: _former, ...rest } = base;
      return { ...rest, writtenBy: "import", members: [...(row.add ?? [])].sort() };
    }
    case "change-members":
    case "empty-group": {
      const removed = new Set(row.remove ?? []);
      const members = new Set([...base.members.filter((id) => !removed.has(id)), ...(row.add ?? [])]);
      return { ...base, members: [...members].sort() };
    }
    case "remove-group":
      return undefined;
    default:
      return base;
  }
};

/** The organization as the two checks below look things up in it. */
export interface StateIndex {
  readonly memberById: ReadonlyMap<string, OrganizationMember>;
  readonly memberByExternalId: ReadonlyMap<string, OrganizationMember>;
  readonly memberByEmail: ReadonlyMap<string, OrganizationMember>;
  readonly groupById: ReadonlyMap<string, OrganizationGroup>;
  readonly groupByExternalId: ReadonlyMap<string, OrganizationGroup>;
}

export const indexState = (state: OrganizationState): StateIndex => ({
  memberById: new Map(state.members.map((member) => [member.id, member])),
  memberByExternalId: new Map(
    state.members.flatMap((member) => (member.externalId === undefined ? [] : [[member.externalId, member] as const])),
  ),
  memberByEmail: new Map(state.members.map((member) => [member.email, member])),
  groupById: new Map(state.groups.map((group) => [group.id, group])),
  groupByExternalId: new Map(
    state.groups.flatMap((group) => (group.externalId === undefined ? [] : [[group.externalId, group] as const])),
  ),
});

/** Whether the organization already is as a row wants it: tells after a lost answer or a kill what was surely done. */
export const isSatisfied = (row: PlanRow, state: StateIndex): boolean =>
  row.subject.kind === "person" ? personSatisfied(row, state) : groupSatisfied(row, state);

const personSatisfied = (row: PlanRow, state: StateIndex): boolean => {
  const after: PersonFacts = row.after;
  const externalId = after.externalId ?? row.subject.externalId;
  const member = findMember(row, state);
  switch (row.action) {
    case "invite":
    case "stage": {
      const found = externalId === undefined ? undefined : state.memberByExternalId.get(externalId);
      return found !== undefined && found.email === after.email;
    }
    case "readdress": {
      if (row.because.code === "address.theirs_to_change" || row.because.code === "address.arrived") return true;
      const found = externalId === undefined ? undefined : state.memberByExternalId.get(externalId);
      return found !== undefined && found.email === after.email;
    }
    case "stamp":
      return member?.externalId === after.externalId;
    case "restore":
      return member !== undefined && member.status !== "revoked";
    case "revoke":
      return member === undefined || member.status === "revoked";
    case "remove":
      return member === undefined;
    default:
      return true;
  }
};

const groupSatisfied = (row: PlanRow, state: StateIndex): boolean => {
  const after: GroupFacts = row.after;
  const group = findGroup(row, state);
  switch (row.action) {
    case "create-group":
    case "change-members":
    case "empty-group": {
      if (group === undefined) return row.action === "empty-group";
      if (group.members === undefined) return false;
      const present = new Set(group.members.map((id) => state.memberById.get(id)?.externalId));
      return (row.add ?? []).every((id) => present.has(id)) && (row.remove ?? []).every((id) => !present.has(id));
    }
    case "rename-group":
      return group?.name === after.name;
    case "remove-group":
      return group === undefined;
    default:
      return true;
  }
};

export const findMember = (row: PlanRow, state: StateIndex): OrganizationMember | undefined =>
  (row.subject.organizationId === undefined ? undefined : state.memberById.get(row.subject.organizationId)) ??
  (row.subject.externalId === undefined ? undefined : state.memberByExternalId.get(row.subject.externalId));

export const findGroup = (row: PlanRow, state: StateIndex): OrganizationGroup | undefined =>
  (row.subject.organizationId === undefined ? undefined : state.groupById.get(row.subject.organizationId)) ??
  (row.subject.externalId === undefined ? undefined : state.groupByExternalId.get(row.subject.externalId));
