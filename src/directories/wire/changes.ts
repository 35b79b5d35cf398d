import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import type { SourceGroup, SourceUser } from "../../core/entry.ts";
import type { Cursor, Page, StoredRead } from "../directory.ts";

/** A position of a vendor's as a cursor; a text of another version, or of somebody else, is none. */
export const createCursor = <Value>(version: string, shape: z.ZodType<Value>) => ({
  write: (value: Value): Cursor => JSON.stringify([version, value]),
  read: (text: Cursor): Value | undefined => {
    try {
      const [is, value] = Tuple.parse(JSON.parse(text));
      return is === version ? shape.parse(value) : undefined;
    } catch {
      return undefined;
    }
  },
});

const Tuple = z.tuple([z.string(), z.unknown()]);

/** Everybody and every group there is now; of people perhaps only those that were looked at. */
export interface Present {
  readonly users: readonly SourceUser[];
  /** Absent where `users` is everybody: then whoever is not among them is gone. */
  readonly goneUsers?: readonly string[];
  readonly groups: readonly SourceGroup[];
}

/** What of that differs from a stored read, as the pages of a changes read. */
export function* differences(stored: StoredRead, present: Present): Generator<Page> {
  const usersBefore = new Map(stored.users.map((user) => [user.id, user]));
  const users = present.users.filter((user) => !isDeepStrictEqual(usersBefore.get(user.id), user));
  if (users.length > 0) yield { users };
  const groupsBefore = new Map(stored.groups.map((group) => [group.id, group]));
  const groups = present.groups.filter((group) => !isSameGroup(groupsBefore.get(group.id), group));
  if (groups.length > 0) yield { groups };
  const gone = [
    ...(present.goneUsers?.filter((id) => usersBefore.has(id)) ?? missing(stored.users, present.users)),
    ...missing(stored.groups, present.groups),
  ];
  if (gone.length > 0) yield { gone };
}

const missing = (before: readonly { readonly id: string }[], now: readonly { readonly id: string }[]): string[] => {
  const ids = new Set(now.map(({ id }) => id));
  return before.flatMap(({ id }) => (ids.has(id) ? [] : [id]));
};

/** A vendor lists members in any order. */
const isSameGroup = (before: SourceGroup | undefined, now: SourceGroup): boolean => {
  if (before === undefined || before.members.length !== now.members.length) return false;
  const { members, ...rest } = now;
  const { members: membersBefore, ...restBefore } = before;
  if (!isDeepStrictEqual(restBefore, rest)) return false;
  const known = new Set(membersBefore.map((member) => JSON.stringify(member)));
  return members.every((member) => known.has(JSON.stringify(member)));
};
