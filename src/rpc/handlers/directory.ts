import { findProfile } from "../../engine/profile.ts";
import type { Because } from "../../core/plan.ts";
import type { ReadPerson } from "../../store/store.ts";
import type { Handlers, Output } from "../contract.ts";
import { isoTime, positionOf, positioned } from "./common.ts";
import type { HandlerDependencies } from "./dependencies.ts";

/** What the last complete read held, with what the profile's settings made of it. */
export const directoryHandlers = ({
  engine,
}: HandlerDependencies): Pick<Handlers, "directory.people" | "directory.groups"> => ({
  "directory.people": async ({ profile: name, selected, states, ...page }) => {
    const profile = await findProfile(engine, name, false);
    const at = positionOf(page);
    const readAt = await engine.store.readAt(profile.key);
    const found = await engine.store.listPeople(profile.key, {
      ...at,
      ...(selected === undefined ? {} : { selected }),
      ...(states === undefined ? {} : { states }),
    });
    return {
      ...positioned(at, { ...found, rows: found.rows.map(personShape) }),
      ...(readAt === undefined ? {} : { readAt: isoTime(readAt) }),
    };
  },

  "directory.groups": async ({ profile: name, ...page }) => {
    const profile = await findProfile(engine, name, false);
    const at = positionOf(page);
    const found = await engine.store.listGroups(profile.key, at);
    return positioned(at, {
      ...found,
      rows: found.rows.map(({ names, because, selected, ...group }) => ({
        ...group,
        selected,
        ...(selected ? { memberNames: [...names] } : {}),
        ...becauseShape(because),
      })),
    });
  },
});

/** Somebody of a read, for a list. */
export const personShape = ({ because, ...person }: ReadPerson): Output<"directory.people">["rows"][number] => ({
  ...person,
  selected: because === undefined,
  ...becauseShape(because),
});

const becauseShape = (because: Because | undefined) =>
  because === undefined
    ? {}
    : {
        because: {
          code: because.code,
          ...(because.params === undefined ? {} : { params: { ...because.params } }),
        },
      };
