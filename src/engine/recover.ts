import { perhapsSent } from "../core/perhaps.ts";
import type { Change } from "../core/plan.ts";
import { indexState, isSatisfied } from "../core/satisfied.ts";
import { settle } from "../core/settle.ts";
import type { OpenOrganization } from "../organizations/organization.ts";
import type { Lease, Run, StoredRow } from "../store/store.ts";
import { groupsOf } from "./concerned.ts";
import type { EngineDependencies } from "./dependencies.ts";
import { goodRun } from "./good-run.ts";
import { halfDone, markHalfDone } from "./half-done.ts";
import { acceptanceOf } from "./plan-age.ts";
import type { Profile } from "./profile.ts";
import { createTable } from "./table.ts";

/** What an interrupted run left behind. */
export interface Recovered {
  readonly run: Run;
  readonly surelyDone: number;
  readonly left: number;
  /** What a person had accepted and the run did not reach: the next run may go on with it, for as long as a plan holds. */
  readonly accepted: readonly Change[];
}

/**
 * Looks through runs that a kill left open. Requests whose answer was never recorded are looked up in the organization,
 * where it can be read: what is there is done and its links are kept; the rest is planned afresh by the run that follows.
 * That run ends them with `endRecovered`, once it carries on what they were given: until then whoever takes over from
 * it, should it be killed too, finds them as it did.
 */
export const recover = async (
  dependencies: EngineDependencies,
  profile: Profile,
  lease: Lease,
  open: () => Promise<OpenOrganization>,
): Promise<Recovered[]> => {
  const recovered: Recovered[] = [];
  for (const run of await dependencies.store.openRuns(profile.key))
    recovered.push(await recoverRun(dependencies, profile, lease, run, open));
  return recovered;
};

const recoverRun = async (
  dependencies: EngineDependencies,
  profile: Profile,
  lease: Lease,
  run: Run,
  open: () => Promise<OpenOrganization>,
): Promise<Recovered> => {
  const { clock, limits } = dependencies;
  const rows = await allRows(dependencies, run.id);
  const isAccepted = run.accepted !== undefined && Math.abs(clock.now() - acceptanceOf(run)) <= limits.planAge;
  const uncertain = rows.filter((row) => row.state === "intent" || row.state === "unknown");
  let surelyDone = rows.filter((row) => row.state === "done").length;
  if (uncertain.length > 0) {
    const organization = await open();
    if (organization.read !== undefined) {
      const index = indexState(await organization.read(groupsOf(uncertain)));
      const done = uncertain.filter((row) => isSatisfied(row, index));
      await settleDone(dependencies, profile, lease, run, done);
      await markHalfDone(dependencies, profile, halfDone(uncertain, index));
      surelyDone += done.length;
    } else {
      // Nobody can look, so the run counts as one that changed something: no older plan goes on past it. What it may have
      // sent is remembered, should the directory take it back.
      const numbers = uncertain.map(({ row }) => row);
      const entry = { rows: numbers, state: "unknown" as const, at: clock.now() };
      const { key } = profile;
      const table = createTable(await dependencies.store.links(key));
      const change = perhapsSent(uncertain, table, clock.now());
      await dependencies.store.journal(run.id, entry, { profile: key, change }, lease);
    }
  }
  const left = rows.filter((row) => row.action !== "keep").length - surelyDone;
  if (surelyDone > 0 && left === 0) await countAsFirst(dependencies, profile, lease, run);
  return {
    run,
    surelyDone,
    left,
    accepted: isAccepted ? rows.filter((row) => row.accepted && row.action !== "keep") : [],
  };
};

/**
 * A first run that did everything and was cut short before it could note so was the first all the same: nobody is asked
 * for a review again. Of later ones nothing needs noting that the next run does not note itself.
 */
const countAsFirst = async (
  dependencies: EngineDependencies,
  profile: Profile,
  lease: Lease,
  { kind, header }: Run,
): Promise<void> => {
  const { store } = dependencies;
  const { firstApplied } = await store.state(profile.key);
  if (firstApplied !== undefined || header === undefined || kind === "undo") return;
  const { made, directory, selection } = header;
  const ends = { directory, selection };
  const facts = { readAt: Date.parse(made), ends, comparedAll: false, applied: true };
  await store.saveState(profile.key, await goodRun(dependencies, profile, facts), lease);
};

/** Closes the record of runs that were looked through: what was surely done, and what was left. */
export const endRecovered = async (
  { store, clock }: EngineDependencies,
  recovered: readonly Recovered[],
  lease: Lease,
): Promise<void> => {
  for (const { run, surelyDone, left } of recovered)
    await store.updateRun(
      run.id,
      {
        endedAt: clock.now(),
        outcome: run.outcome ?? "interrupted",
        counts: { ...run.counts, done: surelyDone, left },
      },
      lease,
    );
};

const settleDone = async (
  { store, clock }: EngineDependencies,
  profile: Profile,
  lease: Lease,
  run: Run,
  done: readonly StoredRow[],
): Promise<void> => {
  if (done.length === 0) return;
  const links = await store.links(profile.key);
  const table = createTable(links);
  const at = clock.now();
  for (const accepted of [true, false]) {
    const part = done.filter((row) => row.accepted === accepted);
    if (part.length === 0) continue;
    const change = settle(part, table, at);
    const entry = { rows: part.map((row) => row.row), state: "done" as const, at, accepted };
    await store.journal(run.id, entry, { profile: profile.key, change }, lease);
    table.take(change);
  }
};

/** Every row of a run, in plan order. */
export const allRows = async ({ store }: Pick<EngineDependencies, "store">, run: number): Promise<StoredRow[]> => {
  const rows: StoredRow[] = [];
  let cursor: number | undefined;
  do {
    const page = await store.rows(run, { limit: 5_000, ...(cursor === undefined ? {} : { cursor }) });
    rows.push(...page.rows);
    cursor = page.next;
  } while (cursor !== undefined);
  return rows;
};
