import { isChange, isLocal, type Change, type GroupFacts, type PersonFacts, type SeatForecast } from "./plan.ts";
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
  readonly changed?: { readonly what: "directory" | "selection"; readonly settings: readonly string[] } | undefined;
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
  return [directory, first, selection, age, accessLost, invitations, identity, groups, seats].flatMap(
    (rule) => rule(input) ?? [],
  );
};

type Rule = (input: GuardInput) => GuardHit | undefined;

const directory: Rule = ({ read, linkedPeople, linkedGroups }) => {
  if (read.people === 0) return { code: "guard.directory", params: { what: "people", had: linkedPeople } };
  if (read.groups === 0 && linkedGroups > 0)
    return { code: "guard.directory", params: { what: "groups", had: linkedGroups } };
  return undefined;
};

const first: Rule = ({ first: isFirst, changes, limits }) => {
  const moving = changes.filter(isChange);
  if (!isFirst || moving.every(adoptsSameId)) return undefined;
  const invited = count(moving, isInvitation);
  if (limits.first !== undefined && invited <= limits.first.invite && !moving.some(takesAway)) return undefined;
  return { code: "guard.first", params: { n: moving.length, invitations: invited } };
};

/** Who answered for the first run does not answer for another selection: only adoptions of equal ids go by themselves. */
const selection: Rule = ({ changed, changes }) => {
  const moving = changes.filter(isChange);
  if (changed === undefined || moving.every(adoptsSameId)) return undefined;
  return {
    code: "guard.selection",
    params: { n: moving.length, what: changed.what, settings: changed.settings.join(", ") },
  };
};

const adoptsSameId = (change: Change): boolean => change.action === "adopt" && change.because.code === "adopt.same_id";

const age: Rule = ({ age: since, limits }) => {
  if (since === undefined) return undefined;
  const days = since.since / 86_400_000;
  return days > limits.age && since.since > 10 * since.interval
    ? { code: "guard.age", params: { days: Math.floor(days), limit: limits.age } }
    : undefined;
};

const accessLost: Rule = ({ changes, recent, limits, linkedPeople }) => {
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

const invitations: Rule = ({ changes, recent, limits, linkedPeople, first: isFirst }) => {
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

const identity: Rule = ({ changes, recent, limits, linkedPeople, domains }) => {
  const changing = people(changes, changesIdentity);
  const n = union(changing, people(recent, changesIdentity));
  const limit = allowed(linkedPeople, limits.identity);
  if (changing.size > 0 && n > limit)
    return {
      code: "guard.identity",
      params: { n, now: changing.size, earlier: n - changing.size, total: linkedPeople, limit, domains: "none" },
    };
  const known = new Set(domains);
  const fresh = new Set(changes.flatMap((change) => newDomain(change, known)));
  return domains.length > 0 && fresh.size > 0
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

const groups: Rule = ({ changes, recent, linkedGroups, memberships }) => {
  const emptied = changes.filter(emptiesGroup);
  const all = new Set([...emptied, ...recent.filter(emptiesGroup)].map((change) => change.subject.id));
  const largest = Math.max(0, ...emptied.map((change) => (change.before as GroupFacts).size ?? 0));
  if (largest >= 10)
    return { code: "guard.groups", params: { n: emptied.length, total: linkedGroups, size: largest, what: "large" } };
  if (emptied.length > 0 && all.size >= 2 && all.size > linkedGroups * 0.1)
    return { code: "guard.groups", params: { n: all.size, total: linkedGroups, size: largest, what: "many" } };
  const lost = new Map<string, number>();
  const size = new Map<string, number>();
  let removed = 0;
  let now = 0;
  for (const change of [...changes, ...recent]) {
    if (change.action !== "change-members" && !emptiesGroup(change)) continue;
    const gone = membershipsLost(change);
    removed += gone;
    lost.set(change.subject.id, (lost.get(change.subject.id) ?? 0) + gone);
    size.set(change.subject.id, Math.max(size.get(change.subject.id) ?? 0, (change.before as GroupFacts).size ?? 0));
  }
  for (const change of changes)
    if (change.action === "change-members" || emptiesGroup(change)) now += membershipsLost(change);
  if (now === 0) return undefined;
  for (const change of changes) {
    const gone = lost.get(change.subject.id) ?? 0;
    const had = size.get(change.subject.id) ?? 0;
    if (change.action === "change-members" && membershipsLost(change) > 0 && gone >= 10 && gone > had / 2)
      return {
        code: "guard.groups",
        params: { n: gone, total: had, size: had, what: "members", group: change.subject.name ?? change.subject.id },
      };
  }
  if (removed >= 15 && removed > memberships * 0.1)
    return { code: "guard.groups", params: { n: removed, total: memberships, size: largest, what: "memberships" } };
  return undefined;
};

const seats: Rule = ({ seats: forecast, limits, changes }) => {
  if (forecast === undefined || forecast.total === undefined || forecast.short === 0) return undefined;
  if (!changes.some(needsSeats)) return undefined;
  if (limits.seats !== "stop" && forecast.short <= limits.seats.buy) return undefined;
  return {
    code: "guard.seats",
    params: {
      need: forecast.needs,
      have: Math.max(0, forecast.total - forecast.used + forecast.frees),
      short: forecast.short,
      total: forecast.total,
    },
  };
};

/**
 * What makes the server look at its seats: a restored person, and everything that goes by import, even where nobody is
 * invited. Memberships alone go another way in an over-full organization.
 */
const needsSeats = (change: Change): boolean =>
  change.action === "restore" ||
  change.action === "stamp" ||
  change.action === "create-group" ||
  change.action === "rename-group" ||
  isInvitation(change) ||
  (change.action === "readdress" && !isLocal(change));

/** Memberships that a change to a group takes away; removing a group takes all of them. */
const membershipsLost = (change: Change): number => {
  const named = (change.remove?.length ?? 0) + (change.removeByEmail?.length ?? 0);
  const { size }: GroupFacts = change.before;
  return change.action === "remove-group" ? Math.max(named, size ?? 0) : named;
};

/** How many go without asking: one less than the floor, or the share, whichever is more. */
const allowed = (total: number, limit: { readonly percent: number; readonly atLeast: number }): number =>
  Math.max(limit.atLeast - 1, Math.floor((total * limit.percent) / 100));

export const losesAccess = (change: Change): boolean =>
  change.action === "revoke" || change.action === "remove" || (change.action === "readdress" && takesAway(change));
export const isInvitation = (change: Change): boolean => change.action === "invite" || change.action === "stage";
export const changesIdentity = (change: Change): boolean =>
  change.subject.kind === "person" &&
  (change.action === "stamp" ||
    change.action === "readdress" ||
    (change.action === "adopt" && change.because.code !== "adopt.same_id" && change.because.code !== "adopt.gone"));
export const emptiesGroup = (change: Change): boolean =>
  change.action === "empty-group" || change.action === "remove-group";

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

/** Only addresses that the plan itself brings in: invitations and changed ones. */
const newDomain = (change: Change, known: ReadonlySet<string>): string[] => {
  if (!isInvitation(change) && change.action !== "readdress") return [];
  const address = change.action === "readdress" ? change.subject.email : (change.after as PersonFacts).email;
  const domain = address?.slice(address.lastIndexOf("@") + 1);
  return domain === undefined || domain === "" || known.has(domain) ? [] : [domain];
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
