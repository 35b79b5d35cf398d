import type { Diagnostic } from "../diagnostic.ts";
import type { GroupLink } from "../link.ts";
import type { Change } from "../plan.ts";
import { judgeGoneGroup } from "./gone-groups.ts";
import { createGroupPart } from "./group-part.ts";
import type { DiffInput, Standing } from "./input.ts";
import { judgeLinkedGroup } from "./linked-groups.ts";
import { judgeNewGroup } from "./new-groups.ts";

export interface GroupsDiff {
  readonly changes: Change[];
  readonly notes: Diagnostic[];
  readonly updates: GroupLink[];
  readonly ended: string[];
  readonly unchanged: number;
}

/**
 * Every group's part of a difference (product: groups). A membership is ours when we set it or the directory asks for
 * it; all others are left alone while `keepManualMembers` holds. Who stays keeps the memberships last applied.
 */
export const diffGroups = (input: DiffInput, standing: Standing): GroupsDiff => {
  if (!input.settings.groups) return { changes: [], notes: [], updates: [], ended: [], unchanged: input.groups.length };
  const part = createGroupPart(input, standing);
  for (const link of input.groups) {
    const group = input.desired.groups.get(link.id);
    if (group === undefined) judgeGoneGroup(part, link);
    else judgeLinkedGroup(part, link, group);
  }
  // The order of adoptions must not depend on the directory's.
  const groups = [...input.desired.groups.values()].filter((group) => !part.linked.has(group.id));
  for (const group of groups.toSorted((left, right) => (left.id < right.id ? -1 : 1))) judgeNewGroup(part, group);
  const touched = new Set(part.changes.map((change) => change.subject.id));
  return {
    changes: part.changes,
    notes: part.notes,
    updates: part.updates,
    ended: part.ended,
    unchanged: input.groups.filter((link) => !touched.has(link.id)).length,
  };
};
