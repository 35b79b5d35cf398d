import type { SourceGroup, SourceUser } from "./entry.ts";
import { Fault } from "./fault.ts";

/**
 * Every entry once. An entry that a directory gave twice word for word (pages that shifted while they were read) counts
 * once; two different ones under one id are Fault `directory.ambiguous_id`, since links hang on that id.
 */
export const uniqueEntries = <Entry extends SourceUser | SourceGroup>(entries: readonly Entry[]): readonly Entry[] => {
  const ids = new Set<string>();
  for (const { id } of entries) ids.add(id);
  return ids.size === entries.length ? entries : once(entries);
};

const once = <Entry extends SourceUser | SourceGroup>(entries: readonly Entry[]): readonly Entry[] => {
  const byId = new Map<string, Entry>();
  for (const entry of entries) {
    const other = byId.get(entry.id);
    if (other === undefined) byId.set(entry.id, entry);
    else if (!isSame(entry, other)) throw ambiguous(entry.id, entries);
  }
  return [...byId.values()];
};

const isSame = (left: SourceUser | SourceGroup, right: SourceUser | SourceGroup): boolean =>
  JSON.stringify(sorted(left)) === JSON.stringify(sorted(right));

const sorted = (entry: SourceUser | SourceGroup): unknown => {
  const members = "members" in entry ? entry.members.map((member) => JSON.stringify(member)).toSorted() : undefined;
  return Object.entries({ ...entry, members }).toSorted(([left], [right]) => (left < right ? -1 : 1));
};

const ambiguous = (id: string, entries: readonly (SourceUser | SourceGroup)[]): Fault => {
  const same = entries.filter((entry) => entry.id === id);
  const name = (entry: SourceUser | SourceGroup): string =>
    ("email" in entry ? entry.email : undefined) ?? entry.name ?? entry.ref ?? entry.id;
  return new Fault("directory.ambiguous_id", { id, count: same.length, names: same.slice(0, 5).map(name) });
};
