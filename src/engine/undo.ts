import { Fault } from "../core/fault.ts";
import { makePlan } from "../core/make-plan.ts";
import type { Plan, PlanRow } from "../core/plan.ts";
import { indexState } from "../core/satisfied.ts";
import { forecastSeats } from "../core/seats.ts";
import { undoRows, type UndoRow } from "../core/undo.ts";
import type { RowState } from "../store/store.ts";
import type { EngineDependencies, Runtime } from "./dependencies.ts";
import { diffSettings, ownersOf, type Profile } from "./profile.ts";
import { withoutThose } from "./left-out.ts";
import { allRows } from "./recover.ts";
import { withProfile, type Session } from "./session.ts";

export interface UndoPlan {
  readonly plan: Plan;
  readonly rows: readonly (UndoRow & { readonly original: PlanRow })[];
}

/**
 * A plan, to be reviewed, that takes back what a run did, or one `row` of it, as far as this server can; applying it
 * pauses the schedule. Faults: `run.unknown`, `run.nothing_to_undo`.
 */
export const undoPlan = async (
  dependencies: EngineDependencies,
  profile: Profile,
  run: number | { readonly run: number; readonly row: number },
  runtime: Runtime,
): Promise<UndoPlan> => {
  const what = typeof run === "number" ? { run, row: undefined } : run;
  return withProfile(dependencies, profile, { what: "plan", wait: false, applies: false }, runtime, (session) =>
    makeUndo(dependencies, profile, what, session),
  );
};

/** What the organization never saw; of what is unknown it may have. */
const notDone: ReadonlySet<RowState> = new Set(["planned", "refused", "skipped"]);

const makeUndo = async (
  dependencies: EngineDependencies,
  profile: Profile,
  { run: runId, row: only }: { readonly run: number; readonly row: number | undefined },
  session: Session,
): Promise<UndoPlan> => {
  const { store, clock } = dependencies;
  const run = await store.run(runId);
  if (run === undefined || run.profile !== profile.key)
    throw new Fault("run.unknown", { run: runId, profile: profile.name });
  // As they were sent: a group never took in whom the run did not invite.
  const sent = withoutThose(await allRows(dependencies, runId), ({ state }) => notDone.has(state)).rows;
  const done = sent.filter(
    ({ row, state, undoneBy }) => state === "done" && undoneBy === undefined && (only === undefined || row === only),
  );
  if (run.header === undefined || done.length === 0) throw new Fault("run.nothing_to_undo", { run: runId });
  const byRow = new Map<number, PlanRow>(done.map((row) => [row.row, row]));
  const organization = await session.organization();
  const { remove, removeGroup } = organization.abilities;
  const now = await organization.read?.(() => false);
  const { protect, joiners } = diffSettings(profile);
  const can = {
    remove: remove === "yes",
    removeGroup: removeGroup === "yes",
    state: now === undefined ? undefined : indexState(now),
    owners: ownersOf(profile),
    protect,
    joiners,
  };
  const rows = undoRows(done, can).flatMap((row) => {
    const original = byRow.get(row.of);
    return original === undefined ? [] : [{ ...row, original }];
  });
  const [state, links] = await Promise.all([store.state(profile.key), store.links(profile.key)]);
  const { counts, seats: _seats, digest: _digest, ...header } = run.header;
  const changes = rows.flatMap((row) => row.change ?? []);
  const plan = makePlan(changes, [], {
    ...header,
    seats: forecastSeats(now, changes, profile.organization.seats),
    made: new Date(clock.now()).toISOString(),
    generation: state.generation,
    complete: true,
    applicable: true,
    undoes: runId,
    totals: {
      ...counts,
      linkedPeople: links.people.length,
      linkedGroups: links.groups.length,
      unchangedPeople: 0,
      unchangedGroups: 0,
      leftOut: 0,
      strangers: 0,
    },
  });
  return { plan, rows };
};
