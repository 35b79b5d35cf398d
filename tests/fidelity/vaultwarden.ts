/**
 * What a Vaultwarden server holds once a plan's rows were sent, foretold from the rows and from what earlier rows put into
 * groups. It knows how that server acts (people by address, groups by external id and replaced whole, of several people
 * with one external id the row written longest ago) and nothing of how our client asks for it.
 */
import { isLocal, type GroupFacts, type PersonFacts, type PlanRow } from "../../src/core/plan.ts";
import type { Account, Group, Member } from "../../src/organizations/sandbox/state.ts";
import type { Held } from "./predict.ts";

/** What decides how somebody arrives or comes back, beside the members. */
export interface Rules {
  readonly mail: boolean;
  readonly twoFactor: boolean;
  readonly accounts: ReadonlyMap<string, Account>;
}

/** External id of a group → external ids of the people whom our rows put into it and did not take out again. */
export type Ledger = Map<string, ReadonlySet<string>>;

/** The ledger goes along with the rows. */
export const predictVaultwarden = (before: Held, rows: readonly PlanRow[], rules: Rules, ledger: Ledger): Held => {
  const { members, groups } = structuredClone(before);
  const server = { members: [...members], groups: [...groups], rules };
  for (const row of rows) {
    if (row.action === "keep" || isLocal(row)) continue;
    if (row.subject.kind === "person") sendPerson(server, row);
    else sendGroup(server, row, ledger);
  }
  return server;
};

interface Server {
  readonly members: Member[];
  readonly groups: Group[];
  readonly rules: Rules;
}

const sendPerson = (server: Server, row: PlanRow): void => {
  const before: PersonFacts = row.before;
  const after: PersonFacts = row.after;
  const former = { email: before.email ?? "", externalId: before.externalId ?? row.subject.externalId ?? "" };
  const coming = { email: after.email ?? "", externalId: after.externalId ?? row.subject.externalId ?? "" };
  switch (row.action) {
    case "revoke":
      return leave(server, former);
    case "readdress":
      leave(server, { ...former, externalId: `${former.externalId}~old` });
      return arrive(server, coming);
    case "restore":
    case "invite":
      return arrive(server, coming);
    default:
      throw new Error(`Nothing is known of ${row.action} here.`);
  }
};

interface Entry {
  readonly email: string;
  readonly externalId: string;
}

const leave = (server: Server, { email, externalId }: Entry): void => {
  const member = server.members.find((one) => one.email === email);
  if (member === undefined) return;
  const owners = server.members.filter(({ type, status }) => type === 0 && status === 2);
  const isLast = owners.length === 1 && owners[0] === member;
  const isRevoked = member.status === -1 || isLast;
  write(server, member, { externalId, ...(isRevoked ? {} : { status: -1, priorStatus: member.status }) });
};

const arrive = (server: Server, { email, externalId }: Entry): void => {
  const { rules } = server;
  const member = server.members.find((one) => one.email === email);
  if (member === undefined) return join(server, { email, externalId });
  const former = member.priorStatus ?? 0;
  const isPlain = member.type !== 0 && member.type !== 1;
  const isKeptOut = rules.twoFactor && isPlain && former !== 0 && !member.twoFactor;
  const isBack = member.status === -1 && !isKeptOut;
  write(server, member, { externalId, ...(isBack ? { status: former, priorStatus: null } : {}) });
};

const join = ({ members, rules }: Server, { email, externalId }: Entry): void => {
  const isRegistered = rules.accounts.get(email)?.hasPassword === true;
  members.push({
    id: `new ${email}`,
    userId: null,
    email,
    name: null,
    type: 2,
    status: isRegistered && !rules.mail ? 1 : 0,
    priorStatus: null,
    externalId,
    hasMasterPassword: isRegistered,
    twoFactor: false,
    collections: [],
  });
};

/** A row that changed goes to the end of the table. */
const write = ({ members }: Server, member: Member, more: Partial<Member>): void => {
  const { externalId, status } = { ...member, ...more };
  if (member.externalId === externalId && member.status === status) return;
  Object.assign(member, more);
  members.push(...members.splice(members.indexOf(member), 1));
};

const sendGroup = ({ groups, members }: Server, row: PlanRow, ledger: Ledger): void => {
  const { externalId = "", name = "" } = row.subject;
  const after: GroupFacts = row.after;
  const inside = new Set(row.action === "create-group" ? [] : ledger.get(externalId));
  for (const id of row.remove ?? []) inside.delete(id);
  for (const id of row.add ?? []) inside.add(id);
  ledger.set(externalId, inside);
  const memberIds = new Set([...inside].flatMap((id) => members.find((one) => one.externalId === id)?.id ?? []));
  const group = groups.find((one) => one.externalId === externalId);
  if (group === undefined)
    groups.push({ id: `new ${externalId}`, name: after.name ?? name, externalId, memberIds, collections: [] });
  else group.memberIds = memberIds;
};
