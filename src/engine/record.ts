import type { Diagnostic } from "../core/diagnostic.ts";
import { isFault } from "../core/fault.ts";
import type { Plan, PlanRow } from "../core/plan.ts";
import type { Lease, RunKind, RunUpdate } from "../store/store.ts";
import type { EngineDependencies } from "./dependencies.ts";
import type { Prepared } from "./prepare.ts";
import type { Profile } from "./profile.ts";
import { noteChangedSettings } from "./rule-changes.ts";

/**
 * Begins a run's record and hands it to `work`; whatever happens the record gets an outcome. One that left requests whose
 * answer nobody knows stays open, so that the next run looks them up.
 */
export const recordRun = async <Result>(
  dependencies: EngineDependencies,
  profile: Profile,
  kind: RunKind,
  lease: Lease | undefined,
  work: (run: number) => Promise<Result>,
): Promise<Result> => {
  const { store, clock, actor } = dependencies;
  const run = await store.beginRun(
    {
      profile: profile.key,
      organization: profile.organizationId,
      kind,
      startedAt: clock.now(),
      who: actor.who,
      host: actor.host,
    },
    lease,
  );
  try {
    const result = await work(run);
    await forgetOld(dependencies, profile);
    return result;
  } catch (error) {
    await endWithFault(dependencies, run, error, lease);
    throw error;
  }
};

const day = 86_400_000;
/** How long runs are kept (product: home): those that changed something 24 months, of the others one a day after two days. */
const kept = { changed: 731 * day, unchanged: 2 * day };

/** A history that cannot be shortened is no reason to call a run a failure. */
const forgetOld = async ({ store, clock, log }: EngineDependencies, profile: Profile): Promise<void> => {
  try {
    const now = clock.now();
    await store.prune(profile.key, { changed: now - kept.changed, unchanged: now - kept.unchanged });
  } catch (error) {
    log.warn("old runs could not be forgotten", { reason: String(error) });
  }
};

const endWithFault = async (
  dependencies: EngineDependencies,
  run: number,
  error: unknown,
  lease: Lease | undefined,
): Promise<void> => {
  const { store, log, redact } = dependencies;
  const fault = isFault(error)
    ? { code: error.code, params: error.params }
    : { code: "internal.defect", params: { reason: redact(String(error)) } };
  const outcome = isFault(error, "run.interrupted")
    ? "interrupted"
    : isFault(error, "plan.stale")
      ? "refused"
      : "failed";
  try {
    const known = await store.run(run);
    if (known?.endedAt === undefined) await endRun(dependencies, run, { outcome, fault }, lease);
  } catch (second) {
    log.warn("the end of a run could not be recorded", { run, reason: String(second) });
  }
};

/** Keeps a plan with its run, in batches, so that it can be shown, accepted and explained later. */
export const recordPlan = async (
  { store }: EngineDependencies,
  run: number,
  plan: Plan,
  lease: Lease | undefined,
): Promise<void> => {
  await store.updateRun(run, { header: plan.header }, lease);
  for (const batch of batches<PlanRow>(plan.rows)) await store.saveRows(run, batch, lease);
  for (const batch of batches<Diagnostic>(plan.notes)) await store.saveNotes(run, batch, lease);
};

/** Which rows of a run somebody accepted: those alone are gone on with, should it be cut short. */
export const recordAcceptedRows = async (
  { store, clock }: EngineDependencies,
  run: number,
  rows: readonly number[],
  lease: Lease,
): Promise<void> => {
  if (rows.length === 0) return;
  await store.journal(run, { rows, state: "planned", at: clock.now(), accepted: true }, undefined, lease);
};

/** Who accepted what a run applies and of when that was (`since`), in the run and in the audit; after the rows it is about and those a guard holds back. */
export const recordAcceptance = async (
  { store, clock, actor }: EngineDependencies,
  profile: Profile,
  { run, how, digest, since }: Readonly<Record<"how" | "digest", string>> & Readonly<Record<"run" | "since", number>>,
  lease: Lease,
): Promise<void> => {
  await store.updateRun(run, { accepted: { by: actor.who, how, since } }, lease);
  const detail = `run ${run}, ${how}, plan ${digest.slice(0, 12)}`;
  await store.audit({ at: clock.now(), who: actor.who, what: "run.accepted", profile: profile.name, detail });
};

/** What a complete read holds; kept whatever the guards say. */
export const saveRead = async (
  { store }: EngineDependencies,
  profile: Profile,
  { collected, readAt, cursor, verdicts }: Prepared,
  lease: Lease,
): Promise<void> => {
  const { users, groups, fingerprint } = collected;
  const known = fingerprint === undefined ? {} : { fingerprint };
  await store.saveSnapshot(
    profile.key,
    { readAt, users, groups, ...known, ...(cursor === undefined ? {} : { cursor }) },
    lease,
  );
  await store.saveVerdicts(profile.key, verdicts, lease);
};

/**
 * Everything else a complete read teaches that no row carries, likewise. A `trial` teaches nothing of the people and
 * groups that are managed.
 */
export const recordLearnt = async (
  dependencies: EngineDependencies,
  profile: Profile,
  prepared: Prepared,
  lease: Lease,
  trial = false,
): Promise<void> => {
  const { store } = dependencies;
  const { updates } = prepared;
  await noteChangedSettings(dependencies, profile, prepared.state);
  if (!trial && Object.values(updates).some((list) => list.length > 0))
    await store.saveLinks(profile.key, updates, lease);
};

/** Gives a run its outcome and, unless answers are missing, its end. */
export const endRun = async (
  { store, clock }: EngineDependencies,
  run: number,
  update: RunUpdate,
  lease: Lease | undefined,
): Promise<void> => {
  const { total } = await store.rows(run, { states: ["intent", "unknown"], limit: 1 });
  await store.updateRun(run, { ...(total === 0 ? { endedAt: clock.now() } : {}), ...update }, lease);
};

/** Each is a transaction that waits for the disk, and lets other processes in between. */
const batchSize = 20_000;
function* batches<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  for (let start = 0; start < items.length; start += batchSize) yield items.slice(start, start + batchSize);
}
