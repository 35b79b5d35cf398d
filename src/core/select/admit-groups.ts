import type { DesiredGroup } from "../desired.ts";
import type { Diagnostic } from "../diagnostic.ts";
import type { DirectoryId, SourceGroup, SourceUser } from "../entry.ts";
import type { Flattened } from "../membership.ts";
import { externalIdProblem, groupNameProblem, limits } from "../normalise.ts";
import type { Because } from "../plan.ts";

export interface AdmittedGroups {
  readonly groups: ReadonlyMap<DirectoryId, DesiredGroup>;
  readonly leftOut: ReadonlyMap<DirectoryId, Because>;
  readonly notes: readonly Diagnostic[];
}

/** Selected groups whose name and id servers accept; the others are reported, never shortened. */
export const admitGroups = (
  groups: readonly SourceGroup[],
  chosen: readonly number[],
  users: readonly SourceUser[],
  memberships: Flattened,
  isLinked: (id: DirectoryId) => boolean,
): AdmittedGroups => {
  const selected = chosen.flatMap((position) => {
    const group = groups[position];
    return group === undefined ? [] : [{ group, people: memberships.members[position] ?? [] }];
  });
  const byExternalId = Map.groupBy(selected, ({ group }) => group.externalId);
  const leftOut = new Map<DirectoryId, Because>();
  const admitted = new Map<DirectoryId, DesiredGroup>();
  const notes: Diagnostic[] = [];
  for (const { group, people } of selected) {
    const double = byExternalId.get(group.externalId)?.map((one) => one.group) ?? [];
    const because = problemOf(group) ?? doubleOf(group, double, isLinked);
    if (because === undefined) {
      const members = Array.from(people, (person) => users[person]?.id ?? "");
      admitted.set(group.id, { id: group.id, externalId: group.externalId, name: group.name, members });
      continue;
    }
    leftOut.set(group.id, because);
    const subject = { kind: "group" as const, id: group.id, name: group.name };
    notes.push({ ...because, severity: "warning", subject });
  }
  return { groups: admitted, leftOut, notes };
};

const problemOf = (group: SourceGroup): Because | undefined => {
  const name = groupNameProblem(group.name);
  if (name === "none") return { code: "left_out.no_group_name" };
  if (name === "long")
    return { code: "left_out.long_group_name", params: { length: group.name.length, limit: limits.groupName } };
  const id = externalIdProblem(group.externalId);
  if (id === undefined) return undefined;
  return {
    code: id === "long" ? "left_out.long_id" : "left_out.no_id",
    params: { length: group.externalId.length, limit: limits.externalId },
  };
};

/** Two groups that propose one external id would become one group: linked ones have theirs already, others wait. */
const doubleOf = (
  group: SourceGroup,
  double: readonly SourceGroup[],
  isLinked: (id: DirectoryId) => boolean,
): Because | undefined => {
  if (double.length < 2 || isLinked(group.id)) return undefined;
  const others = double.filter((other) => other.id !== group.id).map((other) => `${other.name} (${other.id})`);
  return {
    code: "left_out.same_id",
    params: { value: group.externalId, count: double.length, others: others.toSorted().slice(0, 5) },
  };
};
