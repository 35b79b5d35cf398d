import type { Diagnostic } from "../diagnostic.ts";
import type { GroupLink } from "../link.ts";
import type { Change } from "../plan.ts";
import { holdUnsent } from "./baseline.ts";
import { judgeGoneGroup } from "./gone-groups.ts";
import { createGroupPart, type GroupPart } from "./group-part.ts";
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
  for (const { id, link } of inOrder(part)) {
    const group = input.desired.groups.get(id);
    if (link === undefined) {
      if (group !== undefined) judgeNewGroup(part, group);
    } else if (group === undefined) judgeGoneGroup(part, link);
    else judgeLinkedGroup(part, link, group);
  }
  const changes = holdUnsent(part, part.changes);
  const touched = new Set(changes.map((change) => change.subject.id));
  return {
    changes,
    notes: part.notes,
    updates: part.updates,
    ended: part.ended,
    unchanged: input.groups.filter((link) => !touched.has(link.id)).length,
  };
};

/** Linked groups before new ones, but first of all those that somebody marked: of several with one name they get the one there is. */
const inOrder = ({ input, linked, marked }: GroupPart): { readonly id: string; readonly link?: GroupLink }[] => {
  const fresh = [...input.desired.groups.keys()].filter((id) => !linked.has(id)).map((id) => ({ id }));
  const known = input.groups.map((link) => ({ id: link.id, link }));
  const rank = ({ id }: { readonly id: string }): number => (marked.has(id) ? 0 : linked.has(id) ? 1 : 2);
  return [...known, ...fresh].sort((left, right) => rank(left) - rank(right) || (left.id < right.id ? -1 : 1));
};
