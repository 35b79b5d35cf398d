import type { Desired } from "./desired.ts";
import type { Diagnostic } from "./diagnostic.ts";
import type { SourceGroup, SourceUser } from "./entry.ts";
import { readFilter } from "./filter/read.ts";
import { flattenGroups, type Flattened } from "./membership.ts";
import type { AddressRules } from "./normalise.ts";
import type { Because } from "./plan.ts";
import { resolveReferences, type EarlierNames, type NamesOfRead, type ResolvedGroup } from "./references.ts";
import { chooseGroups } from "./select/choose-groups.ts";
import { choosePeople, selectedBy } from "./select/choose-people.ts";
import { countMembers } from "./select/count-members.ts";
import { admitGroups } from "./select/admit-groups.ts";
import { admitPeople } from "./select/admit-people.ts";
import { withUnresolved } from "./select/unresolved.ts";
import { uniqueEntries } from "./unique.ts";

/** The settings of a profile that decide who takes part. */
export interface SelectSettings {
  /** Kind of the directory: tells which part of a filter is the core's. */
  readonly directory: string;
  readonly userFilter: string;
  readonly groupFilter: string;
  /** Whether a group's members include those of the groups inside it. */
  readonly nested: boolean;
  /** Only people in a selected group: its direct members, or also through groups inside it. */
  readonly narrow: "off" | "direct" | "nested";
  /** Absent: an address must be acceptable to every kind of server. */
  readonly addresses?: AddressRules;
}

/** A complete read, and what its groups may call members who have another name by now. */
export interface SelectFrom {
  readonly users: readonly SourceUser[];
  readonly groups: readonly SourceGroup[];
  readonly earlier?: EarlierNames;
  /** Of these people and groups, where somebody made them already. */
  readonly names?: NamesOfRead;
}

/** Who is managed by this profile already. */
export interface Linked {
  readonly person: (id: string) => boolean;
  readonly group: (id: string) => boolean;
}

/**
 * What the directory and the settings ask for, from a complete read. Everybody in the read ends up in exactly one of
 * `people`, `leftOut` and `unselected`, the latter two with the reason. Faults: `filter.syntax`,
 * `directory.ambiguous_id`.
 */
export const select = (collected: SelectFrom, settings: SelectSettings, linked: Linked): Desired => {
  const { directory } = settings;
  const userFilter = readFilter(settings.userFilter, { subject: "people", setting: "userFilter", directory });
  const groupFilter = readFilter(settings.groupFilter, { subject: "groups", setting: "groupFilter", directory });
  const users = uniqueEntries(collected.users);
  const groups = uniqueEntries(collected.groups);
  const resolved = resolveReferences(users, groups, collected.earlier, collected.names);
  const nested = lazily(() => flattenGroups(resolved, users.length, true));
  const memberships = settings.nested ? nested() : flattenGroups(resolved, users.length, false);

  const chosenGroups = chooseGroups(groups, groupFilter.filter);
  const narrowTo = narrowed(settings.narrow, chosenGroups.positions, resolved, nested);
  const chosenPeople = choosePeople({ users, groups, filter: userFilter.filter, narrowTo, nested });
  const admittedPeople = admitPeople(chosenPeople.chosen, linked.person, settings.addresses ?? "any");
  const admitted = admitGroups(groups, chosenGroups.positions, users, memberships, linked.group);
  const admittedGroups = { ...admitted, groups: withUnresolved(admitted.groups, groups, resolved, settings.nested) };

  const externalIds = lazily(
    () => new Set(users.flatMap((user) => (user.state === "deleted" ? [] : [user.externalId]))),
  );
  const notes: Diagnostic[] = [
    ...chosenPeople.notes,
    ...chosenGroups.notes,
    ...admittedPeople.notes,
    ...admittedGroups.notes,
    ...countMembers(admittedGroups.groups, resolved, groups, admittedPeople.people),
    ...ignoredParts({ userFilter, groupFilter }),
  ];
  return {
    people: admittedPeople.people,
    groups: admittedGroups.groups,
    leftOut: admittedPeople.leftOut,
    leftOutDisabled: admittedPeople.disabled,
    unselected: chosenPeople.unselected,
    otherGroups: new Map([...chosenGroups.unselected, ...admittedGroups.leftOut]),
    // Only strangers are looked up in it.
    get externalIds() {
      return externalIds();
    },
    notes: notes.toSorted(compareNotes),
  };
};

/** The clause of the user filter that takes somebody of a read in, as a note; undefined when no clause did. */
export const explainSelection = (
  user: SourceUser,
  collected: SelectFrom,
  { userFilter, directory }: Pick<SelectSettings, "userFilter" | "directory">,
): Because | undefined => {
  const { filter } = readFilter(userFilter, { subject: "people", setting: "userFilter", directory });
  const users = uniqueEntries(collected.users);
  const groups = uniqueEntries(collected.groups);
  const nested = (): Flattened =>
    flattenGroups(resolveReferences(users, groups, collected.earlier), users.length, true);
  return selectedBy(user, { users, groups, filter, nested });
};

/** Positions of the people that narrowing keeps; undefined when it is off. */
const narrowed = (
  narrow: SelectSettings["narrow"],
  groups: readonly number[],
  resolved: readonly ResolvedGroup[],
  nested: () => Flattened,
): ReadonlySet<number> | undefined => {
  if (narrow === "off") return undefined;
  const kept = new Set<number>();
  for (const group of groups) {
    const people = narrow === "direct" ? resolved[group]?.people : nested().members[group];
    for (let at = 0; at < (people?.length ?? 0); at += 1) kept.add(people?.[at] ?? 0);
  }
  return kept;
};

const ignoredParts = (parts: Readonly<Record<string, { readonly ignored?: string }>>): Diagnostic[] =>
  Object.entries(parts).flatMap(([setting, { ignored }]) =>
    ignored === undefined
      ? []
      : [{ code: "filter.ignored", severity: "warning" as const, params: { setting, text: ignored } }],
  );

/** The same order whatever order the directory gave its entries in. */
const compareNotes = (left: Diagnostic, right: Diagnostic): number => compare(noteKey(left), noteKey(right));
const noteKey = ({ code, subject, params }: Diagnostic): string =>
  `${code}\n${subject?.id ?? ""}\n${JSON.stringify(params)}`;
const compare = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

const lazily = <Value>(make: () => Value): (() => Value) => {
  let made: { readonly value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
};
