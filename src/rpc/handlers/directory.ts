import type { Desired } from "../../core/desired.ts";
import { selectRead } from "../../engine/desired.ts";
import { findProfile, type Profile } from "../../engine/profile.ts";
import type { StoredSnapshot } from "../../store/store.ts";
import type { Handlers } from "../contract.ts";
import { holds, pageOf } from "./common.ts";
import type { HandlerDependencies } from "./dependencies.ts";

/** What the last complete read held, with what the profile's settings make of it. */
export const directoryHandlers = (
  dependencies: HandlerDependencies,
): Pick<Handlers, "directory.people" | "directory.groups"> => {
  const view = createView(dependencies);
  return {
    "directory.people": async ({ profile: name, cursor, limit, search }) => {
      const { snapshot, desired } = await view(await findProfile(dependencies.engine, name, false));
      const people = snapshot.users
        .filter((user) => holds(search, user.name, user.email, user.id))
        .map((user) => {
          const because = desired.leftOut.get(user.id) ?? desired.unselected.get(user.id);
          return {
            id: user.id,
            ...(user.email === undefined ? {} : { email: user.email }),
            ...(user.name === undefined ? {} : { name: user.name }),
            state: user.state,
            selected: desired.people.has(user.id),
            ...(because === undefined ? {} : { because: because.code }),
          };
        });
      return pageOf(people, { cursor, limit });
    },

    "directory.groups": async ({ profile: name, cursor, limit, search }) => {
      const { snapshot, desired, names } = await view(await findProfile(dependencies.engine, name, false));
      const nameOf = (id: string): string => names.get(id) ?? id;
      const groups = snapshot.groups
        .filter((group) => holds(search, group.name, group.id))
        .map((group) => {
          const chosen = desired.groups.get(group.id);
          return {
            id: group.id,
            name: group.name,
            selected: chosen !== undefined,
            members: chosen?.members.length ?? group.members.length,
            ...(chosen === undefined ? {} : { memberNames: chosen.members.slice(0, membersShown).map(nameOf) }),
          };
        });
      return pageOf(groups, { cursor, limit });
    },
  };
};

/** How many members of a group are named. */
const membersShown = 20;

interface View {
  readonly snapshot: StoredSnapshot;
  readonly desired: Desired;
  /** Names, or addresses, of people by directory id. */
  readonly names: ReadonlyMap<string, string>;
}

/** Remembers the last one made: whoever pages through a list asks again and again for the same. */
const createView = ({ engine }: HandlerDependencies): ((profile: Profile) => Promise<View>) => {
  let last:
    | { readonly profile: string; readonly readAt: number; readonly selection: string; readonly view: View }
    | undefined;
  return async (profile) => {
    const snapshot = (await engine.store.snapshot(profile.key)) ?? { readAt: 0, users: [], groups: [] };
    if (last?.profile === profile.key && last.readAt === snapshot.readAt && last.selection === profile.selection)
      return last.view;
    const links = await engine.store.links(profile.key);
    const { desired } = await selectRead(engine.store, profile, snapshot, links);
    const names = new Map(snapshot.users.map((user) => [user.id, user.name ?? user.email ?? user.id]));
    const view = { snapshot, desired, names };
    last = { profile: profile.key, readAt: snapshot.readAt, selection: profile.selection, view };
    return view;
  };
};
