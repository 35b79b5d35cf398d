import type { Read } from "../core/changes.ts";
import type { Desired } from "../core/desired.ts";
import { danglingReferences, namesOfRead, type EarlierNames } from "../core/references.ts";
import { select } from "../core/select.ts";
import type { Links, Store, Verdicts } from "../store/store.ts";
import { selectSettings, type Profile } from "./profile.ts";

/** A complete read with what is known of references in it that nobody bears, and what the profile makes of it. */
export interface SelectedRead<One extends Read> {
  readonly read: One & { readonly earlier: EarlierNames };
  readonly desired: Desired;
}

/**
 * Selects from a complete read. Some directories leave a group's members under their old names when an entry is renamed or
 * moved; the store knows whose they were, and whoever stays keeps their groups.
 */
export const selectRead = async <One extends Read>(
  store: Pick<Store, "earlierNames">,
  profile: Profile,
  read: One,
  links: Links,
): Promise<SelectedRead<One>> => {
  const names = namesOfRead(read);
  const earlier = await store.earlierNames(profile.key, danglingReferences(read, names));
  const known = { ...read, earlier };
  const people = new Set(links.people.map((link) => link.id));
  const groups = new Set(links.groups.map((link) => link.id));
  const linked = { person: (id: string) => people.has(id), group: (id: string) => groups.has(id) };
  return { read: known, desired: select({ ...known, names }, selectSettings(profile), linked) };
};

/** How many members of a group are named. */
const membersNamed = 20;

/** What becomes of a read, to be looked through later without selecting again. */
export const verdictsOf = (
  { users, groups }: Read,
  { unselected, leftOut, groups: chosen, otherGroups }: Desired,
): Verdicts => {
  const named = new Set(chosen.values().flatMap(({ members }) => members.slice(0, membersNamed)));
  const names = new Map(users.flatMap(({ id, name, email }) => (named.has(id) ? [[id, name ?? email ?? id]] : [])));
  return {
    people: new Map([...unselected, ...leftOut]),
    groups: groups.map(({ id, members }) => {
      const taken = chosen.get(id);
      const because = taken === undefined ? (otherGroups.get(id) ?? { code: "unselected.vendor" }) : undefined;
      return {
        id,
        members: taken?.members.length ?? members.length,
        names: taken?.members.slice(0, membersNamed).map((member) => names.get(member) ?? member) ?? [],
        ...(because === undefined ? {} : { because }),
      };
    }),
  };
};
