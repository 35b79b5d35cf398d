/** Small directories, links and organizations for the core's own tests, and what an official server makes of a plan. */
import type { Desired, DesiredGroup, DesiredPerson } from "./desired.ts";
import type { DiffInput, DiffResult, DiffSettings } from "./diff/input.ts";
import type { GroupLink, PersonLink } from "./link.ts";
import type { OrganizationGroup, OrganizationMember, OrganizationState } from "./organization-state.ts";
import { isChange, isLocal, numberRows, type Change, type GroupFacts, type PersonFacts, type PlanRow } from "./plan.ts";
import { settle } from "./settle.ts";

export const minute = 60_000;
/** When every test's read ends. */
export const now = Date.UTC(2026, 10, 24, 12);

export const settings: DiffSettings = {
  users: true,
  groups: true,
  joiners: "invite",
  leavers: { disabled: "revoke", gone: "revoke", wait: 0 },
  groupsGone: "empty",
  keepManualMembers: true,
  addressChange: "wait",
  protect: new Set(),
};

export const person = (id: string, more: Partial<DesiredPerson> = {}): DesiredPerson => ({
  id,
  externalId: id,
  email: `${id}@firm.test`,
  name: `Name ${id}`,
  state: "enabled",
  ...more,
});

export const group = (id: string, members: readonly string[] = [], more: Partial<DesiredGroup> = {}): DesiredGroup => ({
  id,
  externalId: id,
  name: `Group ${id}`,
  members,
  ...more,
});

/** Linked as we would have invited them: the membership's GUID is `m-` and the id. */
export const link = (id: string, more: Partial<PersonLink> = {}): PersonLink => ({
  id,
  externalId: id,
  email: `${id}@firm.test`,
  directoryEmail: `${id}@firm.test`,
  name: `Name ${id}`,
  organizationId: `m-${id}`,
  ...more,
});

export const groupLink = (id: string, members: readonly string[] = [], more: Partial<GroupLink> = {}): GroupLink => ({
  id,
  externalId: id,
  name: `Group ${id}`,
  organizationId: `g-${id}`,
  writtenBy: "import",
  members,
  ...more,
});

export const member = (id: string, more: Partial<OrganizationMember> = {}): OrganizationMember => ({
  id: `m-${id}`,
  email: `${id}@firm.test`,
  status: "confirmed",
  type: "user",
  externalId: id,
  ...more,
});

/** Somebody added by hand. */
export const memberWithoutId = (id: string, more: Partial<OrganizationMember> = {}): OrganizationMember => {
  const { externalId: _none, ...rest } = member(id, more);
  return rest;
};

/** Members by the ids of their people. */
export const theirGroup = (
  id: string,
  members: readonly string[] = [],
  more: Partial<OrganizationGroup> = {},
): OrganizationGroup => ({
  id: `g-${id}`,
  name: `Group ${id}`,
  externalId: id,
  members: members.map((one) => `m-${one}`),
  ...more,
});

export const groupWithoutId = (id: string, members: readonly string[] = []): OrganizationGroup => {
  const { externalId: _none, ...rest } = theirGroup(id, members);
  return rest;
};

export interface World {
  readonly people?: readonly DesiredPerson[];
  readonly groups?: readonly DesiredGroup[];
  readonly leftOut?: readonly string[];
  readonly unselected?: readonly string[];
  readonly otherGroups?: readonly string[];
  readonly links?: readonly PersonLink[];
  readonly groupLinks?: readonly GroupLink[];
  /** Absent: the organization is not read. */
  readonly members?: readonly OrganizationMember[];
  readonly theirGroups?: readonly OrganizationGroup[];
  readonly settings?: Partial<DiffSettings>;
}

export const desiredOf = (world: World): Desired => ({
  people: new Map((world.people ?? []).map((one) => [one.id, one])),
  groups: new Map((world.groups ?? []).map((one) => [one.id, one])),
  leftOut: new Map((world.leftOut ?? []).map((id) => [id, { code: "left_out.no_address" }])),
  unselected: new Map((world.unselected ?? []).map((id) => [id, { code: "unselected.excluded" }])),
  otherGroups: new Map((world.otherGroups ?? []).map((id) => [id, { code: "unselected.excluded" }])),
  externalIds: new Set([
    ...(world.people ?? []).map((one) => one.externalId),
    ...(world.leftOut ?? []),
    ...(world.unselected ?? []),
  ]),
  notes: [],
});

export const inputOf = (world: World, more: Partial<DiffInput> = {}): DiffInput => ({
  desired: desiredOf(world),
  people: world.links ?? [],
  groups: world.groupLinks ?? [],
  organization:
    world.members === undefined && world.theirGroups === undefined
      ? undefined
      : { members: world.members ?? [], groups: world.theirGroups ?? [] },
  marks: [],
  settings: { ...settings, ...world.settings },
  server: { readable: true, remove: true, renameGroup: true, removeGroup: true },
  now,
  secondReadAfter: 30 * minute,
  selectionChanged: false,
  directoryChanged: false,
  elsewhere: new Map(),
  ...more,
});

/** `revoke ana because leaver.disabled`, in plan order: what a test says about a result. */
export const told = (result: DiffResult): string[] => numberRows(result.changes).map(tell);

export const tell = ({ action, subject, because, add, remove }: Change): string => {
  const sign = (mark: string, list: readonly string[] | undefined): string =>
    (list ?? []).map((one) => ` ${mark}${one}`).join("");
  return `${action} ${subject.id}${sign("+", add)}${sign("-", remove)} because ${because.code}`;
};

export const notesOf = (result: DiffResult): string[] =>
  result.notes.map((note) => `${note.code} ${note.subject?.id ?? ""}`).toSorted();

/** The links after the rows were done and the run's bookkeeping was kept. */
export const settled = (input: DiffInput, result: DiffResult): Pick<DiffInput, "people" | "groups"> => {
  const people = new Map(input.people.map((one) => [one.id, one]));
  const groups = new Map(input.groups.map((one) => [one.id, one]));
  for (const one of result.updates.people) people.set(one.id, one);
  for (const one of result.updates.groups) groups.set(one.id, one);
  for (const id of result.updates.gonePeople) people.delete(id);
  for (const id of result.updates.goneGroups) groups.delete(id);
  for (const row of numberRows(result.changes).filter(isChange)) {
    const holderOf = new Map([...people.values()].map((one) => [one.externalId, one.id]));
    const holderOfMember = new Map([...people.values()].map((one) => [one.organizationId ?? "", one.id]));
    holderOfMember.delete("");
    const after = settle([row], { people, groups, holderOf, holderOfMember }, input.now);
    for (const id of after.gonePeople) people.delete(id);
    for (const id of after.goneGroups) groups.delete(id);
    for (const one of after.people) people.set(one.id, one);
    for (const one of after.groups) groups.set(one.id, one);
  }
  return { people: [...people.values()], groups: [...groups.values()] };
};

/** What an official server holds after the rows of a plan, told in few words: enough to see that nothing is left to do. */
export const applied = (state: OrganizationState, changes: readonly Change[]): OrganizationState => {
  const members = new Map(state.members.map((one) => [one.id, one]));
  const groups = new Map(state.groups.map((one) => [one.id, one]));
  const newId = (): string => {
    let number = 1;
    while (members.has(`new-${number}`) || groups.has(`new-${number}`)) number += 1;
    return `new-${number}`;
  };
  const invite = (row: PlanRow): void => {
    const after: PersonFacts = row.after;
    if (members.values().some((one) => one.email === after.email || one.externalId === after.externalId)) return;
    const id = newId();
    members.set(id, {
      id,
      email: after.email ?? "",
      type: "user",
      status: after.status ?? "invited",
      ...(after.externalId === undefined ? {} : { externalId: after.externalId }),
    });
  };
  const drop = (id: string): void => {
    members.delete(id);
    for (const one of groups.values())
      groups.set(one.id, { ...one, members: (one.members ?? []).filter((own) => own !== id) });
  };
  for (const row of numberRows(changes)) {
    const who = members.get(row.subject.organizationId ?? "") ?? byExternalId(members, row.subject.externalId);
    const which = groups.get(row.subject.organizationId ?? "") ?? byExternalId(groups, row.subject.externalId);
    if (row.action === "keep" || isLocal(row)) continue;
    if (row.action === "invite" || row.action === "stage") invite(row);
    else if (row.action === "create-group") {
      const facts: GroupFacts = row.after;
      const id = which?.id ?? newId();
      const own = { id, name: facts.name ?? "", externalId: facts.externalId ?? "" };
      groups.set(id, { ...own, members: idsOf(members, row.add ?? []) });
    } else if (row.subject.kind === "person" && who !== undefined) {
      if (row.action === "revoke") members.set(who.id, { ...who, status: "revoked" });
      else if (row.action === "restore") members.set(who.id, { ...who, status: "confirmed" });
      else if (row.action === "stamp") {
        const { externalId = "" }: PersonFacts = row.after;
        members.set(who.id, { ...who, externalId });
      } else drop(who.id);
      if (row.action === "readdress") invite(row);
    } else if (row.subject.kind === "group" && which !== undefined) {
      if (row.action === "remove-group") groups.delete(which.id);
      else if (row.action === "rename-group") groups.set(which.id, { ...which, name: row.subject.name ?? "" });
      else groups.set(which.id, { ...which, members: membersAfter(members, which, row) });
    }
  }
  return { members: [...members.values()], groups: [...groups.values()] };
};

const byExternalId = <Item extends { readonly externalId?: string }>(
  items: ReadonlyMap<string, Item>,
  externalId: string | undefined,
): Item | undefined => items.values().find((one) => externalId !== undefined && one.externalId === externalId);

const idsOf = (members: ReadonlyMap<string, OrganizationMember>, externalIds: readonly string[]): string[] =>
  externalIds.flatMap((externalId) => byExternalId(members, externalId)?.id ?? []);

const membersAfter = (
  members: ReadonlyMap<string, OrganizationMember>,
  which: OrganizationGroup,
  row: PlanRow,
): string[] => {
  const removed = new Set([
    ...idsOf(members, row.remove ?? []),
    ...[...members.values()].flatMap((one) => (row.removeByEmail?.includes(one.email) === true ? [one.id] : [])),
  ]);
  const kept = (which.members ?? []).filter((id) => !removed.has(id));
  return [...new Set([...kept, ...idsOf(members, row.add ?? [])])];
};
