import type { OrganizationGroup, OrganizationMember, OrganizationState } from "./organization-state.ts";
import { isLocal, type Change, type GroupFacts, type PersonFacts, type PlanRow } from "./plan.ts";

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
      if (isLocal(row)) return true;
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
      const members = group.members.flatMap((id) => state.memberById.get(id) ?? []);
      const present = new Set(members.map((member) => member.externalId));
      const unnamed = new Set(members.flatMap((member) => (member.externalId === undefined ? [member.email] : [])));
      return (
        (row.add ?? []).every((id) => present.has(id)) &&
        (row.remove ?? []).every((id) => !present.has(id)) &&
        (row.removeByEmail ?? []).every((email) => !unnamed.has(email))
      );
    }
    case "rename-group":
      return group?.name === after.name;
    case "remove-group":
      return group === undefined;
    default:
      return true;
  }
};

/** Whether a membership of the organization ends with a change: removed, or taken back to be invited anew. */
export const endsMembership = (change: Pick<Change, "action" | "because">): boolean =>
  change.action === "remove" || (change.action === "readdress" && !isLocal(change));

/** GUIDs of members whose membership ends with some rows. */
export const endingMembers = (rows: readonly PlanRow[], state: StateIndex): ReadonlySet<string> =>
  new Set(rows.filter(endsMembership).flatMap((row) => findMember(row, state)?.id ?? []));

/** GUIDs of members that some rows give an external id → that id. */
export const stampedMembers = (rows: readonly PlanRow[], state: StateIndex): ReadonlyMap<string, string> =>
  new Map(
    rows
      .filter((row) => row.action === "stamp")
      .flatMap((row) => {
        const { externalId }: PersonFacts = row.after;
        const member = findMember(row, state);
        return member === undefined || externalId === undefined ? [] : [[member.id, externalId] as const];
      }),
  );

export const findMember = (row: PlanRow, state: StateIndex): OrganizationMember | undefined =>
  (row.subject.organizationId === undefined ? undefined : state.memberById.get(row.subject.organizationId)) ??
  (row.subject.externalId === undefined ? undefined : state.memberByExternalId.get(row.subject.externalId));

export const findGroup = (row: PlanRow, state: StateIndex): OrganizationGroup | undefined =>
  (row.subject.organizationId === undefined ? undefined : state.groupById.get(row.subject.organizationId)) ??
  (row.subject.externalId === undefined ? undefined : state.groupByExternalId.get(row.subject.externalId));
