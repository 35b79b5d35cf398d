import { Fault } from "../core/fault.ts";
import type { PersonLink } from "../core/link.ts";
import type { OrganizationState } from "../core/organization-state.ts";
import { isChange, type Plan, type PlanRow } from "../core/plan.ts";
import { endingMembers, indexState, stampedMembers } from "../core/satisfied.ts";
import { freshness, takesAway, type Freshness } from "../core/stale.ts";
import type { Lease, Links } from "../store/store.ts";
import { applyRows } from "./apply.ts";
import { refuseWithoutBaseline } from "./baseline.ts";
import { groupsOf } from "./concerned.ts";
import { dropMarks, finishRun } from "./carry-out.ts";
import type { EngineDependencies, Runtime } from "./dependencies.ts";
import { goodRun } from "./good-run.ts";
import { withoutThose } from "./left-out.ts";
import { checkAge } from "./plan-age.ts";
import { obstacleOf, preflight } from "./preflight.ts";
import type { Profile } from "./profile.ts";
import { recordAcceptance, recordAcceptedRows, recordPlan, recordRun } from "./record.ts";
import { allRows, endRecovered, recover, type Recovered } from "./recover.ts";
import { withProfile, type Session } from "./session.ts";
import type { RunResult } from "./sync.ts";

/**
 * Applies the rows somebody reviewed, without reading the directory again. The organization is read again, and each row
 * compared with the `before` it relies on: what was added meanwhile is skipped with a note, a removal that no longer
 * fits refuses the plan.
 */
export const applyPlan = async (
  dependencies: EngineDependencies,
  profile: Profile,
  plan: Plan,
  options: { readonly wait: boolean },
  runtime: Runtime,
): Promise<RunResult> => {
  checkPlan(dependencies, profile, plan);
  const { store } = dependencies;
  const { undoes } = plan.header;
  const hold = { what: "apply", wait: options.wait, applies: true };
  return withProfile(dependencies, profile, hold, runtime, async (session) => {
    const recovered = await recover(dependencies, profile, session.lease, session.organization);
    await checkOvertaken(dependencies, profile, plan, recovered);
    const known = await store.planByDigest(profile.key, plan.header.digest);
    const comparedAll = (known?.counts?.["comparedAll"] ?? 0) > 0;
    return recordRun(dependencies, profile, undoes === undefined ? "apply" : "undo", session.lease, async (run) => {
      await recordPlan(dependencies, run, plan, session.lease);
      if (undoes !== undefined) await store.updateRun(run, { undoes }, session.lease);
      const all = plan.rows.map(({ row }) => row);
      await recordAcceptedRows(dependencies, run, all, session.lease);
      const { digest, made } = plan.header;
      const acceptance = { run, how: "apply", digest, since: Date.parse(made) };
      await recordAcceptance(dependencies, profile, acceptance, session.lease);
      await endRecovered(dependencies, recovered, session.lease);
      const fault = await applyReviewed(dependencies, profile, { plan, run, session, comparedAll });
      return { run, guards: [], recovered, ...(fault === undefined ? {} : { fault }) };
    });
  });
};

/** What can be told about a plan without asking anybody. */
const checkPlan = (dependencies: EngineDependencies, profile: Profile, { header, notes }: Plan): void => {
  if (header.profile !== profile.config.id || header.organization !== profile.organizationId)
    throw new Fault("plan.foreign", { profile: profile.name, made_for: header.profileName });
  const obstacle = obstacleOf(notes);
  if (obstacle !== undefined) throw obstacle;
  if (!header.complete || !header.applicable || header.redacts !== undefined)
    throw new Fault("plan.not_applicable", { made: header.made });
  checkAge(dependencies, header);
};

/**
 * Runs that changed something since, other than those that applied this very plan and did not get to its end; one of these
 * counts itself before its first request, so it may have been cut short before it changed anything.
 */
const checkOvertaken = async (
  { store }: EngineDependencies,
  profile: Profile,
  { header }: Plan,
  recovered: readonly Recovered[],
): Promise<void> => {
  const { generation } = await store.state(profile.key);
  if (generation === header.generation) return;
  const made = Date.parse(header.made);
  const { rows: runs } = await store.runs({ profile: profile.key, limit: 100, changedOnly: true });
  const open = recovered.flatMap(({ run }) => (run.header?.digest === header.digest ? [run] : []));
  const others = [...open, ...runs].filter((run) => run.startedAt >= made);
  const isUnfinished = others.every((run) => run.header?.digest === header.digest && run.outcome !== "done");
  if (others.length > 0 && isUnfinished) return;
  throw new Fault("plan.overtaken", { profile: profile.name, made: header.made });
};

interface Reviewed {
  readonly plan: Plan;
  readonly run: number;
  readonly session: Session;
  /** The plan was made from a comparison of everything. */
  readonly comparedAll: boolean;
}

const applyReviewed = async (
  dependencies: EngineDependencies,
  profile: Profile,
  reviewed: Reviewed,
): Promise<Fault | undefined> => {
  const { plan, run, session, comparedAll } = reviewed;
  const { store, clock } = dependencies;
  const { lease, runtime } = session;
  const organization = await session.organization();
  if (organization.read === undefined && plan.header.undoes === undefined) {
    const { firstApplied } = await store.state(profile.key);
    if (firstApplied === undefined) refuseWithoutBaseline(profile, plan);
  }
  const now = await organization.read?.(groupsOf(plan.rows));
  const { rows, leftOut, already } =
    now === undefined
      ? { rows: plan.rows, leftOut: [], already: await doneBefore(dependencies, profile, plan, run) }
      : sift(profile, plan.rows, now);
  const obstacle = now === undefined ? undefined : obstacleOf(preflight(now, rows));
  if (obstacle !== undefined) throw obstacle;
  if (leftOut.length > 0) {
    const numbers = leftOut.map(({ row }) => row);
    await store.journal(run, { rows: numbers, state: "skipped", at: clock.now(), detail: "stale" }, undefined, lease);
  }
  if (rows.some(isChange)) {
    const { generation } = await store.state(profile.key);
    await store.saveState(profile.key, { generation: generation + 1 }, lease);
  }
  if (plan.header.undoes !== undefined) await pauseForUndo(dependencies, profile, plan.header.undoes, lease);
  const links = await store.links(profile.key);
  const { tally, fault } = await applyRows(dependencies, profile, {
    run,
    rows,
    already,
    links,
    organization,
    state: now,
    leases: [lease, ...session.leases().filter((one) => one !== lease)],
    accepted: () => true,
    runtime,
  });
  const byHand = revokedByHand(rows, already, links);
  if (byHand.length > 0) await store.saveLinks(profile.key, { ...noUpdates, people: byHand }, lease);
  const counts = {
    ...tally,
    skipped: leftOut.length + (tally.skipped ?? 0),
    compared: now === undefined ? 0 : 1,
    comparedAll: comparedAll ? 1 : 0,
  };
  // Before its end: a run that is over is never looked through again, whatever was still to be noted.
  if (fault === undefined) {
    if (plan.header.undoes === undefined) await afterApplying(dependencies, profile, reviewed);
    else await afterUndoing(dependencies, run, plan.header.undoes);
  }
  await finishRun(dependencies, run, { counts, fault }, lease);
  return fault;
};

const noUpdates = { people: [], groups: [], gonePeople: [], goneGroups: [] };

/** Whom somebody revoked before we did: that stands, so it is not ours to give back. */
const revokedByHand = (rows: readonly PlanRow[], already: ReadonlySet<number>, { people }: Links): PersonLink[] => {
  const linkOf = new Map(people.map((link) => [link.id, link]));
  return rows.flatMap(({ row, action, subject }) => {
    const link = action === "revoke" && already.has(row) ? linkOf.get(subject.id) : undefined;
    return link === undefined || link.revoked !== undefined ? [] : [{ ...link, byHand: "revoked" as const }];
  });
};

/** Later runs compare themselves with what the plan was made from, not with today's settings. */
const afterApplying = async (
  dependencies: EngineDependencies,
  profile: Profile,
  { plan: { header, notes }, session, comparedAll }: Reviewed,
): Promise<void> => {
  const { store } = dependencies;
  await keepGroups(dependencies, profile, notes, session.lease);
  const readAt = Date.parse(header.made);
  const state = await goodRun(dependencies, profile, {
    readAt,
    ends: { directory: header.directory, selection: header.selection },
    comparedAll,
    applied: true,
  });
  await store.saveState(profile.key, state, session.lease);
  await dropMarks(dependencies, profile, readAt);
};

/** A plan of another selection is a trial and leaves the links alone; once it is applied, what it kept stays kept. */
const keepGroups = async (
  { store }: EngineDependencies,
  profile: Profile,
  notes: Plan["notes"],
  lease: Lease,
): Promise<void> => {
  const kept = new Set(notes.flatMap(({ code, subject }) => (code === "group.kept" ? (subject?.id ?? []) : [])));
  if (kept.size === 0) return;
  const groups = (await store.links(profile.key)).groups
    .filter((link) => kept.has(link.id) && link.kept !== true)
    .map(({ missingSince: _seen, ...link }) => ({ ...link, kept: true as const }));
  if (groups.length > 0) await store.saveLinks(profile.key, { ...noUpdates, groups }, lease);
};

/** The schedule pauses before anything is taken back, or it would do it all again, also after an undo that was cut short. */
const pauseForUndo = async (
  { store, clock, actor }: EngineDependencies,
  profile: Profile,
  undoes: number,
  lease: Lease,
): Promise<void> => {
  const paused = { at: clock.now(), by: actor.who, why: `undo ${undoes}` };
  await store.saveState(profile.key, { paused }, lease);
  await store.audit({
    at: paused.at,
    who: actor.who,
    what: "profile.pause",
    profile: profile.name,
    detail: paused.why,
  });
};

/** What was taken back no longer counts for the guards. */
const afterUndoing = async (dependencies: EngineDependencies, run: number, undoes: number): Promise<void> => {
  const key = ({ subject }: PlanRow): string => `${subject.kind} ${subject.id}`;
  const reversed = new Set((await allRows(dependencies, run)).filter((row) => row.state === "done").map(key));
  const undone = (await allRows(dependencies, undoes)).filter((row) => row.state === "done" && reversed.has(key(row)));
  await dependencies.store.markUndone(
    undoes,
    undone.map(({ row }) => row),
    run,
  );
};

/** Where nobody can look, our own record says what an earlier, unfinished run of this very plan did: that is not sent again. */
const doneBefore = async (
  dependencies: EngineDependencies,
  profile: Profile,
  { header }: Plan,
  run: number,
): Promise<ReadonlySet<number>> => {
  const { store } = dependencies;
  const made = Date.parse(header.made);
  const { rows: runs } = await store.runs({ profile: profile.key, limit: 100, changedOnly: true });
  const earlier = runs.filter(
    (one) =>
      one.id !== run &&
      one.startedAt >= made &&
      one.header?.digest === header.digest &&
      one.header.made === header.made &&
      one.header.generation === header.generation,
  );
  const done = new Set<number>();
  for (const { id } of earlier)
    for (const { row, state } of await allRows(dependencies, id)) if (state === "done") done.add(row);
  return done;
};

/** What of the plan still fits, and what fits no longer; Fault `plan.stale` where that would have taken something away. */
const sift = (
  profile: Profile,
  rows: readonly PlanRow[],
  state: OrganizationState,
): { rows: readonly PlanRow[]; leftOut: readonly PlanRow[]; already: ReadonlySet<number> } => {
  const index = indexState(state);
  // A group does not hold whom the plan takes out of the organization first, even if it invites them again; and whom
  // it gives an external id has that one when the group's turn comes.
  const ending = endingMembers(rows, index);
  const stamped = stampedMembers(
    rows.filter((row) => freshness(row, index) !== "stale"),
    index,
  );
  const members = state.members.flatMap((member) => {
    if (ending.has(member.id)) return [];
    const externalId = member.externalId ?? stamped.get(member.id);
    return [externalId === undefined ? member : { ...member, externalId }];
  });
  const later = indexState({ ...state, members });
  const judge = (row: PlanRow): Freshness => {
    if (row.subject.kind === "person") return freshness(row, index);
    const then = freshness(row, later);
    // What other rows of this plan will have done by then is not done yet: they may be refused.
    return then === "already" && freshness(row, index) !== "already" ? "fresh" : then;
  };
  const judged = new Map(rows.map((row) => [row.row, judge(row)]));
  const removals = rows.filter((row) => judged.get(row.row) === "stale" && takesAway(row));
  if (removals.length > 0)
    throw new Fault("plan.stale", {
      reason: "moved_on",
      profile: profile.name,
      n: removals.length,
      who: removals.slice(0, 3).map(({ subject }) => subject.name ?? subject.email ?? subject.id),
    });
  return {
    ...withoutThose(rows, (row) => judged.get(row.row) === "stale"),
    already: new Set(rows.filter((row) => judged.get(row.row) === "already").map(({ row }) => row)),
  };
};
