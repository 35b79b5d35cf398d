import { takesSeat, type OrganizationState } from "../core/organization-state.ts";
import type { PersonFacts, PlanRow } from "../core/plan.ts";
import { endingMembers, indexState, stampedMembers, type StateIndex } from "../core/satisfied.ts";
import type { LinkTable } from "../core/settle.ts";
import type { Known, KnownGroup } from "../organizations/organization.ts";

export interface KnownInput {
  readonly rows: readonly PlanRow[];
  readonly table: LinkTable;
  /** Whether this plan adopts the group: the people in it that we manage are there with the directory's consent. */
  readonly adopted: (groupId: string) => boolean;
  /** Whether people are synchronised; else those whom the directory asks for may have no link. */
  readonly users: boolean;
  /** The organization as last read; absent where it cannot be read. */
  readonly state: OrganizationState | undefined;
  readonly keepManual: boolean;
  /** Number of seats from the settings, where the server does not tell. */
  readonly seats: number | undefined;
}

/**
 * What encode must know beyond the rows. Whether a group holds memberships of others is decided here, on the reading
 * just before sending, so that a reviewed plan never throws out somebody put in meanwhile.
 */
export const createKnown = (input: KnownInput): Known => {
  const index = input.state === undefined ? undefined : indexRows(input.rows, indexState(input.state));
  const rowsOf = Map.groupBy(
    input.rows.filter((row) => row.subject.kind === "group"),
    (row) => row.subject.id,
  );
  const used = (input.state?.members.filter((member) => takesSeat(member.status)).length ?? 0) - freed(input.rows);
  const total = input.state?.seats?.total ?? (input.state?.seats === undefined ? input.seats : undefined);
  let managed: ReadonlySet<string> | undefined;
  const isManaged = (externalId: string): boolean => (managed ??= managedBy(input, index)).has(externalId);
  return {
    group: (subjectId) => knownGroup(input, index, rowsOf.get(subjectId) ?? [], subjectId, isManaged),
    memberCount: (input.state?.members.length ?? input.table.people.size) + arriving(input),
    overfull: total !== undefined && used > total,
  };
};

/** The organization when the groups' turn comes: people have gone and have got their external ids by then. */
interface Turn extends StateIndex {
  readonly ending: ReadonlySet<string>;
  /** GUIDs of members that these rows give an external id. */
  readonly stamped: ReadonlyMap<string, string>;
}

const indexRows = (rows: readonly PlanRow[], index: StateIndex): Turn => ({
  ...index,
  ending: endingMembers(rows, index),
  stamped: stampedMembers(rows, index),
});

/** External ids of whom we manage when the groups' turn comes: linked, or given an external id by these rows. */
const managedBy = ({ table }: KnownInput, index: Turn | undefined): Set<string> => {
  const managed = new Set(index?.stamped.values());
  for (const person of table.people.values()) managed.add(person.externalId);
  return managed;
};

/** Whom these rows bring in, so that the groups after them meet a larger organization. */
const arriving = ({ rows, table }: KnownInput): number =>
  rows.filter(({ action, subject }) => (action === "invite" || action === "stage") && !table.people.has(subject.id))
    .length;

/** Seats of those who lose access in these rows: that comes first. */
const freed = (rows: readonly PlanRow[]): number =>
  rows.filter(({ action, before }) => {
    const { status }: PersonFacts = before;
    return (action === "revoke" || action === "remove") && status !== undefined && takesSeat(status);
  }).length;

const knownGroup = (
  input: KnownInput,
  index: Turn | undefined,
  rows: readonly PlanRow[],
  id: string,
  isManaged: (externalId: string) => boolean,
): KnownGroup | undefined => {
  const link = input.table.groups.get(id);
  const [row] = rows;
  const externalId = link?.externalId ?? row?.subject.externalId;
  if (externalId === undefined) return undefined;
  const organizationId = link?.organizationId ?? row?.subject.organizationId;
  const group =
    (organizationId === undefined ? undefined : index?.groupById.get(organizationId)) ??
    index?.groupByExternalId.get(externalId);
  const name = group?.name ?? link?.name ?? row?.subject.name ?? externalId;
  const identity = {
    externalId,
    name,
    ...(group === undefined && organizationId === undefined
      ? {}
      : { organizationId: group?.id ?? organizationId ?? "" }),
  };
  if (group?.members === undefined || index === undefined) {
    // A group that is there and was not read may hold anybody: only a union leaves them in it.
    const writtenBy = group === undefined ? (link?.writtenBy ?? "import") : "member-ids";
    return { ...identity, members: link?.members ?? [], writtenBy, manual: [] };
  }
  const ours = new Set(link?.members);
  // A group that is adopted or renamed goes by an import, which leaves in it whom it names, whoever put them there: all that
  // we manage, and where people are not synchronised whoever has an external id.
  const namesManaged = input.adopted(id) || rows.some(({ action }) => action === "rename-group");
  const isNamed = (personId: string): boolean =>
    ours.has(personId) || !input.keepManual || (namesManaged && (!input.users || isManaged(personId)));
  for (const { add, remove } of rows) for (const personId of [...(add ?? []), ...(remove ?? [])]) ours.add(personId);
  // Nobody leaves a group whom no row names: an import would throw out whoever has no external id.
  const removed = new Set(rows.flatMap((one) => one.removeByEmail ?? []));
  const members: string[] = [];
  const manual: string[] = [];
  for (const memberId of group.members) {
    const member = index.memberById.get(memberId);
    if (member === undefined || index.ending.has(memberId)) continue;
    const personId = member.externalId ?? index.stamped.get(memberId);
    if (personId !== undefined && isNamed(personId)) members.push(personId);
    else if (!removed.has(member.email)) manual.push(memberId);
  }
  const writtenBy = manual.length > 0 || group.externalId === undefined ? "member-ids" : "import";
  return { ...identity, members, writtenBy, manual };
};
