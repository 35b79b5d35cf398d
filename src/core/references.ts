import type { DirectoryId, Ref, SourceGroup, SourceUser } from "./entry.ts";
import { Fault } from "./fault.ts";
import type { GroupLinks } from "./membership.ts";

/** A group's members as positions, and how many of its references name nobody this read holds. */
export interface ResolvedGroup extends GroupLinks {
  readonly unknown: number;
}

/**
 * Turns what groups call their members into positions of people and groups. Fault `directory.ambiguous_id` when a
 * reference names two entries: guessing could let somebody in.
 */
export const resolveReferences = (
  users: readonly SourceUser[],
  groups: readonly SourceGroup[],
): readonly ResolvedGroup[] => {
  const people = indexEntries(users);
  const nested = indexEntries(groups);
  return groups.map((group) => {
    const own: number[] = [];
    const inside: number[] = [];
    let unknown = 0;
    for (const member of group.members) {
      const person = find(people, member);
      const child = find(nested, member);
      if (person !== undefined && child !== undefined) throw ambiguous(member, [users[person], groups[child]]);
      if (person !== undefined) own.push(person);
      else if (child !== undefined) inside.push(child);
      else unknown += 1;
    }
    return { people: own, groups: inside, unknown };
  });
};

interface EntryIndex {
  readonly byId: ReadonlyMap<DirectoryId, number>;
  readonly byRef: ReadonlyMap<string, number>;
}

const indexEntries = (
  entries: readonly { readonly id: DirectoryId; readonly ref?: string; readonly name?: string }[],
): EntryIndex => {
  const byId = new Map<DirectoryId, number>();
  const byRef = new Map<string, number>();
  for (const [position, entry] of entries.entries()) {
    byId.set(entry.id, position);
    if (entry.ref === undefined) continue;
    const other = byRef.get(entry.ref);
    if (other !== undefined) throw ambiguous({ ref: entry.ref }, [entries[other], entry]);
    byRef.set(entry.ref, position);
  }
  return { byId, byRef };
};

const find = (index: EntryIndex, member: Ref): number | undefined =>
  "id" in member ? index.byId.get(member.id) : index.byRef.get(member.ref);

const ambiguous = (
  member: Ref,
  entries: readonly ({ readonly id: string; readonly name?: string } | undefined)[],
): Fault =>
  new Fault("directory.ambiguous_id", {
    id: "id" in member ? member.id : member.ref,
    count: entries.length,
    names: entries.map((entry) => entry?.name ?? entry?.id ?? ""),
  });
