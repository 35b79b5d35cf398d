import { adopt, restore } from "../../engine/people.ts";
import { findProfile } from "../../engine/profile.ts";
import type { Handlers } from "../contract.ts";
import { isoTime } from "./common.ts";
import type { HandlerDependencies } from "./dependencies.ts";
import { showRows } from "./shown-rows.ts";
import { writeUndo } from "./undo.ts";

export const peopleHandlers = (
  dependencies: HandlerDependencies,
): Pick<Handlers, "person.find" | "person.history" | "person.restore" | "people.adopt"> => ({
  "person.find": async ({ profile: name, search, limit = 20 }) => {
    const { engine } = dependencies;
    const profile = await findProfile(engine, name, false);
    return { rows: [...(await engine.store.find(profile.key, search, limit))] };
  },

  "person.history": async ({ profile: name, who, limit = 100 }) => {
    const { engine } = dependencies;
    const profile = await findProfile(engine, name, false);
    const stored = await engine.store.history(profile.key, who, limit);
    const shown = await showRows(dependencies, profile.key, stored);
    return {
      rows: stored.flatMap(({ run, at }, index) => {
        const row = shown[index];
        return row === undefined ? [] : [{ ...row, run, at: isoTime(at) }];
      }),
    };
  },

  "person.restore": async ({ profile: name, who, path }, options) => {
    const profile = await findProfile(dependencies.engine, name, true);
    const found = await restore(dependencies.engine, profile, who);
    if ("link" in found) return { who: found.link.name ?? found.link.directoryEmail, marked: true };
    const undo = await writeUndo(dependencies, profile, { run: found.removed, path }, options);
    return { who: undo.rows[0]?.who ?? who, marked: false, undo: { ...undo, run: found.removed.run } };
  },

  "people.adopt": async ({ profile: name, addresses = [], sameAddress = false, groups = false, gone = false }) => {
    const profile = await findProfile(dependencies.engine, name, true);
    const { marks, unknown } = await adopt(dependencies.engine, profile, { addresses, sameAddress, groups, gone });
    return { marked: marks.map(({ mark, who }) => ({ kind: mark.kind, subject: mark.subject, who })), unknown };
  },
});
