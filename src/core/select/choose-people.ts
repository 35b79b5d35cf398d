import type { Diagnostic } from "../diagnostic.ts";
import type { DirectoryId, SourceGroup, SourceUser } from "../entry.ts";
import { createMatcher, type Candidate } from "../filter/evaluate.ts";
import { printCondition } from "../filter/print.ts";
import type { Filter } from "../filter/tree.ts";
import type { Flattened } from "../membership.ts";
import type { Because } from "../plan.ts";
import { countReasons } from "./count-reasons.ts";
import { becauseOf } from "./verdict.ts";

export interface ChosenPeople {
  readonly chosen: readonly SourceUser[];
  readonly unselected: ReadonlyMap<DirectoryId, Because>;
  readonly notes: readonly Diagnostic[];
}

/** Which people the directory's own selection, the user filter and narrowing by groups take. Deleted ones are nobody. */
export const choosePeople = (input: {
  readonly users: readonly SourceUser[];
  readonly groups: readonly SourceGroup[];
  readonly filter: Filter | undefined;
  readonly narrowTo: ReadonlySet<number> | undefined;
  readonly nested: () => Flattened;
}): ChosenPeople => {
  const { users, filter, narrowTo } = input;
  const match = filter === undefined ? undefined : createMatcher(filter);
  const groupsOf =
    filter !== undefined && asksForGroups(filter) ? namesOfGroups(input.groups, input.nested()) : undefined;
  const chosen: SourceUser[] = [];
  const unselected = new Map<DirectoryId, Because>();
  for (const [position, user] of users.entries()) {
    const because =
      vendorReason(user) ??
      (match === undefined
        ? undefined
        : becauseOf(match(candidateOf(user, groupsOf?.get(position) ?? [])), "userFilter", filter)) ??
      (narrowTo?.has(position) === false ? { code: "unselected.narrowed" } : undefined);
    if (because === undefined) chosen.push(user);
    else unselected.set(user.id, because);
  }
  return { chosen, unselected, notes: countReasons("person", unselected.values()) };
};

const vendorReason = (user: SourceUser): Because | undefined => {
  if (user.state === "deleted") return { code: "gone.deleted" };
  return user.selected ? undefined : { code: user.because ?? "unselected.vendor" };
};

const candidateOf =
  (user: SourceUser, groups: readonly string[]): Candidate =>
  (field) =>
    field === "group" ? groups : [field === "domain" ? domainOf(user.email) : user[field]];

const domainOf = (email: string | undefined): string | undefined =>
  email?.includes("@") === true ? email.slice(email.lastIndexOf("@") + 1) : undefined;

const asksForGroups = (filter: Filter): boolean =>
  filter.clauses.some((clause) => clause.conditions.some((condition) => condition.field === "group"));

/** The clause that takes somebody in, as a note; undefined when no filter is there or none of its clauses includes. */
export const selectedBy = (
  user: SourceUser,
  read: Pick<Parameters<typeof choosePeople>[0], "users" | "groups" | "filter" | "nested">,
): Because | undefined => {
  const { filter } = read;
  if (filter === undefined) return undefined;
  const position = read.users.findIndex((one) => one.id === user.id);
  const groups = asksForGroups(filter) ? namesOfGroups(read.groups, read.nested()).get(position) : undefined;
  const verdict = createMatcher(filter)(candidateOf(user, groups ?? []));
  if (!verdict.selected || verdict.clause === undefined || verdict.condition === undefined) return undefined;
  const condition = printCondition(verdict.condition);
  return { code: "selected.included", params: { rule: "userFilter", clause: verdict.clause, condition } };
};

/** Position of a person → id, external id and name of every group they are in, directly or through nested groups. */
const namesOfGroups = (groups: readonly SourceGroup[], { members }: Flattened): Map<number, string[]> => {
  const names = new Map<number, string[]>();
  for (const [index, group] of groups.entries())
    for (const person of Array.from(members[index] ?? [])) {
      const known = names.get(person) ?? [];
      known.push(group.id, group.externalId, group.name);
      names.set(person, known);
    }
  return names;
};
