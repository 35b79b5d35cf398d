import type { Action } from "../../core/plan.ts";
import { Fault } from "../../core/fault.ts";
import type { Listed, ListQuery, Run } from "../../store/store.ts";
import { planSections, type PlanEntry, type PlanSection } from "../contract/plan-lists.ts";
import type { Handlers } from "../contract.ts";
import { positionOf, positioned } from "./common.ts";
import type { HandlerDependencies } from "./dependencies.ts";
import { personShape } from "./directory.ts";
import { showRows } from "./shown-rows.ts";
import { noteLine } from "./wire.ts";

/** What a section is made of. */
const made: Readonly<
  Record<PlanSection, { readonly actions: readonly Action[] } | { readonly codes: readonly string[] } | "people">
> = {
  "loses-access": { actions: ["revoke", "remove"] },
  invited: { actions: ["invite", "stage"] },
  changed: { actions: ["restore", "readdress", "stamp"] },
  groups: { actions: ["create-group", "rename-group", "empty-group", "remove-group"] },
  memberships: { actions: ["change-members"] },
  adopted: { actions: ["adopt"] },
  proposals: { codes: ["proposal."] },
  strangers: { codes: ["stranger"] },
  "left-out": { codes: ["left_out."] },
  protected: { actions: ["keep"] },
  notes: { codes: ["held.", "group.", "address.", "drift.", "leaver.", "reference."] },
  unchanged: "people",
};

/** Plans as lists: whoever scrolls through 100,000 rows has a page of them in memory. */
export const planListHandlers = (dependencies: HandlerDependencies): Pick<Handlers, "plan.summary" | "plan.rows"> => {
  const { store } = dependencies.engine;
  return {
    "plan.summary": async ({ run: id, search }) => {
      const run = await known(dependencies, id);
      const isAsked = search !== undefined && search.trim() !== "";
      const isCurrent = await isOfLastRead(dependencies, run);
      const sections = [];
      for (const section of planSections) {
        if (section === "unchanged" && !isCurrent) {
          const all = run.header?.counts.unchangedPeople ?? 0;
          if (all > 0) sections.push({ section, total: isAsked ? 0 : all, all, listed: false });
          continue;
        }
        const { total: all } = await list(dependencies, run, section, { offset: 0, limit: 0 });
        if (all === 0) continue;
        const total = isAsked ? (await list(dependencies, run, section, { offset: 0, limit: 0, search })).total : all;
        sections.push({ section, total, all, listed: true });
      }
      const states: Record<string, Record<string, number>> = {};
      for (const { action, state, count } of await store.countRows(id)) (states[action] ??= {})[state] = count;
      return { sections, states };
    },

    "plan.rows": async ({ run: id, section, ...page }) => {
      const run = await known(dependencies, id);
      const at = positionOf(page);
      if (section === "unchanged" && !(await isOfLastRead(dependencies, run))) return { rows: [], total: 0 };
      return positioned(at, await list(dependencies, run, section, at));
    },
  };
};

const list = async (
  dependencies: HandlerDependencies,
  run: Run,
  section: PlanSection,
  query: ListQuery,
): Promise<Listed<PlanEntry>> => {
  const { store } = dependencies.engine;
  const of = made[section];
  if (of === "people") {
    const { rows, total } = await store.listPeople(run.profile, { ...query, selected: true, withoutRun: run.id });
    return { rows: rows.map((person) => ({ person: personShape(person) })), total };
  }
  if ("codes" in of) {
    const { rows, total } = await store.listNotes(run.id, { ...query, codes: of.codes });
    return { rows: rows.map((note) => ({ note: noteLine(note) })), total };
  }
  const { rows, total } = await store.listRows(run.id, { ...query, actions: of.actions });
  return { rows: (await showRows(dependencies, run.profile, rows)).map((change) => ({ change })), total };
};

/** The stored read is the one this plan was made of. */
const isOfLastRead = async ({ engine }: HandlerDependencies, { profile, header }: Run): Promise<boolean> =>
  header !== undefined && (await engine.store.readAt(profile)) === Date.parse(header.made);

const known = async ({ engine }: HandlerDependencies, id: number): Promise<Run> => {
  const run = await engine.store.run(id);
  if (run === undefined) throw new Fault("run.unknown", { run: id });
  return run;
};
