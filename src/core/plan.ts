import { isAscending } from "./ascending.ts";
import type { Diagnostic } from "./diagnostic.ts";
import type { MemberStatus, MemberType } from "./organization-state.ts";

/** What a plan may do, in the order it is applied: access is taken before seats are needed, people come before groups. */
export const actions = [
  "adopt",
  "revoke",
  "remove",
  "readdress",
  "restore",
  "stamp",
  "invite",
  "stage",
  "create-group",
  "rename-group",
  "change-members",
  "empty-group",
  "remove-group",
  "keep",
] as const;
export type Action = (typeof actions)[number];

/** Whom a row is about. `id` is the directory's immutable id. */
export interface Subject {
  readonly kind: "person" | "group";
  readonly id: string;
  /** What the organization knows it by (or will). */
  readonly externalId?: string;
  /** For people to read; never part of the digest. */
  readonly name?: string;
  readonly email?: string;
  /** The organization's GUID where it is known. */
  readonly organizationId?: string;
}

/** The facts about a subject that a change relies on (`before`) or brings about (`after`); absent = not there. */
export interface PersonFacts {
  readonly email?: string;
  readonly externalId?: string;
  readonly status?: MemberStatus;
  readonly type?: MemberType;
}
export interface GroupFacts {
  readonly name?: string;
  readonly externalId?: string;
  /** Number of members; not part of the digest. */
  readonly size?: number;
}

/** A reason: a note code with its values, so that words stay in the catalogue. */
export interface Because {
  readonly code: string;
  readonly params?: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;
}

export interface Change {
  readonly action: Action;
  readonly subject: Subject;
  readonly before: PersonFacts | GroupFacts;
  readonly after: PersonFacts | GroupFacts;
  readonly because: Because;
  /**
   * `change-members`, `create-group`, and what the adoption of a group records as being in it already: external ids of
   * people; `removeByEmail` names members without one.
   */
  readonly add?: readonly string[];
  readonly remove?: readonly string[];
  readonly removeByEmail?: readonly string[];
}

/** A change with its place in the plan (0-based, gapless, in plan order). */
export interface PlanRow extends Change {
  readonly row: number;
}

export interface PlanHeader {
  readonly version: 1;
  /** The profile's immutable id. */
  readonly profile: string;
  readonly profileName: string;
  readonly organization: string;
  /** ISO 8601 UTC. */
  readonly made: string;
  /** Fingerprints of both ends and of the selection at the time. */
  readonly directory: string;
  readonly selection: string;
  /** The profile's count of changing runs when the plan was made; a later one makes the plan stale. */
  readonly generation: number;
  readonly counts: PlanCounts;
  readonly digest: string;
  /** The read behind it reached its end. */
  readonly complete: boolean;
  /** Nothing stands in the way of applying it but guards. */
  readonly applicable: boolean;
  /** Where the number of seats is known or can be estimated. */
  readonly seats?: SeatForecast;
  /**
   * Only where the organization cannot be read: what this plan takes for what is there already. `needed` = nobody has
   * said so yet, and the rows are those of `send`.
   */
  readonly baseline?: Baseline | "needed";
  /** What applying it takes, where it is known and takes longer than a moment. */
  readonly estimate?: Estimate;
  /** The run whose changes this plan takes back. */
  readonly undoes?: number;
  /** The digest of the plan that this one shows without names and addresses. */
  readonly redacts?: string;
}

/** Requests to the organization, and about how long they take, without the mails that the server sends. */
export interface Estimate {
  readonly requests: number;
  readonly seconds: number;
}

/** Seats before and after; `total` absent = unlimited or not told. */
export interface SeatForecast {
  readonly total?: number;
  /** The server says that there is no limit; without it an absent total is one that nobody told. */
  readonly unlimited?: true;
  readonly used: number;
  /** Seats that invitations and restored people take. */
  readonly needs: number;
  /** Seats that revoked and removed people free. */
  readonly frees: number;
  /** How many are missing; 0 when enough or when the total is not known. */
  readonly short: number;
}

/**
 * How a profile starts where the organization cannot be read: `record` takes everybody and every group in the directory
 * for sent before, under the ids they have here; `send` sends them.
 */
export type Baseline = "record" | "send";

export interface PlanCounts {
  readonly byAction: Partial<Record<Action, number>>;
  /** Changes: every row but `keep`. */
  readonly changes: number;
  readonly membershipsAdded: number;
  readonly membershipsRemoved: number;
  readonly unchangedPeople: number;
  readonly unchangedGroups: number;
  readonly leftOut: number;
  readonly strangers: number;
  readonly linkedPeople: number;
  readonly linkedGroups: number;
  readonly memberships: number;
  readonly people: number;
  readonly groups: number;
}

export interface Plan {
  readonly header: PlanHeader;
  readonly rows: readonly PlanRow[];
  readonly notes: readonly Diagnostic[];
}

/** Code-unit order, the same on every machine and in every language. */
const compareText = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

/** Of one action: by subject id, people before groups of the same id. */
const compareSubjects = ({ subject: left }: Change, { subject: right }: Change): number =>
  left.id < right.id ? -1 : left.id > right.id ? 1 : compareText(right.kind, left.kind);

/** Sorts changes into plan order, which is that of the actions and then of the subjects, and numbers them. */
export const numberRows = (changes: Iterable<Change>): PlanRow[] => {
  const byAction = new Map<Action, Change[]>(actions.map((action) => [action, []]));
  for (const change of changes) byAction.get(change.action)?.push(change);
  const rows: PlanRow[] = [];
  for (const same of byAction.values())
    for (const change of same.sort(compareSubjects)) rows.push({ ...change, row: rows.length });
  return rows;
};

/** True for what a plan would do; `keep` rows are notes in row form. */
export const isChange = (row: Change): boolean => row.action !== "keep";

/** Rows that only change our own record: nothing is sent for them. */
export const isLocal = (row: Pick<Change, "action" | "because">): boolean =>
  row.action === "adopt" ||
  (row.action === "readdress" &&
    (row.because.code === "address.theirs_to_change" || row.because.code === "address.arrived"));

/**
 * The line of a change that the digest covers: addresses, states and ids; no display names of people, times or notes.
 * JSON with sorted keys and without absent values; the keys are written here in their order.
 */
export const canonicalLine = (change: Change): string =>
  JSON.stringify({
    action: change.action,
    add: sorted(change.add),
    address: takesAddress(change) ? change.subject.email : undefined,
    after: facts(change.after),
    before: facts(change.before),
    id: change.subject.id,
    kind: change.subject.kind,
    remove: sorted(change.remove),
    removeByEmail: sorted(change.removeByEmail),
  });

/** Rows after which the directory's address of the person counts as accepted: whoever reviews them reviews that address. */
const takesAddress = ({ action, subject }: Change): boolean =>
  subject.kind === "person" && (action === "adopt" || action === "readdress");

/** Enough of a digest to name a plan on a command line. */
export const shortDigest = (digest: string): string => digest.slice(0, 8);

const facts = ({ email, externalId, name, status, type }: PersonFacts & GroupFacts) => ({
  email,
  externalId,
  name,
  status,
  type,
});

const sorted = (texts: readonly string[] | undefined): readonly string[] | undefined =>
  texts === undefined || isAscending(texts) ? texts : [...texts].sort();
