import { Fault, isFault } from "../core/fault.ts";
import type { GroupLink, PersonLink } from "../core/link.ts";
import type { OrganizationState } from "../core/organization-state.ts";
import { isLocal, type PlanRow } from "../core/plan.ts";
import { indexState, isSatisfied } from "../core/satisfied.ts";
import { settle, type LinkTable } from "../core/settle.ts";
import type { OpenOrganization, SendResult, Step } from "../organizations/organization.ts";
import type { Lease, Links, RowState } from "../store/store.ts";
import type { EngineDependencies, Runtime } from "./dependencies.ts";
import { markHalfDone } from "./half-done.ts";
import { createKnown } from "./known.ts";
import type { Profile } from "./profile.ts";
import { hostOf, lostFault, progressOf, refusal, type Standing } from "./refusal.ts";

export interface ApplyInput {
  readonly run: number;
  readonly rows: readonly PlanRow[];
  /** Rows the organization already is as they want it: settled without a request. */
  readonly already?: ReadonlySet<number>;
  readonly links: Links;
  readonly organization: OpenOrganization;
  /** As read just before; absent where it cannot be read. */
  readonly state: OrganizationState | undefined;
  /** The profile's and the organization's, both checked before every request. */
  readonly leases: readonly [Lease, Lease];
  /** Rows a person accepted: the guards do not count them again. */
  readonly accepted: (row: number) => boolean;
  readonly runtime: Runtime;
}

/** Rows by what became of them. */
export type Tally = { [State in RowState]?: number };

/**
 * Sends the rows. The journal holds the intent before each request and the outcome, with the links it settles, after
 * it, so that whatever stops this loop leaves a record from which the next run goes on. Stops at the first refusal.
 */
export const applyRows = async (
  dependencies: EngineDependencies,
  profile: Profile,
  input: ApplyInput,
): Promise<{ tally: Tally; fault?: Fault }> => {
  const work = createWork(dependencies, profile, input);
  const moving = input.rows.filter((row) => row.action !== "keep");
  const silent = (row: PlanRow): boolean => isLocal(row) || input.already?.has(row.row) === true;
  await work.settleRows(moving.filter(silent));
  const pending = moving.filter((row) => !silent(row));
  try {
    return await sendUntilDone(work, pending);
  } finally {
    await markHalfDone(
      dependencies,
      profile,
      [...work.begun.values()].filter((row) => row !== undefined),
    );
  }
};

/** Rows whose request may not have arrived are sent again, a few times. */
const sendUntilDone = async (work: Work, rows: readonly PlanRow[]): Promise<{ tally: Tally; fault?: Fault }> => {
  let pending = rows;
  for (let attempt = 0; pending.length > 0 && attempt < 3; attempt += 1) {
    const outcome = await sendAll(work, pending);
    if ("fault" in outcome) return { tally: work.tally, fault: outcome.fault };
    pending = outcome.lost;
  }
  return pending.length === 0 ? { tally: work.tally } : { tally: work.tally, fault: lostFault(standing(work)) };
};

/** One pass over the steps; rows whose request may not have arrived come back as `lost`. */
const sendAll = async (work: Work, rows: readonly PlanRow[]): Promise<{ lost: PlanRow[] } | { fault: Fault }> => {
  const { input, dependencies } = work;
  const byRow = new Map(rows.map((row) => [row.row, row]));
  const lost: PlanRow[] = [];
  let settled = 0;
  for await (const step of input.organization.encode(rows, work.known(rows))) {
    input.runtime.signal.throwIfAborted();
    for (const lease of input.leases) await lease.check();
    const mine = step.rows.flatMap((row) => byRow.get(row) ?? []);
    await work.journal([...step.rows, ...(step.begins ?? [])], "intent");
    const result = await sendLooking(work, step);
    if (result.outcome === "done") {
      for (const row of step.begins ?? []) work.begun.set(row, byRow.get(row));
      await work.settleRows(mine);
    } else if (result.outcome === "refused") {
      const left = await settlePartly(work, step, mine);
      await work.journal(
        left.map((row) => row.row),
        "refused",
        result.messages.join(" "),
      );
      return { fault: refusal(standing(work), step, result) };
    } else {
      await work.journal(step.rows, "unknown", result.reason);
      if (step.kind !== "import") return { fault: lostFault(standing(work)) };
      await dependencies.clock.sleep(dependencies.limits.lostAnswerPause, input.runtime.signal);
      lost.push(...(await work.settleSatisfied(mine)));
    }
    settled += step.rows.length;
    input.runtime.progress({ stage: "applying", done: settled, total: rows.length });
  }
  return { lost };
};

/** A request about one member or group looks first, so that after a lost answer the same again does only what is left to do. */
const sendLooking = async (work: Work, step: Step): Promise<SendResult> => {
  const { clock, limits } = work.dependencies;
  let result = await send(work, step);
  for (let attempt = 1; attempt < 3 && result.outcome === "unknown" && step.kind !== "import"; attempt += 1) {
    await clock.sleep(limits.lostAnswerPause, work.input.runtime.signal);
    result = await send(work, step);
  }
  return result;
};

const send = async (work: Work, step: Step): Promise<SendResult> => {
  try {
    return await work.input.organization.send(step);
  } catch (error) {
    if (!isFault(error)) throw error;
    await work.journal(step.rows, "planned", error.code);
    throw error.code.startsWith("organization.")
      ? new Fault(error.code, { ...error.params, ...progressOf(standing(work)) }, error)
      : error;
  }
};

/** An import that is refused may have done a part: what the organization shows to be done is settled, the rest comes back. */
const settlePartly = async (work: Work, step: Step, rows: readonly PlanRow[]): Promise<readonly PlanRow[]> => {
  if (step.kind !== "import" || work.input.organization.read === undefined) return rows;
  try {
    return await work.settleSatisfied(rows);
  } catch (error) {
    if (isFault(error)) return rows;
    throw error;
  }
};

/** What a fault says beside its reason. */
const standing = (work: Work): Standing => ({
  server: hostOf(work.input.organization),
  name: work.name,
  done: work.tally.done ?? 0,
  total: work.total,
  state: work.state(),
});

interface Work {
  readonly dependencies: EngineDependencies;
  readonly input: ApplyInput;
  readonly tally: Tally;
  /** Rows of which one request is done and another is not. */
  readonly begun: Map<number, PlanRow | undefined>;
  /** The organization's name in the configuration. */
  readonly name: string;
  /** Rows that this run is to do. */
  readonly total: number;
  /** As last read. */
  state(): OrganizationState | undefined;
  known(rows: readonly PlanRow[]): ReturnType<typeof createKnown>;
  journal(rows: readonly number[], state: RowState, detail?: string): Promise<void>;
  /** Marks rows done together with the links they settle. */
  settleRows(rows: readonly PlanRow[]): Promise<void>;
  /** After a lost answer: settles what the organization shows to be done, gives back the rest. */
  settleSatisfied(rows: readonly PlanRow[]): Promise<PlanRow[]>;
}

const createWork = (dependencies: EngineDependencies, profile: Profile, input: ApplyInput): Work => {
  const { store, clock } = dependencies;
  const [lease] = input.leases;
  const table = createTable(input.links);
  const tally: Tally = {};
  const begun = new Map<number, PlanRow | undefined>();
  let state = input.state;
  const count = (rows: readonly unknown[], outcome: RowState): void => {
    tally[outcome] = (tally[outcome] ?? 0) + rows.length;
  };
  const settleRows = async (rows: readonly PlanRow[]): Promise<void> => {
    if (rows.length === 0) return;
    const at = clock.now();
    for (const accepted of [true, false]) {
      const part = rows.filter((row) => input.accepted(row.row) === accepted);
      if (part.length === 0) continue;
      const change = settle(part, table, at);
      await store.journal(
        input.run,
        { rows: part.map((row) => row.row), state: "done", at, accepted },
        { profile: profile.key, change },
        lease,
      );
      table.take(change);
    }
    for (const { row } of rows) begun.delete(row);
    count(rows, "done");
  };
  return {
    dependencies,
    input,
    tally,
    begun,
    name: profile.organizationName,
    total: input.rows.filter((row) => row.action !== "keep").length,
    state: () => state,
    known: (rows) =>
      createKnown({
        rows,
        table,
        state,
        keepManual: profile.config.sync.keepManualMembers,
        seats: profile.organization.seats,
      }),
    journal: async (rows, outcome, detail) => {
      if (rows.length === 0) return;
      if (outcome === "refused") count(rows, outcome);
      if (outcome === "planned") return;
      await store.journal(
        input.run,
        { rows, state: outcome, at: clock.now(), ...(detail === undefined ? {} : { detail }) },
        undefined,
        lease,
      );
    },
    settleRows,
    settleSatisfied: async (rows) => {
      if (input.organization.read === undefined) return [...rows];
      state = await input.organization.read("all");
      const index = indexState(state);
      const done = rows.filter((row) => isSatisfied(row, index));
      await settleRows(done);
      return rows.filter((row) => !isSatisfied(row, index));
    },
  };
};

interface Table extends LinkTable {
  take(change: ReturnType<typeof settle>): void;
}

/** The links while rows settle, in memory beside the store. */
const createTable = (links: Links): Table => {
  const people = new Map<string, PersonLink>(links.people.map((link) => [link.id, link]));
  const groups = new Map<string, GroupLink>(links.groups.map((link) => [link.id, link]));
  const holderOf = new Map<string, string>(links.people.map((link) => [link.externalId, link.id]));
  return {
    people,
    groups,
    holderOf,
    take: (change) => {
      for (const id of change.gonePeople) people.delete(id);
      for (const id of change.goneGroups) groups.delete(id);
      for (const link of change.people) {
        people.set(link.id, link);
        holderOf.set(link.externalId, link.id);
      }
      for (const link of change.groups) groups.set(link.id, link);
    },
  };
};
