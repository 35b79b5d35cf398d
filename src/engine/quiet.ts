import { createHash } from "node:crypto";
import type { Diagnostic } from "../core/diagnostic.ts";
import type { Quiet } from "../store/store.ts";
import type { EngineDependencies } from "./dependencies.ts";
import type { Prepared } from "./prepare.ts";
import type { Profile } from "./profile.ts";
import type { Reading } from "./read.ts";
import { endRun } from "./record.ts";
import type { Lease, Run } from "../store/store.ts";

/**
 * The run whose outcome still holds, where nothing is new: the directory says that it is as it was, nobody changed a
 * setting or marked anything, no run changed anything in between, and nothing is due by time. Then a run neither loads
 * nor compares anything; otherwise undefined.
 */
export const findQuiet = async (
  { store, limits }: EngineDependencies,
  profile: Profile,
  reading: Reading,
): Promise<Run | undefined> => {
  if (!reading.isUnchanged) return undefined;
  const { quiet, generation, lastFullRead, directory, selection } = await store.state(profile.key);
  if (directory !== reading.identity || selection !== profile.selection) return undefined;
  if (quiet === undefined || quiet.generation !== generation || quiet.settings !== digestOf(profile, reading.notes))
    return undefined;
  const { readAt } = reading;
  if (quiet.until !== undefined && readAt >= quiet.until) return undefined;
  if (lastFullRead === undefined || readAt < lastFullRead || readAt - lastFullRead >= limits.driftCheck)
    return undefined;
  const [marks, elsewhere, run] = await Promise.all([
    store.marks(profile.key),
    store.owners(profile.organizationId, profile.key),
    store.run(quiet.run),
  ]);
  if (marks.length > 0 || elsewhere.size > 0 || run?.header === undefined) return undefined;
  return run;
};

/** Gives a run the plan and the notes of the one that still holds, with its own time, and ends it. */
export const endQuiet = async (
  dependencies: EngineDependencies,
  profile: Profile,
  run: number,
  { reading, like, lease }: { readonly reading: Reading; readonly like: Run; readonly lease: Lease },
): Promise<void> => {
  const { store } = dependencies;
  const { header } = like;
  if (header === undefined) return;
  const { readAt, startedAt, cursor } = reading;
  await store.confirmSnapshot(profile.key, { readAt, ...(cursor === undefined ? {} : { cursor }) }, lease);
  await store.updateRun(run, { header: { ...header, made: new Date(readAt).toISOString() } }, lease);
  const notes = await store.notes(like.id);
  if (notes.length > 0) await store.saveNotes(run, notes, lease);
  const { people = 0, groups = 0 } = like.counts ?? {};
  const counts = { readMilliseconds: readAt - startedAt, people, groups, compared: 0, comparedAll: 0 };
  await endRun(dependencies, run, { outcome: "unchanged", counts }, lease);
  const { quiet } = await store.state(profile.key);
  if (quiet !== undefined) await store.saveState(profile.key, { quiet: { ...quiet, run } }, lease);
};

/** Remembers that a read led to a plan without a row, if the same read will do so for a while. */
export const rememberQuiet = async (
  { store }: EngineDependencies,
  profile: Profile,
  run: number,
  prepared: Prepared,
  lease: Lease,
): Promise<void> => {
  if (!isQuiet(profile, prepared)) return;
  const times = prepared.collected.users.flatMap(({ disabledFrom }) => disabledFrom ?? []);
  const quiet: Quiet = {
    run,
    generation: prepared.state.generation,
    settings: digestOf(profile, prepared.collected.notes),
    ...(times.length === 0 ? {} : { until: times.reduce((first, time) => Math.min(first, time)) }),
  };
  await store.saveState(profile.key, { quiet }, lease);
};

/** Nothing waits for a second read or for days to pass. */
const isQuiet = ({ config }: Profile, { plan, links, updates, settled }: Prepared): boolean => {
  if (plan.rows.length > 0 || !settled || Object.values(updates).some((list) => list.length > 0)) return false;
  const waits =
    [...links.people, ...links.groups].some(({ missingSince }) => missingSince !== undefined) ||
    plan.notes.some(({ code }) => code === "group.members_wait");
  const removes = config.sync.leavers.removeAfter !== undefined;
  return !waits && !(removes && links.people.some(({ revoked }) => revoked !== undefined));
};

/** Of everything besides the entries that a plan and its notes depend on. */
const digestOf = ({ settings, organization }: Profile, notes: readonly Diagnostic[]): string =>
  createHash("sha256")
    .update(JSON.stringify([settings, organization, notes]))
    .digest("base64url");
