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

/** By what the directory calls them: the positions of the people and groups of a read. Made once, since there are many. */
export interface NamesOfRead {
  readonly people: Names;
  readonly groups: Names;
}

interface Names {
  readonly entries: readonly Named[];
  readonly positions: ReadonlyMap<string, number>;
  /** Positions of two entries that bear one name. */
  readonly double: readonly [number, number] | undefined;
}

interface Named {
  readonly id: DirectoryId;
  readonly ref?: string;
  readonly name?: string;
}

export const namesOfRead = (read: {
  readonly users: readonly SourceUser[];
  readonly groups: readonly SourceGroup[];
}): NamesOfRead => ({ people: namesOf(read.users), groups: namesOf(read.groups) });

const namesOf = (entries: readonly Named[]): Names => {
  const positions = new Map<string, number>();
  let double: Names["double"];
  for (let position = 0; position < entries.length; position += 1) {
    const ref = entries[position]?.ref;
    if (ref === undefined) continue;
    const other = positions.get(ref);
    if (other === undefined) positions.set(ref, position);
    else double ??= [other, position];
  }
  return { entries, positions, double };
};

/**
 * Turns what groups call their members into positions of people and groups. A reference that nobody bears now means whom
 * it meant before, if that entry is still there. Fault `directory.ambiguous_id` when a reference names two entries:
 * guessing could let somebody in. `known` = the names of a read, for as far as these are its entries.
 */
export const resolveReferences = (
  users: readonly SourceUser[],
  groups: readonly SourceGroup[],
  earlier: EarlierNames = new Map(),
  known?: NamesOfRead,
): readonly ResolvedGroup[] => {
  const people = indexEntries(users, known?.people);
  const nested = indexEntries(groups, known?.groups);
  const isBoth = nested.byRef.keys().some((ref) => people.byRef.has(ref));
  return groups.map((group) => {
    const own: number[] = [];
    const inside: number[] = [];
    let renamed = 0;
    let unknown = 0;
    for (const named of group.members) {
      const member = current(named, people, nested, earlier);
      if (member !== named) renamed += 1;
      const person = find(people, member);
      const child = person === undefined || isBoth || "id" in member ? find(nested, member) : undefined;
      if (person !== undefined && child !== undefined) throw ambiguous(member, [users[person], groups[child]]);
      if (person !== undefined) own.push(person);
      else if (child !== undefined) inside.push(child);
      else unknown += 1;
    }
    return { people: own, groups: inside, renamed, unknown };
  });
};

/** References in groups that nobody of the read bears, each once: only they may be earlier names. */
export const danglingReferences = (
  read: { readonly users: readonly SourceUser[]; readonly groups: readonly SourceGroup[] },
  { people, groups }: NamesOfRead = namesOfRead(read),
): readonly string[] => {
  const dangling = new Set<string>();
  for (const { members } of read.groups)
    for (const member of members)
      if ("ref" in member && !people.positions.has(member.ref) && !groups.positions.has(member.ref))
        dangling.add(member.ref);
  return [...dangling];
};

/** The member under its immutable id where the group names it as it was called before; else as the group names it. */
const current = (member: Ref, people: EntryIndex, nested: EntryIndex, earlier: EarlierNames): Ref => {
  if (earlier.size === 0 || "id" in member) return member;
  if (people.byRef.has(member.ref) || nested.byRef.has(member.ref)) return member;
  const id = earlier.get(member.ref);
  return id !== undefined && (people.byId().has(id) || nested.byId().has(id)) ? { id } : member;
};

interface EntryIndex {
  /** Made when it is first asked for: most directories name members by reference only. */
  readonly byId: () => ReadonlyMap<DirectoryId, number>;
  readonly byRef: ReadonlyMap<string, number>;
}

const indexEntries = (entries: readonly Named[], known: Names | undefined): EntryIndex => {
  const { positions, double } = known?.entries === entries ? known : namesOf(entries);
  if (double !== undefined) {
    const pair = double.map((position) => entries[position]);
    throw ambiguous({ ref: pair[0]?.ref ?? "" }, pair);
  }
  let ids: Map<DirectoryId, number> | undefined;
  return { byId: () => (ids ??= new Map(entries.map(({ id }, position) => [id, position]))), byRef: positions };
};

const find = (index: EntryIndex, member: Ref): number | undefined =>
  "id" in member ? index.byId().get(member.id) : index.byRef.get(member.ref);

const ambiguous = (
  member: Ref,
  entries: readonly ({ readonly id: string; readonly name?: string } | undefined)[],
): Fault =>
  new Fault("directory.ambiguous_id", {
    id: "id" in member ? member.id : member.ref,
    count: entries.length,
    names: entries.map((entry) => entry?.name ?? entry?.id ?? ""),
  });
