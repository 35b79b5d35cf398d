import type { RuleChange } from "./explain/rules.ts";
import { groupsLost } from "./guard/groups.ts";
import { changesIdentity, emptiesGroup, isInvitation, losesAccess, needsSeats, newDomain } from "./guard/kinds.ts";
import { isChange, type Change, type PersonFacts, type SeatForecast } from "./plan.ts";
import { takesAway } from "./stale.ts";

/** Limits of a profile; percentages are of linked people, groups or memberships. */
export interface GuardLimits {
  readonly accessLost: { readonly percent: number; readonly atLeast: number; readonly most: number };
  readonly invitations: { readonly percent: number; readonly atLeast: number; readonly most: number };
  readonly identity: { readonly percent: number; readonly atLeast: number };
  readonly first?: { readonly invite: number } | undefined;
  readonly seats: "stop" | { readonly buy: number };
  /** Days. */
  readonly age: number;
}

export interface GuardInput {
  /** What the plan would do, without what somebody already accepted. */
  readonly changes: readonly Change[];
  /** What the profile did in the last 24 hours that nobody accepted or undid. */
  readonly recent: readonly Change[];
  readonly limits: GuardLimits;
  readonly linkedPeople: number;
  readonly linkedGroups: number;
  readonly memberships: number;
  /** How many people and groups the complete read held. */
  readonly read: { readonly people: number; readonly groups: number };
  /** No run of this profile has applied anything yet. */
  readonly first: boolean;
  /** The directory or the selection is another one than at the last good run; names the settings that changed. */
  readonly changed?:
    | {
        readonly what: "directory" | "selection";
        readonly settings: readonly string[];
        /** The newest known change among them. */
        readonly last?: RuleChange | undefined;
      }
    | undefined;
  readonly seats?: SeatForecast | undefined;
  /** Milliseconds since the last good run, and the schedule's interval. */
  readonly age?: { readonly since: number; readonly interval: number } | undefined;
  /** Mail domains this profile has had. */
  readonly domains: readonly string[];
}

export type GuardCode =
  | "guard.access-lost"
  | "guard.invitations"
  | "guard.first"
  | "guard.selection"
  | "guard.identity"
  | "guard.groups"
  | "guard.directory"
  | "guard.seats"
  | "guard.age";

export interface GuardHit {
  readonly code: GuardCode;
  readonly params: Readonly<Record<string, string | number>>;
}

/** Guards whose kind of change `onGuard: hold` may leave out; all others always stop. */
export const holdable: ReadonlySet<GuardCode> = new Set([
  "guard.access-lost",
  "guard.invitations",
  "guard.identity",
  "guard.groups",
  "guard.seats",
]);

/** Which limits stop a plan (product: guards). A plan that changes nothing is never stopped, nor by a kind it has none of. */
export const guard = (input: GuardInput): GuardHit[] => {
  if (!input.changes.some(isChange)) return [];
  return [directory, first, selection, age, accessLost, invitations, identity, groupsLost, seats].flatMap(
    (rule) => rule(input) ?? [],
  );
};

export type GuardRule = (input: GuardInput) => GuardHit | undefined;

const directory: GuardRule = ({ read, linkedPeople, linkedGroups }) => {
  if (read.people === 0) return { code: "guard.directory", params: { what: "people", had: linkedPeople } };
  if (read.groups === 0 && linkedGroups > 0)
    return { code: "guard.directory", params: { what: "groups", had: linkedGroups } };
  return undefined;
};

const first: GuardRule = ({ first: isFirst, changes, limits }) => {
  const moving = changes.filter(isChange);
  if (!isFirst || isAllowedFirst(moving, limits)) return undefined;
  return { code: "guard.first", params: { n: moving.length, invitations: count(moving, isInvitation) } };
};

/** What needs no review although it is the first of its kind: equal ids, or what unattended set-ups allow beforehand. */
const isAllowedFirst = (changes: readonly Change[], { first: allowed }: GuardLimits): boolean =>
  changes.every(adoptsSameId) ||
  (allowed !== undefined && count(changes, isInvitation) <= allowed.invite && !changes.some(takesAway));

/**
 * Rows of a first run that nobody reviewed because the profile says beforehand how many may be invited: whoever stated that
 * number accepted these invitations. Anything else the run does counts like any other run's.
 */
export const invitedBeforehand = <Row extends Change>(
  isFirst: boolean,
  changes: readonly Row[],
  limits: GuardLimits,
): readonly Row[] =>
  isFirst && limits.first !== undefined && isAllowedFirst(changes.filter(isChange), limits)
    ? changes.filter(isInvitation)
    : [];

/** Whoever allowed a first run that many invitations allows them after another selection or directory, too. */
const selection: GuardRule = ({ changed, changes, limits }) => {
  const moving = changes.filter(isChange);
  if (changed === undefined) return undefined;
  const { what, settings, last } = changed;
  const isSomebodyElse = what === "directory" && moving.some(changesAddress);
  if (isAllowedFirst(moving, limits) && !isSomebodyElse) return undefined;
  return {
    code: "guard.selection",
    params: {
      n: moving.length,
      what,
      settings: settings.join(", "),
      settingCount: settings.length,
      setting: last?.setting ?? "",
      who: last?.who ?? "",
      at: last?.at ?? "",
      how: settings.length === 0 ? "none" : (last?.how ?? "unknown"),
    },
  };
};

/** Another directory may know somebody else by an id that we have: then their address is another one. */
const changesAddress = ({ action, subject, before }: Change): boolean => {
  const { email }: PersonFacts = before;
  return (
    subject.kind === "person" &&
    (action === "readdress" || (action === "adopt" && email !== undefined && email !== subject.email))
  );
};

const adoptsSameId = (change: Change): boolean => change.action === "adopt" && change.because.code === "adopt.same_id";

const age: GuardRule = ({ age: since, limits }) => {
  if (since === undefined) return undefined;
  const days = since.since / 86_400_000;
  return days > limits.age && since.since > 10 * since.interval
    ? { code: "guard.age", params: { days: Math.floor(days), limit: limits.age } }
    : undefined;
};

const accessLost: GuardRule = ({ changes, recent, limits, linkedPeople }) => {
  const losing = people(changes, losesAccess);
  if (losing.size === 0) return undefined;
  const before = people(recent, losesAccess);
  const n = union(losing, before);
  const admins = count(changes, (change) => losesAccess(change) && (change.before as PersonFacts).type === "admin");
  const limit = allowed(linkedPeople, limits.accessLost);
  if (admins === 0 && n <= Math.min(limit, limits.accessLost.most)) return undefined;
  return {
    code: "guard.access-lost",
    params: {
      n,
      now: losing.size,
      earlier: n - losing.size,
      total: linkedPeople,
      limit: Math.min(limit, limits.accessLost.most),
      admins,
      reason: mainReason(changes, losesAccess),
    },
  };
};

const invitations: GuardRule = ({ changes, recent, limits, linkedPeople, first: isFirst }) => {
  const invited = people(changes, isInvitation);
  if (invited.size === 0) return undefined;
  if (isFirst && limits.first !== undefined && invited.size <= limits.first.invite) return undefined;
  const n = union(invited, people(recent, isInvitation));
  const limit = Math.min(allowed(linkedPeople, limits.invitations), limits.invitations.most);
  return n > limit
    ? {
        code: "guard.invitations",
        params: { n, now: invited.size, earlier: n - invited.size, total: linkedPeople, limit },
      }
    : undefined;
};

const identity: GuardRule = ({ changes, recent, limits, linkedPeople, domains }) => {
  const changing = people(changes, changesIdentity);
  const n = union(changing, people(recent, changesIdentity));
  const limit = allowed(linkedPeople, limits.identity);
  if (changing.size > 0 && n > limit)
    return {
      code: "guard.identity",
      params: { n, now: changing.size, earlier: n - changing.size, total: linkedPeople, limit, domains: "none" },
    };
  if (domains.length === 0) return undefined;
  const known = new Set(domains);
  const fresh = new Set(changes.flatMap((change) => newDomain(change, known)));
  return fresh.size > 0
    ? {
        code: "guard.identity",
        params: {
          n,
          now: changing.size,
          earlier: n - changing.size,
          total: linkedPeople,
          limit,
          domains: [...fresh].join(", "),
        },
      }
    : undefined;
};

/** Needed are also the seats that an over-full organization is short of already: an import looks at all of them. */
const seats: GuardRule = ({ seats: forecast, limits, changes }) => {
  if (forecast === undefined || forecast.total === undefined || forecast.short === 0) return undefined;
  if (!changes.some(needsSeats)) return undefined;
  const { total, used, frees, short } = forecast;
  if (limits.seats !== "stop" && short <= limits.seats.buy) return undefined;
  const have = Math.max(0, total - used + frees);
  return { code: "guard.seats", params: { need: have + short, have, short, total } };
};

/** How many go without asking: one less than the floor, or the share, whichever is more. */
const allowed = (total: number, limit: { readonly percent: number; readonly atLeast: number }): number =>
  Math.max(limit.atLeast - 1, Math.floor((total * limit.percent) / 100));

/** Which changes a guard is about: what `onGuard: hold` leaves out. */
export const caughtBy = (code: GuardCode, change: Change, domains: readonly string[]): boolean => {
  switch (code) {
    case "guard.access-lost":
      return losesAccess(change);
    case "guard.invitations":
      return isInvitation(change);
    case "guard.seats":
      return isInvitation(change) || change.action === "restore";
    case "guard.identity":
      return changesIdentity(change) || newDomain(change, new Set(domains)).length > 0;
    case "guard.groups":
      return emptiesGroup(change) || (change.action === "change-members" && takesAway(change));
    default:
      return false;
  }
};

const count = (changes: readonly Change[], test: (change: Change) => boolean): number =>
  changes.reduce((sum, change) => sum + (test(change) ? 1 : 0), 0);
const people = (changes: readonly Change[], test: (change: Change) => boolean): Set<string> =>
  new Set(changes.filter(test).map((change) => change.subject.id));
const union = (left: ReadonlySet<string>, right: ReadonlySet<string>): number => left.union(right).size;

/** The commonest reason among the changes a guard counts, as its note code. */
const mainReason = (changes: readonly Change[], test: (change: Change) => boolean): string => {
  const counts = new Map<string, number>();
  for (const change of changes)
    if (test(change)) counts.set(change.because.code, (counts.get(change.because.code) ?? 0) + 1);
  return [...counts].toSorted(([, left], [, right]) => right - left)[0]?.[0] ?? "";
};
