import type { DesiredGroup, DesiredPerson } from "../desired.ts";
import type { Diagnostic } from "../diagnostic.ts";
import type { DirectoryId, SourceGroup } from "../entry.ts";
import type { ResolvedGroup } from "../references.ts";

/**
 * Says of each group how many of its members cannot come along, references to nobody and people who do not take part, and
 * how many it knows by a name they no longer bear.
 */
export const countMembers = (
  desired: ReadonlyMap<DirectoryId, DesiredGroup>,
  resolved: readonly ResolvedGroup[],
  groups: readonly SourceGroup[],
  people: ReadonlyMap<DirectoryId, DesiredPerson>,
): Diagnostic[] =>
  groups.flatMap((group, index) => {
    const subject = { kind: "group" as const, id: group.id, name: group.name };
    const { renamed = 0, unknown = 0 } = resolved[index] ?? {};
    const outside = desired.get(group.id)?.members.filter((id) => !people.has(id)).length ?? 0;
    const notes: Diagnostic[] = [];
    if (renamed > 0)
      notes.push({ code: "group.earlier_names", severity: "warning", subject, params: { count: renamed } });
    if (unknown > 0)
      notes.push({ code: "group.unknown_members", severity: "info", subject, params: { count: unknown } });
    if (outside > 0)
      notes.push({ code: "group.outside_members", severity: "info", subject, params: { count: outside } });
    return notes;
  });
