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
export const diffGroups = (given: DiffInput, standing: Standing): GroupsDiff => {
  const { groups, renamed } = underTheirIds(given.groups, standing.renamed);
  const input = { ...given, groups };
  if (!input.settings.groups)
    return { changes: [], notes: [], updates: renamed, ended: [], unchanged: input.groups.length };
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
  const written = new Set([...part.updates.map(({ id }) => id), ...part.ended]);
  return {
    changes,
    notes: part.notes,
    updates: [...part.updates, ...renamed.filter(({ id }) => !written.has(id))],
    ended: part.ended,
    unchanged: input.groups.filter((link) => !touched.has(link.id)).length,
  };
};

/**
 * Links with the people they name under the ids the organization has for them now, and those of them where that made a
 * difference: kept whatever becomes of the group, or the next run would not know any more who is meant.
 */
const underTheirIds = (
  links: readonly GroupLink[],
  ids: ReadonlyMap<string, string>,
): { readonly groups: readonly GroupLink[]; readonly renamed: GroupLink[] } => {
  if (ids.size === 0) return { groups: links, renamed: [] };
  const renamed: GroupLink[] = [];
  const current = (members: readonly string[]): string[] => members.map((id) => ids.get(id) ?? id).sort();
  const groups = links.map((link) => {
    const { members, perhaps } = link;
    if (![...members, ...(perhaps?.members ?? [])].some((id) => ids.has(id))) return link;
    const known: GroupLink = {
      ...link,
      members: current(members),
      ...(perhaps === undefined ? {} : { perhaps: { ...perhaps, members: current(perhaps.members) } }),
    };
    renamed.push(known);
    return known;
  });
  return { groups, renamed };
};

/** Linked groups before new ones, but first of all those that somebody marked: of several with one name they get the one there is. */
const inOrder = ({ input, linked, marked }: GroupPart): { readonly id: string; readonly link?: GroupLink }[] => {
  const fresh = [...input.desired.groups.keys()].filter((id) => !linked.has(id)).map((id) => ({ id }));
  const known = input.groups.map((link) => ({ id: link.id, link }));
  const rank = ({ id }: { readonly id: string }): number => (marked.has(id) ? 0 : linked.has(id) ? 1 : 2);
  return [...known, ...fresh].sort((left, right) => rank(left) - rank(right) || (left.id < right.id ? -1 : 1));
};
