import type { Ref, SourceUser } from "../../core/entry.ts";

/** What a group's member means, where people and groups are named by what a person would write. */
export interface MemberIndex {
  addPerson(user: SourceUser): void;
  /** `key` is the group's name folded by `groupKey`. */
  addGroup(id: string, key: string): void;
  /**
   * A person by id or address (everybody who has it), else a group by name or id; empty where there is none.
   * "ambiguous" where it means both a person and a group, or one person by id and another by address.
   */
  find(text: string): readonly Ref[] | "ambiguous";
}

export const personRef = (id: string): string => `person:${id}`;
export const groupRef = (id: string): string => `group:${id}`;
/** Names that differ in upper and lower case only are one group. */
export const groupKey = (name: string): string => name.trim().normalize("NFC").toLowerCase();

export function createMemberIndex(): MemberIndex {
  const ids = new Set<string>();
  const idsByAddress = new Map<string, string[]>();
  const groupIds = new Map<string, string>();
  const allGroupIds = new Set<string>();
  return {
    addPerson: ({ id, email }) => {
      ids.add(id);
      const address = email?.toLowerCase();
      if (address === undefined) return;
      const others = idsByAddress.get(address);
      if (others === undefined) idsByAddress.set(address, [id]);
      else others.push(id);
    },
    addGroup: (id, key) => {
      groupIds.set(key, id);
      allGroupIds.add(id);
    },
    find: (text) => {
      const byAddress = idsByAddress.get(text.toLowerCase()) ?? [];
      const people = ids.has(text) ? [text] : byAddress;
      const group = groupIds.get(groupKey(text)) ?? (allGroupIds.has(text) ? text : undefined);
      if (people.length > 0 && group !== undefined) return "ambiguous";
      if (ids.has(text) && byAddress.some((id) => id !== text)) return "ambiguous";
      return group === undefined ? people.map((id) => ({ ref: personRef(id) })) : [{ ref: groupRef(group) }];
    },
  };
}
