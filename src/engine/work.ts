import type { OrganizationState } from "../core/organization-state.ts";
import { isChange, isLocal, type PlanRow } from "../core/plan.ts";
import { indexState, isSatisfied } from "../core/satisfied.ts";
import { settle, type Settled } from "../core/settle.ts";
import type { OpenOrganization } from "../organizations/organization.ts";
import type { JournalEntry, Lease, Links, RowState } from "../store/store.ts";
import { groupsOf } from "./concerned.ts";
import type { EngineDependencies, Runtime } from "./dependencies.ts";
import { createKnown } from "./known.ts";
import type { Profile } from "./profile.ts";
import { hostOf, type Standing } from "./refusal.ts";
import { createTable } from "./table.ts";

export interface ApplyInput {
  readonly run: number;
  readonly rows: readonly PlanRow[];
  /** Rows the organization already is as they want it: settled without a request. */
  readonly already?: ReadonlySet<number>;
  readonly links: Links;
  readonly organization: OpenOrganization;
  /** As read just before; absent where it cannot be read. */
  readonly state: OrganizationState | undefined;
  /** All that the run holds, checked before every request; the first one is the profile's. */
  readonly leases: readonly [Lease, ...Lease[]];
  /** Rows a person accepted: the guards do not count them again. */
  readonly accepted: (row: number) => boolean;
  readonly runtime: Runtime;
}

/** Rows by what became of them; `noted` are those done of changed addresses for which nothing was sent. */
export type Tally = { [State in RowState | "noted"]?: number };

/** A plan while it is applied: what is journalled, what is settled, what is known of the organization. */
export interface Work {
  readonly dependencies: EngineDependencies;
  readonly input: ApplyInput;
  readonly tally: Tally;
  /** Rows of which one request is done and another is not. */
  readonly begun: Map<number, PlanRow | undefined>;
  readonly settled: ReadonlySet<number>;
  /** How far it is, for the words of a fault. */
  standing(): Standing;
  known(rows: readonly PlanRow[]): ReturnType<typeof createKnown>;
  journal(rows: readonly number[], state: RowState, detail?: string): Promise<void>;
  /** The intent of a request, and in the same transaction what the one before it has done. */
  begin(rows: readonly number[], done: readonly PlanRow[]): Promise<void>;
  /** Works out, while their request is under way, what the links are should these rows be done; notes nothing. */
  foresee(rows: readonly PlanRow[]): void;
  /** Marks rows done together with the links they settle. */
  settleRows(rows: readonly PlanRow[]): Promise<void>;
  /**
   * Settles what the organization shows to be done, where it can be read; gives back the rest. Reads the groups of what
   * is sent `next` as well: an import replaces a group, so who is in it has to be known.
   */
  settleSatisfied(rows: readonly PlanRow[], next?: readonly PlanRow[]): Promise<readonly PlanRow[]>;
}

export const createWork = (dependencies: EngineDependencies, profile: Profile, input: ApplyInput): Work => {
  const { store, clock } = dependencies;
  const [lease] = input.leases;
  const table = createTable(input.links);
  const tally: Tally = {};
  const begun = new Map<number, PlanRow | undefined>();
  const settled = new Set<number>();
  const linked = new Set(input.links.groups.map((link) => link.id));
  const total = input.rows.filter(isChange).length;
  let state = input.state;

  /** One entry for the rows somebody accepted, one for the others. */
  const entriesOf = (at: number, rows: readonly number[], outcome: RowState, detail?: string): JournalEntry[] =>
    [true, false].flatMap((accepted) => {
      const part = rows.filter((row) => input.accepted(row) === accepted);
      if (part.length === 0) return [];
      const entry = { rows: part, state: outcome, at, accepted };
      return [detail === undefined ? entry : { ...entry, detail }];
    });

  let foreseen: { readonly rows: readonly PlanRow[]; readonly change: Settled } | undefined;
  /** What was foreseen holds for just these rows, as long as the links are those it was worked out from. */
  const changeOf = (done: readonly PlanRow[], at: number): Settled => {
    const holds = foreseen?.rows.length === done.length && done.every((row, index) => row === foreseen?.rows[index]);
    return holds && foreseen !== undefined ? foreseen.change : settle(done, table, at);
  };

  const record = async (rows: readonly number[], done: readonly PlanRow[]): Promise<void> => {
    const at = clock.now();
    const numbers = done.map(({ row }) => row);
    const entries = [...entriesOf(at, numbers, "done"), ...entriesOf(at, rows, "intent")];
    if (entries.length === 0) return;
    const change = done.length === 0 ? undefined : changeOf(done, at);
    const links = change === undefined ? undefined : { profile: profile.key, change };
    await store.journal(input.run, entries, links, lease);
    if (change !== undefined) {
      table.take(change);
      foreseen = undefined;
    }
    for (const { row } of done) {
      begun.delete(row);
      settled.add(row);
    }
    if (done.length > 0) tally.done = (tally.done ?? 0) + done.length;
    const noted = done.filter((row) => row.action === "readdress" && isLocal(row)).length;
    if (noted > 0) tally.noted = (tally.noted ?? 0) + noted;
  };
  const settleRows = (rows: readonly PlanRow[]): Promise<void> => record([], rows);

  return {
    dependencies,
    input,
    tally,
    begun,
    settled,
    standing: () => ({
      server: hostOf(input.organization),
      name: profile.organizationName,
      done: tally.done ?? 0,
      total,
      state,
      seats: profile.organization.seats,
    }),
    known: (rows) =>
      createKnown({
        rows,
        table,
        adopted: (id) => !linked.has(id),
        users: profile.config.sync.users,
        state,
        keepManual: profile.config.sync.keepManualMembers,
        seats: profile.organization.seats,
      }),
    journal: async (rows, outcome, detail) => {
      if ((outcome === "refused" || outcome === "skipped") && rows.length > 0)
        tally[outcome] = (tally[outcome] ?? 0) + rows.length;
      const entries = entriesOf(clock.now(), rows, outcome, detail);
      if (entries.length > 0) await store.journal(input.run, entries, undefined, lease);
    },
    begin: record,
    foresee: (rows) => void (foreseen = { rows, change: settle(rows, table, clock.now()) }),
    settleRows,
    settleSatisfied: async (rows, next = rows) => {
      if (input.organization.read === undefined) return rows;
      state = await input.organization.read(groupsOf(next));
      const index = indexState(state);
      await settleRows(rows.filter((row) => isSatisfied(row, index)));
      return rows.filter((row) => !isSatisfied(row, index));
    },
  };
};
