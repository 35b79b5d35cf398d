import type { DirectoryId, Ref, SourceGroup, SourceUser } from "./entry.ts";

export interface Read {
  readonly users: readonly SourceUser[];
  readonly groups: readonly SourceGroup[];
}

/** What a changes read says: whole entries in their new form, ids that are no longer there, members that came and went. */
export interface ReadChanges extends Read {
  readonly gone: readonly DirectoryId[];
  readonly members: readonly {
    readonly group: DirectoryId;
    readonly add: readonly Ref[];
    readonly remove: readonly Ref[];
  }[];
}

/**
 * The stored read with the changes in it: what a full read would give now. Entries keep their places, new ones come last.
 * Nobody but whoever is named as gone is gone; members of a group that is not there are nobody's.
 */
export const applyChanges = (stored: Read, changes: ReadChanges): Read => {
  const gone = new Set(changes.gone);
  const groups = new Map(replaceById(stored.groups, changes.groups, gone).map((group) => [group.id, group]));
  for (const { group: id, add, remove } of changes.members) {
    const group = groups.get(id);
    if (group !== undefined) groups.set(id, { ...group, members: changeMembers(group.members, add, remove) });
  }
  return { users: replaceById(stored.users, changes.users, gone), groups: [...groups.values()] };
};

/** Whoever an expiry that was known at the read has disabled since then. */
export const passTime = (users: readonly SourceUser[], now: number): readonly SourceUser[] =>
  users.some((user) => hasExpired(user, now))
    ? users.map((user) => {
        if (!hasExpired(user, now)) return user;
        const { disabledFrom: _passed, ...rest } = user;
        return { ...rest, state: "disabled" as const };
      })
    : users;

const hasExpired = ({ disabledFrom }: SourceUser, now: number): boolean =>
  disabledFrom !== undefined && disabledFrom <= now;

const replaceById = <Entry extends { readonly id: DirectoryId }>(
  stored: readonly Entry[],
  changed: readonly Entry[],
  gone: ReadonlySet<DirectoryId>,
): readonly Entry[] => {
  if (changed.length === 0 && gone.size === 0) return stored;
  const fresh = new Map(changed.map((entry) => [entry.id, entry]));
  const kept: Entry[] = [];
  for (const entry of stored) {
    const now = fresh.get(entry.id);
    fresh.delete(entry.id);
    if (now !== undefined) kept.push(now);
    else if (!gone.has(entry.id)) kept.push(entry);
  }
  return [...kept, ...fresh.values()];
};

const changeMembers = (members: readonly Ref[], add: readonly Ref[], remove: readonly Ref[]): readonly Ref[] => {
  const removed = new Set(remove.map(keyOf));
  const kept = members.filter((member) => !removed.has(keyOf(member)));
  const known = new Set(kept.map(keyOf));
  return [...kept, ...add.filter((member) => !known.has(keyOf(member)))];
};

const keyOf = (member: Ref): string => ("id" in member ? `=${member.id}` : `>${member.ref}`);

/**
 * Who differs between two reads of the same moment, by id; empty when both say the same. Members are compared as what they
 * mean: a reference that nobody in its read answers to is nobody's.
 */
export const findDrift = (one: Read, other: Read): DirectoryId[] => [
  ...differing(one.users.map(personText), other.users.map(personText)),
  ...differing(groupTexts(one), groupTexts(other)),
];

type Text = readonly [id: DirectoryId, text: string];

const differing = (one: readonly Text[], other: readonly Text[]): DirectoryId[] => {
  const left = new Map(one);
  const found: DirectoryId[] = [];
  for (const [id, text] of other) {
    if (left.get(id) !== text) found.push(id);
    left.delete(id);
  }
  return [...found, ...left.keys()];
};

const personText = ({ id, ref, externalId, email, name, state, selected, because, disabledFrom }: SourceUser): Text => [
  id,
  JSON.stringify([ref, externalId, email, name, state, selected, because, disabledFrom]),
];

const groupTexts = ({ users, groups }: Read): Text[] => {
  const byRef = new Map(
    [...users, ...groups].flatMap(({ id, ref }) => (ref === undefined ? [] : [[ref, id] as const])),
  );
  return groups.map(({ id, ref, externalId, name, selected, members }) => {
    const ids = members.flatMap((member) => ("id" in member ? member.id : (byRef.get(member.ref) ?? [])));
    return [id, JSON.stringify([ref, externalId, name, selected, [...new Set(ids)].sort()])];
  });
};
