import type { Diagnostic } from "../diagnostic.ts";
import type { DirectoryId, SourceGroup } from "../entry.ts";
import { createMatcher, type Candidate } from "../filter/evaluate.ts";
import type { Filter } from "../filter/tree.ts";
import type { Because } from "../plan.ts";
import { countReasons } from "./count-reasons.ts";
import { becauseOf } from "./verdict.ts";

export interface ChosenGroups {
  /** Positions in the read. */
  readonly positions: readonly number[];
  readonly unselected: ReadonlyMap<DirectoryId, Because>;
  readonly notes: readonly Diagnostic[];
}

/** Which groups the directory's own selection and the group filter take. */
export const chooseGroups = (groups: readonly SourceGroup[], filter: Filter | undefined): ChosenGroups => {
  const positions: number[] = [];
  const unselected = new Map<DirectoryId, Because>();
  const match = filter === undefined ? undefined : createMatcher(filter);
  for (const [position, group] of groups.entries()) {
    const because = group.selected
      ? becauseOf(match?.(candidateOf(group)), "groupFilter", filter)
      : { code: "unselected.vendor" };
    if (because === undefined) positions.push(position);
    else unselected.set(group.id, because);
  }
  return { positions, unselected, notes: countReasons("group", unselected.values()) };
};

const candidateOf =
  (group: SourceGroup): Candidate =>
  (field) =>
    field === "name" || field === "id" || field === "externalId" ? [group[field]] : [];
