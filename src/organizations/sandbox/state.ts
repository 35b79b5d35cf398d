/** What the sandbox organization consists of. Everything a server would keep in its database is here and nowhere else. */
import { z } from "zod";

export type Dialect = "official-cloud" | "official-selfhost" | "vaultwarden";

/** The numbers both servers use on the wire. Staged exists on the official server only. */
export const memberStatus = { revoked: -1, invited: 0, accepted: 1, confirmed: 2, staged: 3 } as const;
export const memberType = { owner: 0, admin: 1, user: 2, custom: 4 } as const;

const statusSchema = z.union([z.literal(-1), z.literal(0), z.literal(1), z.literal(2), z.literal(3)]);
const typeSchema = z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(4)]);
const collectionSchema = z.looseObject({ id: z.string() });

export const organizationSchema = z.object({
  id: z.string(),
  name: z.string(),
  /** The client secret of the organization's API key. */
  apiKey: z.string(),
  /** Vaultwarden's row of the key; null is a deleted key, which kills issued tokens there. */
  apiKeyRow: z.string().nullable(),
  enabled: z.boolean(),
  useApi: z.boolean(),
  useDirectory: z.boolean(),
  /** On Vaultwarden: the server-wide switch for groups. */
  useGroups: z.boolean(),
  useEvents: z.boolean(),
  /** Null is unlimited. */
  seats: z.number().nullable(),
  maxAutoscaleSeats: z.number().nullable(),
  planAllowsMoreSeats: z.boolean(),
  /** How many seats the plan lets one add to its base; null is no maximum. */
  planMaxAdditionalSeats: z.number().nullable(),
  planBaseSeats: z.number(),
  hasPayment: z.boolean(),
  hasSubscription: z.boolean(),
  subscriptionCancelled: z.boolean(),
  provider: z.enum(["none", "msp", "reseller"]),
  sponsorships: z.number(),
  stagedFlag: z.boolean(),
  /** Self-hosted databases other than SQL Server overlook pending invitations when looking for a known address. */
  findsPendingByEmail: z.boolean(),
  /** Vaultwarden: invitations go out as mails, and nobody is accepted on arrival. */
  mailEnabled: z.boolean(),
  /** Vaultwarden: the policy that keeps people without two-factor login from being restored. */
  twoFactorPolicy: z.boolean(),
});

export const memberSchema = z.object({
  id: z.string(),
  userId: z.string().nullable(),
  email: z.string(),
  name: z.string().nullable(),
  type: typeSchema,
  status: statusSchema,
  /** What a revoked member was before. */
  priorStatus: statusSchema.nullable(),
  externalId: z.string().nullable(),
  hasMasterPassword: z.boolean(),
  twoFactor: z.boolean(),
  collections: z.array(collectionSchema),
});

export const eventSchema = z.object({
  type: z.number(),
  memberId: z.string().nullable(),
  groupId: z.string().nullable(),
  /** ISO 8601, UTC. */
  date: z.string(),
  device: z.number().nullable(),
  ipAddress: z.string().nullable(),
});

export const mailSchema = z.object({ kind: z.enum(["invitation", "seats-bought"]), to: z.string(), date: z.string() });

export const accountSchema = z.object({ id: z.string(), hasPassword: z.boolean(), invited: z.boolean() });

export const groupFields = {
  id: z.string(),
  name: z.string(),
  externalId: z.string().nullable(),
  collections: z.array(collectionSchema),
};

export type Organization = z.infer<typeof organizationSchema>;
export type Member = z.infer<typeof memberSchema>;
export type MemberStatus = Member["status"];
export type MemberType = Member["type"];
export type SandboxEvent = z.infer<typeof eventSchema>;
export type Mail = z.infer<typeof mailSchema>;
export type Account = z.infer<typeof accountSchema>;

export interface Group {
  id: string;
  name: string;
  externalId: string | null;
  memberIds: Set<string>;
  collections: z.infer<typeof collectionSchema>[];
}

export interface State {
  readonly dialect: Dialect;
  organization: Organization;
  /** By id, in the order the rows were last written (which Vaultwarden's lookups depend on). */
  readonly members: Map<string, Member>;
  readonly groups: Map<string, Group>;
  readonly events: SandboxEvent[];
  /** The outbox, for assertions. */
  readonly mails: Mail[];
  /** Vaultwarden's account table, by lower-case address. */
  readonly accounts: Map<string, Account>;
  /** PKCS #8, PEM; made when the first token is asked for. */
  signingKey: string | undefined;
}

/** Writes a member's row, which puts it last in table order. */
export function writeMember(state: State, member: Member): void {
  state.members.delete(member.id);
  state.members.set(member.id, member);
}

/** Deletes memberships with everything that hangs on them; costs no more than one pass over the groups. */
export function removeMembers(state: State, members: readonly Member[]): void {
  if (members.length === 0) return;
  const gone = new Set(members.map((member) => member.id));
  for (const id of gone) state.members.delete(id);
  for (const group of state.groups.values()) {
    if (group.memberIds.size < gone.size) {
      for (const id of group.memberIds) if (gone.has(id)) group.memberIds.delete(id);
    } else {
      for (const id of gone) group.memberIds.delete(id);
    }
  }
}

/** True when taking this member away would leave the organization without a confirmed Owner. */
export function isLastConfirmedOwner(state: State, member: Member): boolean {
  if (member.type !== memberType.owner || member.status !== memberStatus.confirmed) return false;
  for (const other of state.members.values()) {
    if (other.id !== member.id && other.type === memberType.owner && other.status === memberStatus.confirmed)
      return false;
  }
  return true;
}

export function isBlank(text: string | null | undefined): boolean {
  return text === null || text === undefined || text.trim() === "";
}
