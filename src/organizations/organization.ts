import type { Clock } from "../core/clock.ts";
import type { Diagnostic } from "../core/diagnostic.ts";
import type { FaultCode } from "../core/fault.ts";
import type { Log } from "../core/log.ts";
import type { PlanRow } from "../core/plan.ts";
import type { Progress } from "../core/progress.ts";
import type { OrganizationGroup, OrganizationState } from "../core/organization-state.ts";
import type { Network } from "../http/network.ts";
import type { TokenCache } from "../http/token.ts";

/** Whether this server can do a thing with the organization's key; `no` is a note code that says why not. */
export type Ability = "yes" | { readonly no: string };

export interface OrganizationAbilities {
  readonly read: Ability;
  readonly revoke: Ability;
  readonly restore: Ability;
  readonly remove: Ability;
  readonly renameGroup: Ability;
  readonly removeGroup: Ability;
  readonly stage: Ability;
  /** Whether the number of seats can be looked up. */
  readonly seats: Ability;
}

export type Dialect = "official-cloud" | "official-selfhost" | "vaultwarden";

/** What to open: addresses as configured, secrets resolved. */
export interface OrganizationSettings {
  /** As the admin typed it; `wire/urls.ts` derives the three base URLs. */
  readonly server: string;
  readonly apiUrl?: string;
  readonly identityUrl?: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Known number of seats where the server does not tell. */
  readonly seats?: number;
}

export interface OrganizationDependencies {
  readonly network: Network;
  readonly log: Log;
  readonly progress: Progress;
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** Stable UUID of this installation (`deviceIdentifier`). */
  readonly installation: string;
  /** `linux` | `macos` | `windows` */
  readonly platform: string;
  readonly version: string;
  /** Access tokens shared across processes; sealed by whoever keeps them. */
  readonly tokens: TokenCache;
  /** Milliseconds for one request; without it long enough for a large import. */
  readonly timeouts?: { readonly read: number; readonly write: number };
  /** Told whenever the client waits on purpose (rate limit, retry). */
  readonly onWait?: (wait: { readonly seconds: number; readonly reason: string }) => void;
  /** Asked before each write, and once more before it is repeated; what it throws keeps the write from being sent. */
  readonly beforeWrite?: () => Promise<void>;
}

export type { TokenCache };

/** Who answers at an address, learnt without logging in. */
export interface Probe {
  readonly dialect: Dialect;
  readonly version?: string;
  /** `US`, `EU` … on the cloud. */
  readonly region?: string;
  readonly api: string;
  readonly identity: string;
  readonly vault: string;
  /** Whether the server announces that new people can be staged. */
  readonly staging: boolean;
}

export interface OpenOrganization extends AsyncDisposable {
  readonly probe: Probe;
  readonly organizationId: string;
  readonly abilities: OrganizationAbilities;
  check(): Promise<Diagnostic[]>;
  /** Members, groups, and the memberships of all groups or of those the test picks. Absent where the key cannot read (Vaultwarden). */
  read?(memberships: "all" | ((group: OrganizationGroup) => boolean)): Promise<OrganizationState>;
  /** No I/O: order, batches by count, bytes and cost. */
  encode(rows: AsyncIterable<PlanRow> | Iterable<PlanRow>, known: Known): AsyncIterable<Step>;
  /** About how many milliseconds the server works on a step, without the mails it sends; absent where nobody has measured it. */
  readonly expected?: (step: Step, known: Pick<Known, "memberCount">) => number;
  /** Sends one step; throws a Fault only for what concerns every later step too (login, unreachable before sending, lease). */
  send(step: Step): Promise<SendResult>;
}

export type SendResult =
  | { readonly outcome: "done" }
  | {
      readonly outcome: "refused";
      readonly code: FaultCode;
      /** The server's own words; for `organization.moved_on` our own reason. */
      readonly messages: readonly string[];
      /** 0 where we refused by ourselves what the server would have done. */
      readonly status: number;
    }
  /** The request left, the answer did not arrive: look before going on. */
  | { readonly outcome: "unknown"; readonly reason: string };

/** What encode must know beyond the rows: the whole membership of the groups it writes, since an import replaces it. */
export interface Known {
  /** Keyed by the group's directory id (the subject id of its rows). */
  group(subjectId: string): KnownGroup | undefined;
  /** How many members the organization has: Vaultwarden's cost of a membership grows with it. */
  readonly memberCount: number;
  /** More seats taken than there are: an import would fail or buy seats even when it invites nobody. */
  readonly overfull: boolean;
}

export interface KnownGroup {
  readonly externalId: string;
  readonly name: string;
  /** External ids of the people in it before this plan. */
  readonly members: readonly string[];
  /** `member-ids` = written as the union with what others put there, never by import. */
  readonly writtenBy: "import" | "member-ids";
  /** The organization's GUID of the group, where known; needed for `member-ids` and removal. */
  readonly organizationId?: string;
  /** Organization GUIDs of members that are in it without our doing and stay. */
  readonly manual: readonly string[];
}

/** One request to the organization, the rows it settles, and those it begins but a later step settles (by `PlanRow` number). */
export type Step = { readonly rows: readonly number[]; readonly begins?: readonly number[] } & (
  | {
      readonly kind: "import";
      readonly members: readonly ImportMember[];
      readonly groups: readonly ImportGroup[];
      readonly invite: boolean;
      readonly largeImport: boolean;
    }
  | { readonly kind: "revoke" | "restore"; readonly member: MemberKey }
  /** `pending` = only while the invitation has not been accepted: for an address that is to be replaced. */
  | { readonly kind: "remove"; readonly member: MemberKey; readonly onlyIf?: "pending" }
  /** Puts people in and takes people out; whoever else is in the group when it is sent stays. People by external id, `removeByEmail` those without one. */
  | {
      readonly kind: "group-members";
      readonly group: GroupKey;
      readonly members: readonly string[];
      readonly remove: readonly string[];
      readonly removeByEmail: readonly string[];
    }
  | { readonly kind: "remove-group"; readonly group: GroupKey }
);

/** Names a person as the organization knows them; `send` resolves it to the member's GUID just before. */
export interface MemberKey {
  readonly externalId?: string;
  readonly email: string;
  readonly organizationId?: string;
}
export interface GroupKey {
  readonly externalId: string;
  readonly name: string;
  readonly organizationId?: string;
}
export interface ImportMember {
  readonly email: string;
  readonly externalId: string;
  readonly deleted: boolean;
}
export interface ImportGroup {
  readonly name: string;
  readonly externalId: string;
  readonly memberExternalIds: readonly string[];
}

/** A kind of organization server. */
export interface OrganizationKind {
  readonly dialects: readonly Dialect[];
  open(settings: OrganizationSettings, probe: Probe, dependencies: OrganizationDependencies): Promise<OpenOrganization>;
}
