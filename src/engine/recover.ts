import type { Change, PlanRow } from "../core/plan.ts";
import { indexState, isSatisfied } from "../core/satisfied.ts";
import { settle } from "../core/settle.ts";
import type { OpenOrganization } from "../organizations/organization.ts";
import type { Lease, Run } from "../store/store.ts";
import type { EngineDependencies } from "./dependencies.ts";
import { halfDone, markHalfDone } from "./half-done.ts";
import type { Profile } from "./profile.ts";

/** What an interrupted run left behind. */
export interface Recovered {
  readonly run: Run;
  readonly surelyDone: number;
  readonly left: number;
  /** What a person had accepted and the run did not reach: the next run may go on with it. */
  readonly accepted: readonly Change[];
}

/**
 * Closes runs that a kill left open. Requests whose answer was never recorded are looked up in the organization, where
 * it can be read: what is there is done and its links are kept; the rest is planned afresh by the run that follows.
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
  const { store, clock } = dependencies;
  const rows = await allRows(dependencies, run.id);
  const uncertain = rows.filter((row) => row.state === "intent" || row.state === "unknown");
  let surelyDone = rows.filter((row) => row.state === "done").length;
  if (uncertain.length > 0) {
    const organization = await open();
    if (organization.read !== undefined) {
      const index = indexState(await organization.read("all"));
      const done = uncertain.filter((row) => isSatisfied(row, index));
      await settleDone(dependencies, profile, lease, run, done);
      await markHalfDone(dependencies, profile, halfDone(uncertain, index));
      surelyDone += done.length;
    }
  }
  const left = rows.filter((row) => row.action !== "keep").length - surelyDone;
  await store.updateRun(
    run.id,
    { endedAt: clock.now(), outcome: "interrupted", counts: { ...run.counts, done: surelyDone, left } },
    lease,
  );
  return {
    run,
    surelyDone,
    left,
    accepted: run.accepted === undefined ? [] : rows.filter((row) => row.action !== "keep"),
  };
};

const settleDone = async (
  { store, clock }: EngineDependencies,
  profile: Profile,
  lease: Lease,
  run: Run,
  done: readonly PlanRow[],
): Promise<void> => {
  if (done.length === 0) return;
  const links = await store.links(profile.key);
  const table = {
    people: new Map(links.people.map((link) => [link.id, link])),
    groups: new Map(links.groups.map((link) => [link.id, link])),
    holderOf: new Map(links.people.map((link) => [link.externalId, link.id])),
  };
  const at = clock.now();
  await store.journal(
    run.id,
    { rows: done.map((row) => row.row), state: "done", at, accepted: run.accepted !== undefined },
    { profile: profile.key, change: settle(done, table, at) },
    lease,
  );
};

/** Every row of a run, in plan order. */
export const allRows = async ({ store }: EngineDependencies, run: number) => {
  const rows = [];
  let cursor: number | undefined;
  do {
    const page = await store.rows(run, { limit: 5_000, ...(cursor === undefined ? {} : { cursor }) });
    rows.push(...page.rows);
    cursor = page.next;
  } while (cursor !== undefined);
  return rows;
};
