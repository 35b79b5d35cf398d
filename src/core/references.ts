import type { DirectoryId, Ref, SourceGroup, SourceUser } from "./entry.ts";
import { Fault } from "./fault.ts";
import type { GroupLinks } from "./membership.ts";

/** A group's members as positions, and how many of its references name nobody this read holds. */
export interface ResolvedGroup extends GroupLinks {
  /** Members the group still names as the directory called them before they were renamed or moved. */
  readonly renamed: number;
  readonly unknown: number;
}

/** References by which entries went in earlier reads → whose they were: not every directory renames members in its groups. */
export type EarlierNames = ReadonlyMap<string, DirectoryId>;

/**
 * Turns what groups call their members into positions of people and groups. A reference that nobody bears now means whom
 * it meant before, if that entry is still there. Fault `directory.ambiguous_id` when a reference names two entries:
 * guessing could let somebody in.
 */
export const resolveReferences = (
  users: readonly SourceUser[],
  groups: readonly SourceGroup[],
  earlier: EarlierNames = new Map(),
): readonly ResolvedGroup[] => {
  const people = indexEntries(users);
  const nested = indexEntries(groups);
  return groups.map((group) => {
    const own: number[] = [];
    const inside: number[] = [];
    let renamed = 0;
    let unknown = 0;
    for (const named of group.members) {
      const member = current(named, people, nested, earlier);
      if (member !== named) renamed += 1;
      const person = find(people, member);
      const child = find(nested, member);
      if (person !== undefined && child !== undefined) throw ambiguous(member, [users[person], groups[child]]);
      if (person !== undefined) own.push(person);
      else if (child !== undefined) inside.push(child);
      else unknown += 1;
    }
    return { people: own, groups: inside, renamed, unknown };
  });
};

/** References in groups that nobody of the read bears, each once: only they may be earlier names. */
export const danglingReferences = (read: {
  readonly users: readonly SourceUser[];
  readonly groups: readonly SourceGroup[];
}): readonly string[] => {
  const borne = new Set<string>();
  for (const { ref } of read.users) if (ref !== undefined) borne.add(ref);
  for (const { ref } of read.groups) if (ref !== undefined) borne.add(ref);
  const dangling = new Set<string>();
  for (const { members } of read.groups)
    for (const member of members) if ("ref" in member && !borne.has(member.ref)) dangling.add(member.ref);
  return [...dangling];
};

/** The member under its immutable id where the group names it as it was called before; else as the group names it. */
const current = (member: Ref, people: EntryIndex, nested: EntryIndex, earlier: EarlierNames): Ref => {
  if ("id" in member || earlier.size === 0) return member;
  if (people.byRef.has(member.ref) || nested.byRef.has(member.ref)) return member;
  const id = earlier.get(member.ref);
  return id !== undefined && (people.byId.has(id) || nested.byId.has(id)) ? { id } : member;
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
