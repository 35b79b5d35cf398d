/**
 * What an official server holds once a plan's rows are carried out, foretold from the rows alone. It knows how the
 * server acts (people and groups by externalId, revoke and restore by GUID) and nothing of how our client asks for it.
 */
import { isLocal, type GroupFacts, type PersonFacts, type PlanRow } from "../../src/core/plan.ts";
import type { Group, Member, State } from "../../src/organizations/sandbox/state.ts";

export interface Held {
  readonly members: readonly Member[];
  readonly groups: readonly Group[];
}

/** A copy of what the server holds now. */
export const heldBy = ({ members, groups }: State): Held =>
  structuredClone({ members: [...members.values()], groups: [...groups.values()] });

/** What is held, in lines: whoever was there before with every field, newcomers with what a plan can know of them. */
export const linesOf = ({ members, groups }: Held, before: Held): string[] => {
  const known = new Set([...before.members, ...before.groups].map(({ id }) => id));
  const emailOf = new Map(members.map(({ id, email }) => [id, email]));
  const people = members.map((one) => {
    const { id, email, externalId, status, type } = one;
    return JSON.stringify(known.has(id) ? sortedFields(one) : { email, externalId, status, type });
  });
  const sets = groups.map(({ id, name, externalId, collections, memberIds }) => {
    const own = [...memberIds].map((one) => emailOf.get(one) ?? `nobody ${one}`).toSorted();
    return JSON.stringify({ ...(known.has(id) ? { id } : {}), name, externalId, collections, members: own });
  });
  return [...people, ...sets].toSorted();
};

const sortedFields = (member: Member): unknown =>
  Object.fromEntries(Object.entries(member).toSorted(([left], [right]) => (left < right ? -1 : 1)));

export const predict = (before: Held, rows: readonly PlanRow[]): Held => {
  const { members, groups } = structuredClone(before);
  let held: Held = { members, groups };
  for (const row of rows) {
    if (row.action === "keep" || isLocal(row)) continue;
    held = row.subject.kind === "person" ? withPerson(held, row) : withGroup(held, row);
  }
  return held;
};

const withPerson = (held: Held, row: PlanRow): Held => {
  const who = named(held.members, row);
  const changed = (more: Partial<Member>): Held => ({
    ...held,
    members: held.members.map((one) => (one === who ? { ...one, ...more } : one)),
  });
  if (row.action === "invite" || row.action === "stage") return withNewcomer(held, row);
  if (row.action === "revoke") return changed({ status: -1, priorStatus: who?.status ?? null });
  if (row.action === "restore") return changed({ status: who?.priorStatus ?? 0, priorStatus: null });
  if (row.action === "stamp") return changed({ externalId: row.after.externalId ?? null });
  if (row.action === "remove") return without(held, who);
  if (row.action === "readdress") return withNewcomer(without(held, who), row);
  throw new Error(`The case has no ${row.action}.`);
};

/** By the organization's own id; of what a run made that id is not known yet, only the external one. */
const named = <Entry extends { readonly id: string; readonly externalId: string | null }>(
  entries: readonly Entry[],
  { subject: { organizationId, externalId } }: PlanRow,
): Entry | undefined =>
  entries.find((entry) =>
    organizationId === undefined ? entry.externalId === externalId : entry.id === organizationId,
  );

const withNewcomer = (held: Held, row: PlanRow): Held => {
  const after: PersonFacts = row.after;
  const newcomer: Member = {
    id: `new ${row.row}`,
    userId: null,
    email: after.email ?? "",
    name: null,
    type: 2,
    status: after.status === "staged" ? 3 : 0,
    priorStatus: null,
    externalId: after.externalId ?? null,
    hasMasterPassword: false,
    twoFactor: false,
    collections: [],
  };
  return { ...held, members: [...held.members, newcomer] };
};

const without = (held: Held, who: Member | undefined): Held => ({
  members: held.members.filter((one) => one !== who),
  groups: held.groups.map((one) => ({
    ...one,
    memberIds: new Set([...one.memberIds].filter((id) => id !== who?.id)),
  })),
});

const withGroup = (held: Held, row: PlanRow): Held => {
  const idOf = new Map(held.members.map(({ id, externalId }) => [externalId, id]));
  const add = (row.add ?? []).flatMap((externalId) => idOf.get(externalId) ?? []);
  const gone = new Set([
    ...(row.remove ?? []).map((externalId) => idOf.get(externalId)),
    ...held.members.filter(({ email }) => row.removeByEmail?.includes(email.toLowerCase())).map(({ id }) => id),
  ]);
  const facts: GroupFacts = row.after;
  if (row.action === "create-group") {
    const made = { id: `new ${row.row}`, name: facts.name ?? "", externalId: facts.externalId ?? null };
    return { ...held, groups: [...held.groups, { ...made, memberIds: new Set(add), collections: [] }] };
  }
  const which = named(held.groups, row);
  const groups = held.groups.flatMap((one) => {
    if (one !== which) return [one];
    if (row.action === "remove-group") return [];
    if (row.action === "rename-group") return [{ ...one, name: facts.name ?? one.name }];
    const kept = [...one.memberIds].filter((id) => !gone.has(id));
    return [{ ...one, memberIds: new Set([...kept, ...add]) }];
  });
  return { ...held, groups };
};
