import { compareAccepted } from "../core/acceptance.ts";
import { Fault, type FaultCode, type FaultParams } from "../core/fault.ts";
import { caughtBy, holdable, invitedBeforehand, type GuardCode, type GuardHit } from "../core/guard.ts";
import { isChange, shortDigest, type Baseline, type Change, type PlanRow } from "../core/plan.ts";
import type { Run } from "../store/store.ts";
import { agreedBaseline, refuseWithoutBaseline, stateBaseline } from "./baseline.ts";
import { carryOut, dropMarks, recordGoodRead, recordGoodRun } from "./carry-out.ts";
import type { EngineDependencies, Runtime } from "./dependencies.ts";
import { withoutThose } from "./left-out.ts";
import { obstacleOf } from "./preflight.ts";
import { memberCounts } from "./member-counts.ts";
import { judge, prepare, type Prepared } from "./prepare.ts";
import { acceptanceOf, checkAge } from "./plan-age.ts";
import type { Profile } from "./profile.ts";
import { endQuiet, findQuiet, rememberQuiet } from "./quiet.ts";
import { readProfile } from "./read.ts";
import {
  endRun,
  recordAcceptance,
  recordAcceptedRows,
  recordLearnt,
  recordPlan,
  recordRun,
  saveRead,
} from "./record.ts";
import { allRows, endRecovered, recover, type Recovered } from "./recover.ts";
import { withProfile, type Session } from "./session.ts";

export interface SyncOptions {
  /** Digest, or its first 6 characters or more, of a recorded plan that somebody accepts. */
  readonly accept?: string | undefined;
  /** What a first run does where the server cannot be read: `send` everything, or `record` what is there already. */
  readonly baseline?: Baseline | undefined;
  /** With `record`: somebody says that what is there was sent under the ids this profile uses. */
  readonly sameIds?: boolean | undefined;
  readonly full: boolean;
  readonly wait: boolean;
}

export interface RunResult {
  readonly run: number;
  readonly guards: readonly GuardHit[];
  readonly recovered: readonly Recovered[];
  /** Set when the run was stopped or did not get to its end; the run is recorded all the same. */
  readonly fault?: Fault;
}

/** Plans and applies in one go; unattended runs are this. Stops before anything is sent where a guard says so. */
export const sync = async (
  dependencies: EngineDependencies,
  profile: Profile,
  options: SyncOptions,
  runtime: Runtime,
): Promise<RunResult> => {
  const { paused } = await dependencies.store.state(profile.key);
  if (paused !== undefined)
    throw new Fault("profile.paused", {
      name: profile.name,
      since: new Date(paused.at).toISOString(),
      by: paused.by,
      why: paused.why,
    });
  const hold = { what: "sync", wait: options.wait, applies: true };
  return withProfile(dependencies, profile, hold, runtime, async (session) => {
    const recovered = await recover(dependencies, profile, session.lease, session.organization);
    return recordRun(dependencies, profile, "sync", session.lease, (run) =>
      syncRun(dependencies, profile, options, session, recovered, run),
    );
  });
};

/** A mark that led to nothing for a day means nothing any more; until then the entry may only be missing for a moment. */
const markLife = 86_400_000;

const syncRun = async (
  dependencies: EngineDependencies,
  profile: Profile,
  options: SyncOptions,
  session: Session,
  recovered: readonly Recovered[],
  run: number,
): Promise<RunResult> => {
  const { lease } = session;
  const { full, accept } = options;
  const { accepted, plan } = await acceptedChanges(dependencies, profile, accept, recovered);
  const reading = await readProfile(dependencies, profile, { full, runtime: session.runtime });
  const asksMore = full || accept !== undefined || options.baseline !== undefined || recovered.length > 0;
  const like = asksMore ? undefined : await findQuiet(dependencies, profile, reading);
  if (like !== undefined) {
    await endQuiet(dependencies, profile, run, { reading, like, lease });
    await recordGoodRead(dependencies, profile, reading.readAt, lease);
    return { run, guards: [], recovered };
  }
  const baseline = agreedBaseline(profile, stateBaseline(options), agreedRuns(plan, recovered));
  const { organization } = session;
  const prepared = await prepare(dependencies, profile, {
    reading,
    full,
    reviewed: false,
    accepted,
    baseline,
    organization,
  });
  const saved = saveRead(dependencies, profile, prepared, lease);
  return besides(saved, () =>
    syncPrepared(dependencies, profile, options, { session, recovered, run, accepted, plan, prepared, saved }),
  );
};

/** Ends when both have ended, with the error of the work before that of what went on besides it. */
const besides = async <Result>(other: Promise<void>, work: () => Promise<Result>): Promise<Result> => {
  const [result, ended] = await Promise.allSettled([work(), other]);
  if (result.status === "rejected") throw result.reason;
  if (ended.status === "rejected") throw ended.reason;
  return result.value;
};

interface PreparedRun {
  readonly session: Session;
  readonly recovered: readonly Recovered[];
  readonly run: number;
  readonly accepted: readonly Change[];
  readonly plan: Run | undefined;
  readonly prepared: Prepared;
  /** The read is kept. */
  readonly saved: Promise<void>;
}

const syncPrepared = async (
  dependencies: EngineDependencies,
  profile: Profile,
  options: SyncOptions,
  { session, recovered, run, accepted, plan, prepared, saved }: PreparedRun,
): Promise<RunResult> => {
  const { store } = dependencies;
  const { lease } = session;
  const isAccepted = options.accept !== undefined;
  // A first read takes its time to be kept; what is sent meanwhile does not wait for it.
  if (!prepared.first) await saved;
  await recordLearnt(dependencies, profile, prepared, lease);
  await recordPlan(dependencies, run, prepared.plan, lease);
  const changes = prepared.plan.rows.filter(isChange);
  const counts = {
    readMilliseconds: prepared.readMilliseconds,
    people: prepared.collected.users.length,
    groups: prepared.collected.groups.length,
    compared: prepared.organization === undefined ? 0 : 1,
    comparedAll: prepared.comparedAll ? 1 : 0,
    ...memberCounts(prepared),
  };
  if (changes.length === 0) {
    await saved;
    await endRun(dependencies, run, { outcome: "unchanged", counts }, lease);
    await recordGoodRun(dependencies, profile, prepared, { lease, applied: false, reviewed: false });
    await dropMarks(dependencies, profile, prepared.readAt - markLife);
    await rememberQuiet(dependencies, profile, run, prepared, lease);
    await endRecovered(dependencies, recovered, lease);
    return { run, guards: [], recovered };
  }
  if (prepared.first && !prepared.readable) refuseWithoutBaseline(profile, prepared.plan);
  // Before any guard: what the server would refuse needs nobody's review.
  if (!prepared.plan.header.applicable) throw obstacleOf(prepared.plan.notes) ?? new Fault("plan.not_applicable", {});
  const acceptance = compareAccepted(prepared.plan.rows, accepted);
  if (isAccepted && acceptance.unseen.length > 0) throw unseenFault(profile, acceptance.unseen);
  const judged = await judge(dependencies, profile, prepared, acceptance.rest);
  const answers =
    plan === undefined ? continuedAnswers(profile, prepared, recovered) : answersOf(profile, prepared, plan);
  const hits = judged.filter((hit) => !answers.has(hit.code));
  const held =
    profile.config.onGuard === "hold" && hits.every((hit) => holdable.has(hit.code))
      ? heldRows(hits, acceptance.rest, prepared)
      : new Set<number>();
  const stopped = async (): Promise<RunResult> => {
    await saved;
    await endRun(dependencies, run, { outcome: "guard", guards: hits, counts }, lease);
    await endRecovered(dependencies, recovered, lease);
    return { run, guards: hits, recovered, fault: guardFault(profile, prepared, hits) };
  };
  if (hits.length > 0 && held.size === 0) return stopped();
  const { rows, leftOut } = withoutThose(prepared.plan.rows, (row) => held.has(row.row));
  if (!rows.some(isChange)) return stopped();
  await recordAcceptedRows(dependencies, run, [...acceptance.accepted], lease);
  if (leftOut.length > 0) {
    const numbers = leftOut.map(({ row }) => row);
    await store.journal(
      run,
      { rows: numbers, state: "skipped", at: prepared.readAt, detail: "guard" },
      undefined,
      lease,
    );
  }
  if (accepted.length > 0) {
    const how = options.accept === undefined ? "continued" : `--accept ${options.accept}`;
    const since = acceptedSince(agreedRuns(plan, recovered));
    await recordAcceptance(dependencies, profile, { run, how, digest: prepared.plan.header.digest, since }, lease);
  }
  const beforehand = invitedBeforehand(prepared.first, acceptance.rest, profile.config.guards);
  // What they were given is this run's by now, and what they did must not be told from what this one does.
  await endRecovered(dependencies, recovered, lease);
  const fault = await carryOut(dependencies, profile, session, {
    run,
    rows,
    prepared,
    saved,
    accepted: new Set([...acceptance.accepted, ...beforehand.map(({ row }) => row)]),
    reviewed: answers.has("guard.selection"),
    hits,
    counts,
    leftOut: leftOut.length,
  });
  return { run, guards: hits, recovered, ...(fault === undefined ? {} : { fault }) };
};

/** Whose rows somebody accepted: a recorded plan, and runs that did not get to their end. */
const agreedRuns = (plan: Run | undefined, recovered: readonly Recovered[]): readonly Run[] => [
  ...(plan === undefined ? [] : [plan]),
  ...recovered.flatMap(({ run, accepted }) => (accepted.length > 0 ? [run] : [])),
];

/** When the oldest of what goes on was made: an acceptance holds from then, however often its run is cut short. */
const acceptedSince = (agreed: readonly Run[]): number =>
  agreed.reduce((first, run) => Math.min(first, acceptanceOf(run)), Infinity);

/**
 * What somebody accepted: a recorded plan by its digest, which is given too, and what an interrupted accepted run had
 * left. Fault `plan.too_old` where nobody has seen it for longer than a plan may be applied.
 */
const acceptedChanges = async (
  dependencies: EngineDependencies,
  profile: Profile,
  digest: string | undefined,
  recovered: readonly Recovered[],
): Promise<{ readonly accepted: readonly Change[]; readonly plan?: Run }> => {
  const { store } = dependencies;
  const continued = recovered.flatMap((one) => one.accepted);
  if (digest === undefined) return { accepted: continued };
  const plan = await store.planByDigest(profile.key, digest);
  if (plan?.header === undefined) throw new Fault("plan.unknown_digest", { digest, profile: profile.name });
  checkAge(dependencies, plan.header);
  return { accepted: [...continued, ...(await allRows(dependencies, plan.id))], plan };
};

/**
 * An acceptance answers the guards that ask for a review; what it does not cover has to pass by itself. Of a directory
 * or selection that is another one by now, or that has become empty since, nobody has seen what it leads to.
 */
const answersOf = (profile: Profile, prepared: Prepared, { header, guards = [] }: Run): ReadonlySet<string> =>
  new Set([
    "guard.age",
    ...guards.flatMap(({ code }) => (code === "guard.directory" ? [code] : [])),
    ...(isSameSelection(profile, prepared, header) ? reviewed : []),
  ]);

/** What a review of a plan says of its directory and selection, and of those alone. */
const reviewed: readonly GuardCode[] = ["guard.first", "guard.selection"];

const isSameSelection = (profile: Profile, { directoryIdentity }: Prepared, header: Run["header"]): boolean =>
  header?.directory === directoryIdentity && header.selection === profile.selection;

/**
 * What somebody accepted in a run that was cut short still answers for the review it was, of the same directory and
 * selection. It says nothing of what this read shows, which nobody has looked at.
 */
const continuedAnswers = (
  profile: Profile,
  prepared: Prepared,
  recovered: readonly Recovered[],
): ReadonlySet<string> => {
  const headers = recovered.flatMap(({ run, accepted }) => (accepted.length > 0 ? [run.header] : []));
  const isSame = headers.length > 0 && headers.every((header) => isSameSelection(profile, prepared, header));
  return new Set(isSame ? reviewed : []);
};

const heldRows = (hits: readonly GuardHit[], rest: readonly PlanRow[], prepared: Prepared): Set<number> => {
  const domains = prepared.state.domains ?? [];
  const open = new Set(rest.map((row) => row.row));
  return new Set(
    prepared.plan.rows
      .filter((row) => open.has(row.row) && hits.some((hit) => caughtBy(hit.code, row, domains)))
      .map((row) => row.row),
  );
};

/** The first guard speaks; the others are in the record. */
export const guardFault = (profile: Profile, prepared: Prepared, hits: readonly GuardHit[]): Fault => {
  const [hit] = hits;
  const params: FaultParams = {
    ...hit?.params,
    profile: profile.name,
    digest: shortDigest(prepared.plan.header.digest),
    also: hits.slice(1).map((other) => other.code),
    changes: prepared.plan.header.counts.changes,
  };
  return new Fault((hit?.code ?? "guard.first") satisfies FaultCode, params);
};

const unseenFault = (profile: Profile, unseen: readonly PlanRow[]): Fault =>
  new Fault("plan.stale", {
    reason: "unseen",
    profile: profile.name,
    n: unseen.length,
    who: unseen.slice(0, 3).map((row) => row.subject.name ?? row.subject.email ?? row.subject.id),
  });
