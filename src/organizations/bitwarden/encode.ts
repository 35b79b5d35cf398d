import { ascending } from "../../core/ascending.ts";
import { Fault } from "../../core/fault.ts";
import { isLocal, type GroupFacts, type PersonFacts, type PlanRow } from "../../core/plan.ts";
import type { GroupKey, ImportGroup, ImportMember, Known, MemberKey, Step } from "../organization.ts";
import { batches } from "../wire/batches.ts";
import { checkUnique } from "../wire/unique.ts";
import { envelopeBytes, groupBytes, memberBytes } from "../wire/import-body.ts";

export interface EncodeFacts {
  readonly server: string;
  /** Whether the server announces that it can stage. */
  readonly staging: boolean;
}

/** A request's limits: the count is the cloud's own, the bytes are what a proxy with nginx's default of 1 MB lets through. */
export const importLimits = { count: 2_000, bytes: 900_000 - envelopeBytes } as const;
/** Kestrel's default for a body. */
const mostBytes = 30_000_000;

/**
 * The requests of a plan, in the order in which they may not fail: access is taken first, which frees the seats that
 * restored and invited people need; people come before groups, since a group takes only who is there; unions of
 * memberships come last, when everybody is. Throws before anything is sent: Faults `organization.no_staging`,
 * `organization.duplicate_ids`, `organization.too_large`.
 */
export const encodeRows = (rows: readonly PlanRow[], known: Known, facts: EncodeFacts): Step[] => {
  const people = sortPeople(rows);
  if (people.staged.length > 0 && !facts.staging)
    throw new Fault("organization.no_staging", { server: facts.server, reason: "flag" });
  const groups = sortGroups(rows, known);
  const added = [...people.invited, ...people.staged].map(({ member }) => member);
  checkUnique(
    added,
    groups.imported.map(({ group }) => group),
  );
  const [first, ...others] = people.staged;
  const imports = [
    ...memberSteps(people.invited, true),
    // Alone, so that a server which only says that it stages has mailed one person, not two thousand.
    ...(first === undefined ? [] : memberSteps([first], false)),
    ...memberSteps(others, false),
    ...groupSteps(groups.imported, facts),
  ];
  const largeImport = imports.length > 1;
  return [
    ...people.taken,
    ...people.restored,
    ...imports.map((step): Step => ({ ...step, largeImport })),
    ...groups.united,
    ...groups.removed,
  ];
};

interface Addition {
  readonly row: number;
  readonly member: ImportMember;
}

const sortPeople = (rows: readonly PlanRow[]) => {
  const of = (action: PlanRow["action"]): PlanRow[] => rows.filter((row) => row.action === action);
  const readdressed = of("readdress").filter((row) => !isLocal(row));
  const staysStaged = (row: PlanRow): boolean => statusAfter(row) === "staged";
  return {
    taken: [
      ...of("revoke").map((row): Step => ({ kind: "revoke", member: keyOf(row), rows: [row.row] })),
      ...of("remove").map((row): Step => ({ kind: "remove", member: keyOf(row), rows: [row.row] })),
      ...readdressed.map((row): Step => ({
        kind: "remove",
        member: keyOf(row),
        onlyIf: "pending",
        rows: [],
        begins: [row.row],
      })),
    ],
    restored: of("restore").map((row): Step => ({ kind: "restore", member: keyOf(row), rows: [row.row] })),
    invited: [...of("stamp"), ...of("invite"), ...readdressed.filter((row) => !staysStaged(row))].map(additionOf),
    staged: [...of("stage"), ...readdressed.filter(staysStaged)].map(additionOf),
  };
};

const statusAfter = ({ after }: PlanRow): PersonFacts["status"] => {
  const facts: PersonFacts = after;
  return facts.status;
};

/** By its facts before the change: an address that the plan changes is not yet the one the organization knows. */
const keyOf = ({ before, subject }: PlanRow): MemberKey => {
  const facts: PersonFacts = before;
  const externalId = facts.externalId ?? subject.externalId;
  return {
    email: facts.email ?? subject.email ?? "",
    ...(externalId === undefined ? {} : { externalId }),
    ...(subject.organizationId === undefined ? {} : { organizationId: subject.organizationId }),
  };
};

const additionOf = ({ row, after, subject }: PlanRow): Addition => {
  const facts: PersonFacts = after;
  return {
    row,
    member: {
      email: facts.email ?? subject.email ?? "",
      externalId: facts.externalId ?? subject.externalId ?? subject.id,
      deleted: false,
    },
  };
};

type ImportStep = Extract<Step, { kind: "import" }>;

const memberSteps = (additions: readonly Addition[], invite: boolean): ImportStep[] =>
  batches(
    additions.map((addition) => ({ item: addition, bytes: memberBytes(addition.member) })),
    importLimits,
  ).map((batch) => ({
    kind: "import",
    members: batch.map(({ member }) => member),
    groups: [],
    invite,
    largeImport: false,
    rows: batch.map(({ row }) => row),
  }));

interface GroupWrite {
  readonly rows: readonly number[];
  readonly group: ImportGroup;
}

const groupSteps = (writes: readonly GroupWrite[], { server }: EncodeFacts): ImportStep[] => {
  const measured = writes.map((write) => ({ item: write, bytes: groupBytes(write.group) }));
  const largest = Math.max(0, ...measured.map(({ bytes }) => bytes));
  if (largest + envelopeBytes > mostBytes)
    throw new Fault("organization.too_large", { server, size: largest, unit: "bytes", limit: mostBytes });
  return batches(measured, importLimits).map((batch) => ({
    kind: "import",
    members: [],
    groups: batch.map(({ group }) => group),
    invite: true,
    largeImport: false,
    rows: batch.flatMap((write) => write.rows),
  }));
};

/** Rows of one group are one request: an import names a group whole. */
const sortGroups = (rows: readonly PlanRow[], known: Known) => {
  const imported: GroupWrite[] = [];
  const united: Step[] = [];
  const removed: Step[] = [];
  const bySubject = Map.groupBy(
    rows.filter((row) => row.subject.kind === "group" && row.action !== "adopt" && row.action !== "keep"),
    (row) => row.subject.id,
  );
  for (const [id, own] of bySubject) {
    const group = known.group(id);
    const creating = own.find((row) => row.action === "create-group");
    const removing = own.find((row) => row.action === "remove-group");
    if (removing !== undefined) {
      removed.push({ kind: "remove-group", group: groupKey(removing, group?.organizationId), rows: [removing.row] });
      continue;
    }
    if (creating !== undefined) {
      imported.push({ rows: own.map(({ row }) => row), group: created(creating) });
      continue;
    }
    if (group === undefined) throw new Fault("internal.defect", { reason: `the group ${id} is not known` });
    const members = membersAfter(group.members, own);
    const renaming = own.find((row) => row.action === "rename-group");
    const goesByEndpoint =
      group.writtenBy === "member-ids" ||
      (known.overfull && renaming === undefined && group.organizationId !== undefined);
    if (!goesByEndpoint) {
      const facts: GroupFacts = renaming?.after ?? {};
      imported.push({
        rows: own.map(({ row }) => row),
        group: { name: facts.name ?? group.name, externalId: group.externalId, memberExternalIds: members },
      });
      continue;
    }
    // An import would throw out who was put in by hand, so the name stays as it is until the next plan says so.
    const memberships = own.filter((row) => row !== renaming);
    if (memberships.length === 0) continue;
    united.push({
      kind: "group-members",
      group: {
        externalId: group.externalId,
        name: group.name,
        ...(group.organizationId === undefined ? {} : { organizationId: group.organizationId }),
      },
      members,
      remove: memberships.flatMap(({ remove = [] }) => remove),
      removeByEmail: memberships.flatMap(({ removeByEmail = [] }) => removeByEmail),
      rows: memberships.map(({ row }) => row),
    });
  }
  return { imported, united, removed };
};

const created = ({ after, subject, add }: PlanRow): ImportGroup => {
  const facts: GroupFacts = after;
  return {
    name: facts.name ?? subject.name ?? "",
    externalId: facts.externalId ?? subject.externalId ?? subject.id,
    memberExternalIds: ascending(add),
  };
};

const membersAfter = (before: readonly string[], rows: readonly PlanRow[]): string[] => {
  const members = new Set(before);
  for (const { remove = [] } of rows) for (const id of remove) members.delete(id);
  for (const { add = [] } of rows) for (const id of add) members.add(id);
  return [...members].sort();
};

const groupKey = ({ subject, before }: PlanRow, organizationId: string | undefined): GroupKey => {
  const facts: GroupFacts = before;
  const id = organizationId ?? subject.organizationId;
  return {
    externalId: facts.externalId ?? subject.externalId ?? subject.id,
    name: facts.name ?? subject.name ?? "",
    ...(id === undefined ? {} : { organizationId: id }),
  };
};
