import type { Desired } from "../desired.ts";
import type { DirectoryId, SourceGroup } from "../entry.ts";
import type { GroupLink, PersonLink } from "../link.ts";
import { flattenGroups } from "../membership.ts";
import type { Because, Change } from "../plan.ts";
import { resolveReferences } from "../references.ts";
import type { SelectFrom } from "../select.ts";
import { uniqueEntries } from "../unique.ts";

/** One group a person is in: in the directory, by our doing in the organization, or both. */
export interface PersonMembership {
  readonly group: string;
  /** How the directory has them in it; `no`: it does not. */
  readonly directory: "direct" | "nested" | "no";
  /** We put them there. */
  readonly applied: boolean;
  /** Why both differ: a note code; absent when they agree. */
  readonly because?: Because;
}

export interface MembershipFacts {
  readonly id: DirectoryId;
  readonly read: SelectFrom;
  readonly desired: Desired;
  /** Whether members of nested groups count. */
  readonly nested: boolean;
  readonly link?: PersonLink | undefined;
  readonly groupLinks: readonly GroupLink[];
  /** Of the newest recorded plan: about the person. */
  readonly changes: readonly Change[];
}

/** Every group of a person with why they are not in it, or still are: what "why not in group X" is answered from. */
export const membershipsOf = (facts: MembershipFacts): PersonMembership[] => {
  const users = uniqueEntries(facts.read.users);
  const groups = uniqueEntries(facts.read.groups);
  const position = users.findIndex((user) => user.id === facts.id);
  const resolved = resolveReferences(users, groups, facts.read.earlier);
  const { members } = flattenGroups(resolved, users.length, true);
  const applied = new Set(
    facts.groupLinks.flatMap((link) =>
      facts.link !== undefined && link.members.includes(facts.link.externalId) ? [link.id] : [],
    ),
  );
  const found = groups.flatMap((group, index): PersonMembership[] => {
    const isDirect = position !== -1 && resolved[index]?.people.includes(position) === true;
    const isInside = position !== -1 && Array.prototype.includes.call(members[index] ?? [], position);
    const directory = isDirect ? "direct" : isInside ? "nested" : "no";
    const isApplied = applied.delete(group.id);
    if (directory === "no" && !isApplied) return [];
    const because = reasonOf(facts, group, directory, isApplied);
    return [{ group: group.name, directory, applied: isApplied, ...(because === undefined ? {} : { because }) }];
  });
  const gone = facts.groupLinks.filter((link) => applied.has(link.id));
  return [
    ...found,
    ...gone.map((link) => ({
      group: link.name,
      directory: "no" as const,
      applied: true,
      because: { code: "membership.group_gone", params: { group: link.name } },
    })),
  ].sort((left, right) => (left.group < right.group ? -1 : 1));
};

/** Groups that take part and hold this one, at any depth: its members count there, whether or not it takes part itself. */
export const containing = (
  group: SourceGroup,
  read: MembershipFacts["read"],
  desired: Pick<Desired, "groups">,
): string[] => {
  const groups = uniqueEntries(read.groups);
  const resolved = resolveReferences(uniqueEntries(read.users), groups, read.earlier);
  const found = new Set([groups.findIndex((one) => one.id === group.id)]);
  // Grows while it is walked: whatever holds one of them holds the group too.
  for (const inner of found)
    for (const [outer, { groups: inside }] of resolved.entries()) if (inside.includes(inner)) found.add(outer);
  return groups
    .filter((one, index) => found.has(index) && one.id !== group.id && desired.groups.has(one.id))
    .map((one) => one.name)
    .sort();
};

const reasonOf = (
  facts: MembershipFacts,
  group: SourceGroup,
  directory: PersonMembership["directory"],
  isApplied: boolean,
): Because | undefined => {
  const { desired, nested, id } = facts;
  const isWanted = directory === "direct" || (directory === "nested" && nested);
  const params = { group: group.name };
  if (isWanted === isApplied) return undefined;
  if (isWanted) {
    const outside = desired.otherGroups.get(group.id);
    if (outside !== undefined)
      return { code: "membership.group_outside", params: { ...outside.params, ...params, reason: outside.code } };
    const out = desired.leftOut.get(id) ?? desired.unselected.get(id);
    if (out !== undefined)
      return { code: "membership.person_outside", params: { ...out.params, ...params, reason: out.code } };
    if (isFrozen(facts)) return { code: "membership.frozen", params };
    if (facts.link === undefined) return { code: "membership.not_yet_managed", params };
    return { code: "membership.to_come", params };
  }
  if (isFrozen(facts) || desired.people.get(id)?.state !== "enabled") return { code: "membership.stays", params };
  if (directory === "nested") return { code: "membership.nested_off", params };
  return { code: "membership.to_go", params };
};

/** Waiting, held back, protected, revoked: who stays keeps the memberships last applied. */
const isFrozen = ({ changes, link, desired, id }: MembershipFacts): boolean =>
  changes.some((change) => change.action === "keep") ||
  link?.revoked !== undefined ||
  link?.byHand === "revoked" ||
  desired.people.get(id)?.state === "disabled";
