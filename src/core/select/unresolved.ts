import type { DesiredGroup } from "../desired.ts";
import type { DirectoryId, SourceGroup } from "../entry.ts";
import { flattenGroups } from "../membership.ts";
import type { ResolvedGroup } from "../references.ts";

/**
 * How many members each group names that nobody of the read bears, those of groups inside included. One of them may be a
 * group that this read missed, whose people then only seem to have left. Without nesting no such group matters.
 */
export const withUnresolved = (
  desired: ReadonlyMap<DirectoryId, DesiredGroup>,
  groups: readonly SourceGroup[],
  resolved: readonly ResolvedGroup[],
  nested: boolean,
): ReadonlyMap<DirectoryId, DesiredGroup> => {
  if (!nested || resolved.every(({ unknown }) => unknown === 0)) return desired;
  // Each group with such members stands for itself, in the place of its people.
  const links = resolved.map(({ unknown, groups: inside }, at) => ({
    people: unknown > 0 ? [at] : [],
    groups: inside,
  }));
  const { members } = flattenGroups(links, groups.length, true);
  const counts = new Map<DirectoryId, number>();
  for (const [at, { id }] of groups.entries()) {
    let count = 0;
    for (const one of Array.from(members[at] ?? [])) count += resolved[one]?.unknown ?? 0;
    if (count > 0) counts.set(id, count);
  }
  return new Map(
    [...desired].map(([id, group]) => {
      const unresolved = counts.get(id);
      return [id, unresolved === undefined ? group : { ...group, unresolved }];
    }),
  );
};
