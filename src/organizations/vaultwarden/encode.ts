import { Fault } from "../../core/fault.ts";
import { isLocal, type GroupFacts, type PersonFacts, type PlanRow } from "../../core/plan.ts";
import type { ImportGroup, ImportMember, Known, Step } from "../organization.ts";
import { batches } from "../wire/batches.ts";
import { envelopeBytes, groupBytes, memberBytes } from "../wire/import-body.ts";
import { checkUnique } from "../wire/unique.ts";

/**
 * Limits of a request. People: the server mails each new one inside the request, one after another. Bytes: what a proxy
 * with nginx's default of 1 MB lets through. Cost: memberships times members, since each membership scans the table of
 * members (measured: organization protocol §11.5; 1,000 in an organization of 50,000 take about 10 s).
 */
export const importLimits = { people: 200, groups: 2_000, bytes: 900_000 - envelopeBytes, cost: 50_000_000 } as const;
/** Vaultwarden's limit for a body. */
const mostBytes = 20_000_000;

/**
 * The imports of a plan: whoever loses access first, then the others, then groups. People are found by address, so a
 * leaver is named by the address we sent; a changed address retires the old one under an id of its own, or groups might
 * go on holding the old membership. Throws before anything is sent: Faults `organization.no_staging`,
 * `organization.duplicate_ids`, `organization.too_large`.
 */
export const encodeRows = (rows: readonly PlanRow[], known: Known, server: string): Step[] => {
  const of = (...actions: PlanRow["action"][]): PlanRow[] =>
    actions.flatMap((action) => rows.filter((row) => row.action === action));
  if (of("stage").length > 0) throw new Fault("organization.no_staging", { server, reason: "vaultwarden" });
  const people = [
    ...of("revoke", "remove").map((row) => ({ row: row.row, members: [leaver(row)] })),
    ...of("readdress")
      .filter((row) => !isLocal(row))
      .map((row) => ({ row: row.row, members: [retired(row), joiner(row)] })),
    ...of("restore", "stamp", "invite").map((row) => ({ row: row.row, members: [joiner(row)] })),
  ];
  const groups = groupWrites(rows, known);
  checkUnique(
    people.flatMap(({ members }) => members),
    groups.map(({ group }) => group),
  );
  const largest = Math.max(0, ...groups.map(({ group }) => groupBytes(group)));
  if (largest + envelopeBytes > mostBytes)
    throw new Fault("organization.too_large", { server, size: largest, unit: "bytes", limit: mostBytes });
  return [
    ...batches(
      people.map((entry) => ({
        item: entry,
        bytes: entry.members.reduce((sum, member) => sum + memberBytes(member), 0),
        count: entry.members.length,
      })),
      { count: importLimits.people, bytes: importLimits.bytes },
    ).map((batch) =>
      step(
        batch.map(({ row }) => row),
        batch.flatMap(({ members }) => members),
        [],
      ),
    ),
    ...batches(
      groups.map((write) => ({
        item: write,
        bytes: groupBytes(write.group),
        cost: write.group.memberExternalIds.length * known.memberCount,
      })),
      { count: importLimits.groups, bytes: importLimits.bytes, cost: importLimits.cost },
    ).map((batch) =>
      step(
        batch.flatMap((write) => write.rows),
        [],
        batch.map(({ group }) => group),
      ),
    ),
  ];
};

const step = (rows: readonly number[], members: readonly ImportMember[], groups: readonly ImportGroup[]): Step => ({
  kind: "import",
  rows,
  members,
  groups,
  invite: true,
  largeImport: false,
});

const joiner = ({ after, subject }: PlanRow): ImportMember => {
  const facts: PersonFacts = after;
  return {
    email: facts.email ?? subject.email ?? "",
    externalId: facts.externalId ?? subject.externalId ?? subject.id,
    deleted: false,
  };
};

const leaver = (row: PlanRow): ImportMember => {
  const { email, externalId } = formerly(row);
  return { email, externalId, deleted: true };
};

const retired = (row: PlanRow): ImportMember => {
  const { email, externalId } = formerly(row);
  return { email, externalId: `${externalId}~old`, deleted: true };
};

/** As the organization knows them before the change. */
const formerly = ({ before, after, subject }: PlanRow): { email: string; externalId: string } => {
  const facts: PersonFacts = before;
  const later: PersonFacts = after;
  return {
    email: facts.email ?? later.email ?? subject.email ?? "",
    externalId: facts.externalId ?? subject.externalId ?? subject.id,
  };
};

interface GroupWrite {
  readonly rows: readonly number[];
  readonly group: ImportGroup;
}

/** The whole membership of each group, since an import replaces it. A name goes along but changes nothing. */
const groupWrites = (rows: readonly PlanRow[], known: Known): GroupWrite[] => {
  const bySubject = Map.groupBy(
    rows.filter((row) => row.subject.kind === "group" && row.action !== "adopt" && row.action !== "keep"),
    (row) => row.subject.id,
  );
  return [...bySubject].map(([id, own]) => {
    const group = known.group(id);
    const creating = own.find((row) => row.action === "create-group");
    const removing = own.some((row) => row.action === "remove-group");
    if (group === undefined && creating === undefined)
      throw new Fault("internal.defect", { reason: `the group ${id} is not known` });
    const facts: GroupFacts = creating?.after ?? {};
    const members = new Set(creating === undefined && !removing ? group?.members : []);
    for (const { remove = [] } of own) for (const member of remove) members.delete(member);
    for (const { add = [] } of own) for (const member of add) members.add(member);
    return {
      rows: own.map(({ row }) => row),
      group: {
        // Nothing renames a group here; one that was removed by hand is made again, under the name it has now.
        name: facts.name ?? own[0]?.subject.name ?? group?.name ?? id,
        externalId: facts.externalId ?? group?.externalId ?? own[0]?.subject.externalId ?? id,
        memberExternalIds: [...members].sort(),
      },
    };
  });
};
