import { Fault } from "../../core/fault.ts";
import { findProfile } from "../../engine/profile.ts";
import type { Run } from "../../store/store.ts";
import type { Handlers } from "../contract.ts";
import { RowState } from "../contract/run-shapes.ts";
import { isoTime, pageOf } from "./common.ts";
import type { HandlerDependencies } from "./dependencies.ts";
import { showRows } from "./shown-rows.ts";
import { summarize, summaryOf } from "./summary.ts";
import { writeUndo } from "./undo.ts";
import { noteLine } from "./wire.ts";

export const runHandlers = (
  dependencies: HandlerDependencies,
): Pick<Handlers, Exclude<Extract<keyof Handlers, `runs.${string}`>, "runs.follow" | "runs.cancel">> => {
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
      return writeUndo(dependencies, profile, { run, path }, options);
    },

    "runs.numbers": async ({ profile: name, since }) => {
      const profile = await findProfile(dependencies.engine, name, false);
      const { days, people, groups } = await store.numbers(profile.key, Date.parse(since));
      return { days: [...days], people, groups };
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
