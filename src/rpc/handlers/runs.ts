import { Fault } from "../../core/fault.ts";
import { findProfile } from "../../engine/profile.ts";
import { undoPlan } from "../../engine/undo.ts";
import type { Run } from "../../store/store.ts";
import { RowState, type Handlers } from "../contract.ts";
import { isoTime, pageOf, runtimeOf } from "./common.ts";
import type { HandlerDependencies } from "./dependencies.ts";
import { writePlan } from "./plans.ts";
import { showRows } from "./shown-rows.ts";
import { summarize, summaryOf } from "./summary.ts";
import { noteLine } from "./wire.ts";

export const runHandlers = (
  dependencies: HandlerDependencies,
): Pick<Handlers, Extract<keyof Handlers, `runs.${string}`>> => {
  const { store } = dependencies.engine;
  return {
    "runs.list": async ({ profile: name, changedOnly = false, cursor, limit = 50 }) => {
      const profile = await findProfile(dependencies.engine, name, false);
      const { rows, next, total } = await store.runs({
        profile: profile.key,
        limit,
        changedOnly,
        ...(cursor === undefined ? {} : { before: cursor }),
      });
      return { rows: rows.map((run) => summarize(run, profile)), ...(next === undefined ? {} : { next }), total };
    },

    "runs.get": async ({ run }) => summaryOf(dependencies, run),

    "runs.changes": async ({ run: id, actions, states, cursor, limit = 100, search }) => {
      const run = await known(dependencies, id);
      const { rows, next, total } = await store.rows(id, {
        limit,
        ...(cursor === undefined ? {} : { cursor }),
        ...(search === undefined ? {} : { search }),
        ...(actions === undefined ? {} : { actions }),
        ...(states === undefined ? {} : { states: states.flatMap((state) => RowState.safeParse(state).data ?? []) }),
      });
      return {
        rows: await showRows(dependencies, run.profile, rows),
        ...(next === undefined ? {} : { next }),
        total,
      };
    },

    "runs.notes": async ({ run: id, cursor, limit, search }) => {
      await known(dependencies, id);
      const notes = await store.notes(id, search === undefined ? {} : { search });
      return pageOf(notes.map(noteLine), { cursor, limit });
    },

    "runs.undo": async ({ profile: name, run, path }, options) => {
      const profile = await findProfile(dependencies.engine, name, true);
      const { plan, rows } = await undoPlan(dependencies.engine, profile, run, runtimeOf(options));
      await writePlan(dependencies, plan, path);
      const reached = (reach: string): number => rows.filter((row) => row.reach === reach).length;
      return {
        path,
        digest: plan.header.digest,
        changes: plan.header.counts.changes,
        fully: reached("fully"),
        newInvitation: reached("new-invitation"),
        impossible: reached("impossible"),
        rows: rows.slice(0, 500).map(({ of, reach, because, original: { action, subject } }) => ({
          of,
          reach,
          because: because.code,
          action,
          who: subject.name ?? subject.email ?? subject.id,
        })),
      };
    },

    "runs.last": async ({ profile: name }) => {
      const profile = await findProfile(dependencies.engine, name, false);
      const state = await store.state(profile.key);
      const [run] = (await store.runs({ profile: profile.key, limit: 1 })).rows;
      return {
        ...(state.lastUsersRun === undefined ? {} : { users: isoTime(state.lastUsersRun) }),
        ...(state.lastGroupsRun === undefined ? {} : { groups: isoTime(state.lastGroupsRun) }),
        ...(run === undefined ? {} : { run: summarize(run, profile) }),
      };
    },
  };
};

const known = async ({ engine }: HandlerDependencies, id: number): Promise<Run> => {
  const run = await engine.store.run(id);
  if (run === undefined) throw new Fault("run.unknown", { run: id });
  return run;
};
