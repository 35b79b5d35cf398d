import { diff } from "../core/diff/diff.ts";
import type { DiffInput, DiffResult } from "../core/diff/input.ts";
import type { Diagnostic } from "../core/diagnostic.ts";
import { guard, type GuardHit } from "../core/guard.ts";
import { makePlan } from "../core/make-plan.ts";
import type { OrganizationState } from "../core/organization-state.ts";
import type { Change, Plan } from "../core/plan.ts";
import type { RuleChange } from "../core/explain/rules.ts";
import { forecastSeats } from "../core/seats.ts";
import { takesAway } from "../core/stale.ts";
import type { OpenOrganization } from "../organizations/organization.ts";
import type { Links, ProfileState, ReadCursor, Verdicts } from "../store/store.ts";
import { selectRead, verdictsOf } from "./desired.ts";
import { baselineNotes, baselineOf, checkIds, type StatedBaseline } from "./baseline.ts";
import type { Collected } from "./collect.ts";
import { compareWithOrganization } from "./compare.ts";
import type { EngineDependencies } from "./dependencies.ts";
import { estimatePlan } from "./estimate.ts";
import { obstacleOf, preflight } from "./preflight.ts";
import { changedSettings, diffSettings, durationMs, ownersOf, profileNames, type Profile } from "./profile.ts";
import type { Reading } from "./read.ts";
import { lastChanges } from "./rule-changes.ts";

export interface PrepareOptions {
  /** The directory, just read. */
  readonly reading: Reading;
  /** Compare everything, whatever is due. */
  readonly full: boolean;
  /** Somebody reviews the plan before it is applied: it counts as the second read that misses a person. */
  readonly reviewed: boolean;
  /** How a profile starts where the organization cannot be read, as far as somebody said so. */
  readonly baseline?: StatedBaseline | undefined;
  /** What somebody accepted already: for those whom it takes away this is the second read. */
  readonly accepted?: readonly Change[];
  /** Opens the organization once, when it is first needed. */
  readonly organization: () => Promise<OpenOrganization>;
}

/** A plan with everything that applying it needs. */
export interface Prepared extends ReadCursor {
  readonly plan: Plan;
  readonly collected: Collected;
  readonly readAt: number;
  readonly readMilliseconds: number;
  readonly state: ProfileState;
  readonly links: Links;
  /** As read for this plan; absent when nothing had to be asked or nothing can be. */
  readonly organization?: OrganizationState;
  /** Everything was compared, not what is concerned only; where it cannot be read, with all we know of it. */
  readonly comparedAll: boolean;
  /** False where the organization was asked and cannot be read with its key. */
  readonly readable: boolean;
  /** What comparing taught of links without a change. Not the changes: the plan has them, and they are many. */
  readonly updates: DiffResult["updates"];
  /** Who does not take part, and why; what groups come to. */
  readonly verdicts: Verdicts;
  readonly directoryIdentity: string;
  readonly first: boolean;
  /** False while another directory or selection than at the last good run leaves people or groups out that are managed. */
  readonly settled: boolean;
}

/**
 * One path makes every plan: compare what the directory holds with what we last applied, and only where that shows a
 * difference, or a full comparison is due, read the organization and compare with that.
 */
export const prepare = async (
  dependencies: EngineDependencies,
  profile: Profile,
  options: PrepareOptions,
): Promise<Prepared> => {
  const { store, limits } = dependencies;
  const { identity: directoryIdentity, readAt, startedAt, cursor } = options.reading;
  const collected = await options.reading.collected();
  const [state, links, marks, elsewhere] = await Promise.all([
    store.state(profile.key),
    store.links(profile.key),
    store.marks(profile.key),
    store.owners(profile.organizationId, profile.key),
  ]);
  const nameOf = await profileNames(dependencies);
  const { desired } = await selectRead(store, profile, collected, links);
  const directoryChanged = state.directory !== undefined && state.directory !== directoryIdentity;
  const due =
    options.full ||
    [...links.people, ...links.groups].some(({ perhaps }) => perhaps !== undefined) ||
    (options.baseline?.way === "send" && links.people.some((link) => link.recorded === true)) ||
    marks.length > 0 ||
    state.lastFullRead === undefined ||
    readAt - state.lastFullRead >= limits.driftCheck ||
    readAt < state.lastFullRead;
  const first = state.firstApplied === undefined;
  const input: DiffInput = {
    desired,
    people: links.people,
    groups: links.groups,
    marks,
    settings: diffSettings(profile),
    server: { readable: true, remove: true, renameGroup: true, removeGroup: true, owners: ownersOf(profile) },
    now: readAt,
    secondReadAfter: options.reviewed ? 0 : limits.secondRead,
    accepted: new Set(options.accepted?.filter(takesAway).map(({ subject }) => `${subject.kind} ${subject.id}`)),
    selectionChanged: state.selection !== undefined && state.selection !== profile.selection,
    directoryChanged,
    elsewhere: new Map(
      [...elsewhere].map(([externalId, { profile: other }]) => [externalId, nameOf.get(other) ?? other]),
    ),
    unsentElsewhere: new Set([...elsewhere].flatMap(([externalId, { recorded }]) => (recorded ? externalId : []))),
  };
  const all = due || first;
  const quick = all ? undefined : diff(input);
  const quiet = quick !== undefined && quick.changes.every((change) => change.action === "keep");
  const compared = quiet
    ? { result: quick, organization: undefined, readable: true }
    : await compareWithOrganization(
        await options.organization(),
        input,
        quick,
        first || options.baseline?.way === "send" ? options.baseline?.way : undefined,
      );
  const { result, organization, readable } = compared;
  const start = { first, readable };
  if (first && !readable) checkIds(profile, options.baseline, desired);
  const foreseen = organization === undefined ? [] : preflight(organization, result.changes);
  const notes: Diagnostic[] = [
    ...collected.notes,
    ...result.notes,
    ...foreseen,
    ...(quiet ? [] : baselineNotes(options.baseline, start)),
  ];
  const made = makePlan(result.changes, notes, {
    profile: profile.config.id,
    profileName: profile.name,
    organization: profile.organizationId,
    made: new Date(readAt).toISOString(),
    directory: directoryIdentity,
    selection: profile.selection,
    generation: state.generation,
    complete: true,
    applicable: obstacleOf(foreseen) === undefined,
    seats: forecastSeats(organization, result.changes, profile.organization.seats),
    baseline: baselineOf(result, options.baseline, start),
    totals: {
      unchangedPeople: result.unchangedPeople,
      unchangedGroups: result.unchangedGroups,
      leftOut: desired.leftOut.size,
      strangers: result.strangers,
      linkedPeople: links.people.length,
      linkedGroups: links.groups.length,
      memberships: links.groups.reduce((sum, link) => sum + link.members.length, 0),
      people: desired.people.size,
      groups: desired.groups.size,
    },
  });
  const takes =
    compared.organization === undefined && !quiet
      ? await estimatePlan(await options.organization(), profile, made, links)
      : undefined;
  const plan: Plan = takes === undefined ? made : { ...made, header: { ...made.header, estimate: takes } };
  return {
    plan,
    collected,
    readAt,
    ...(cursor === undefined ? {} : { cursor }),
    readMilliseconds: readAt - startedAt,
    state,
    links,
    ...(organization === undefined ? {} : { organization }),
    comparedAll: all,
    readable,
    updates: result.updates,
    verdicts: verdictsOf(collected, desired),
    directoryIdentity,
    first,
    settled: isSettled(input, collected, result),
  };
};

/**
 * Whether a change of the directory or of the selection is without consequence so far. While it is not, it stays a change
 * that somebody has to review, however many runs had nothing to do in between.
 */
const isSettled = (input: DiffInput, collected: Collected, { changes }: DiffResult): boolean => {
  if (input.directoryChanged) {
    const read = new Set([...collected.users, ...collected.groups].map((entry) => entry.id));
    if ([...input.people, ...input.groups].some((link) => !read.has(link.id))) return false;
  }
  if (!input.selectionChanged) return true;
  return (
    !changes.some(({ action, because }) => action === "keep" && waiting.has(because.code)) &&
    input.groups.every((link) => link.kept === true || input.desired.groups.has(link.id))
  );
};
const waiting: ReadonlySet<string> = new Set(["keep.missing_once", "keep.waiting", "keep.same_address_new_id"]);

/** Which limits the plan reaches, counting what `changes` holds: all of it, or what an acceptance left over. */
export const judge = async (
  dependencies: EngineDependencies,
  profile: Profile,
  prepared: Prepared,
  changes: readonly Change[],
): Promise<GuardHit[]> => {
  const { state, plan, links, readAt } = prepared;
  const recent = await dependencies.store.recentChanges(profile.key, readAt - 86_400_000);
  const directoryChanged = state.directory !== undefined && state.directory !== prepared.directoryIdentity;
  const selectionChanged = state.selection !== undefined && state.selection !== profile.selection;
  return guard({
    changes,
    recent,
    limits: profile.config.guards,
    linkedPeople: links.people.length,
    linkedGroups: profile.config.sync.groups ? links.groups.length : 0,
    memberships: plan.header.counts.memberships,
    read: { people: prepared.collected.users.length, groups: prepared.collected.groups.length },
    first: prepared.first,
    ...(directoryChanged || selectionChanged
      ? {
          changed: {
            what: directoryChanged ? ("directory" as const) : ("selection" as const),
            ...(await changedSince(dependencies, profile, state)),
          },
        }
      : {}),
    seats: plan.header.seats,
    ...(state.lastGoodRun === undefined
      ? {}
      : { age: { since: readAt - state.lastGoodRun, interval: durationMs(profile.config.schedule.every) } }),
    domains: state.domains ?? [],
  });
};

/** What decides whom the plan is about and is not what it was at the last good run, with the newest known change of it. */
const changedSince = async (
  { store }: EngineDependencies,
  profile: Profile,
  state: ProfileState,
): Promise<{ readonly settings: readonly string[]; readonly last: RuleChange | undefined }> => {
  const settings = changedSettings(state.settings, profile.settings).filter((key) =>
    /^(?:sync|directory)\./u.test(key),
  );
  const changes = await lastChanges(store, profile.name, settings);
  return { settings, last: changes.toSorted((left, right) => (left.at < right.at ? 1 : -1))[0] };
};
