import type { Fault } from "../core/fault.ts";
import type { GuardHit } from "../core/guard.ts";
import type { PlanRow } from "../core/plan.ts";
import type { Lease, RunUpdate } from "../store/store.ts";
import { applyRows } from "./apply.ts";
import type { EngineDependencies } from "./dependencies.ts";
import { goodRun } from "./good-run.ts";
import type { Prepared } from "./prepare.ts";
import type { Profile } from "./profile.ts";
import { endRun } from "./record.ts";
import type { Session } from "./session.ts";

export interface Sending {
  readonly run: number;
  readonly rows: readonly PlanRow[];
  readonly prepared: Prepared;
  /** What was read is kept: before the run is a good one, as a later run goes on from it. */
  readonly saved: Promise<void>;
  readonly accepted: ReadonlySet<number>;
  readonly reviewed: boolean;
  readonly hits: readonly GuardHit[];
  readonly counts: Readonly<Record<string, number>>;
  /** Rows of the plan that a guard holds back. */
  readonly leftOut: number;
}

/** Sends what no guard and nobody else stands in the way of, and records how it ended; a Fault is what stopped it on the way. */
export const carryOut = async (
  dependencies: EngineDependencies,
  profile: Profile,
  session: Session,
  { run, rows, prepared, saved, accepted, reviewed, hits, counts, leftOut }: Sending,
): Promise<Fault | undefined> => {
  const { store } = dependencies;
  const { lease } = session;
  const organization = await session.organization();
  await store.saveState(profile.key, { generation: prepared.state.generation + 1 }, lease);
  const { tally, fault } = await applyRows(dependencies, profile, {
    run,
    rows,
    links: await store.links(profile.key),
    organization,
    state: prepared.organization,
    leases: [lease, ...session.leases().filter((one) => one !== lease)],
    accepted: (row) => accepted.has(row),
    runtime: session.runtime,
  });
  await saved;
  const skipped = leftOut + (tally.skipped ?? 0);
  // Before its end: a run that is over is never looked through again, whatever was still to be noted.
  if (fault === undefined) {
    await recordGoodRun(dependencies, profile, prepared, { lease, applied: true, reviewed });
    // Marks of rows that a guard held back are still to be carried out.
    if (hits.length === 0) await dropMarks(dependencies, profile, prepared.readAt);
  }
  await finishRun(dependencies, run, { guards: hits, counts: { ...counts, ...tally, skipped }, fault }, lease);
  return fault;
};

/** A run that applied something ends `done`, or `incomplete` with what stopped it. */
export const finishRun = (
  dependencies: EngineDependencies,
  run: number,
  { fault, ...update }: Pick<RunUpdate, "guards" | "counts"> & { readonly fault: Fault | undefined },
  lease: Lease,
): Promise<void> =>
  endRun(
    dependencies,
    run,
    fault === undefined
      ? { ...update, outcome: "done" }
      : { ...update, outcome: "incomplete", fault: { code: fault.code, params: fault.params } },
    lease,
  );

/** Another directory or selection counts as known only when somebody reviewed what it leads to, or it leads to nothing. */
export const recordGoodRun = async (
  dependencies: EngineDependencies,
  profile: Profile,
  { readAt, settled, directoryIdentity, comparedAll }: Prepared,
  { lease, applied, reviewed }: { readonly lease: Lease; readonly applied: boolean; readonly reviewed: boolean },
): Promise<void> => {
  const ends = settled || reviewed ? { directory: directoryIdentity, selection: profile.selection } : undefined;
  const state = await goodRun(dependencies, profile, { readAt, ends, comparedAll, applied });
  await dependencies.store.saveState(profile.key, state, lease);
};

/** A run whose read and plan are those of the last good one: only its time is new. */
export const recordGoodRead = async (
  { store }: EngineDependencies,
  { key, config }: Profile,
  readAt: number,
  lease: Lease,
): Promise<void> =>
  store.saveState(
    key,
    {
      lastGoodRun: readAt,
      ...(config.sync.users ? { lastUsersRun: readAt } : {}),
      ...(config.sync.groups ? { lastGroupsRun: readAt } : {}),
      failures: undefined,
    },
    lease,
  );

/**
 * Marks that this run carried out, or that no longer mean anything: those made before. One of the future was made before
 * as well, by a clock that somebody set back since; it would never be done with otherwise.
 */
export const dropMarks = async (
  { store, clock }: EngineDependencies,
  profile: Profile,
  before: number,
): Promise<void> => {
  const now = clock.now();
  const marks = await store.marks(profile.key);
  const done = marks.filter((mark) => mark.at <= before || mark.at > now);
  if (done.length > 0) await store.saveMarks(profile.key, [], done);
};
