import { hash } from "node:crypto";
import type { Ref, SourceGroup, SourceUser } from "../../core/entry.ts";
import type { Sql } from "./database.ts";

/** An entry of a snapshot as it is kept. */
export interface Entry {
  readonly id: string;
  readonly ref: string | undefined;
  readonly data: string;
  /** Of a group: JSON of its members, sorted by code unit. */
  readonly members?: string;
}

export const userEntry = (user: SourceUser): Entry => ({ id: user.id, ref: user.ref, data: userData(user) });

export const groupEntry = (group: SourceGroup): Entry & { readonly members: string } => ({
  id: group.id,
  ref: group.ref,
  data: groupData(group),
  members: JSON.stringify(group.members.map(memberText).sort()),
});

/** For loops; an entry that stands at the place is replaced. */
export const insertUser = (sql: Sql): ((place: number, entry: Entry, hash: string) => void) => {
  const insert = sql.each("INSERT OR REPLACE INTO snapshot_user (place, id, hash, data) VALUES (?, ?, ?, ?)");
  return (place, { id, data }, digest) => insert(place, id, digest, data);
};

export const insertGroup = (
  sql: Sql,
): ((place: number, entry: ReturnType<typeof groupEntry>, hash: string) => void) => {
  const insert = sql.each(
    "INSERT OR REPLACE INTO snapshot_group (place, id, hash, data, members) VALUES (?, ?, ?, ?, ?)",
  );
  return (place, { id, data, members }, digest) => insert(place, id, digest, data, members);
};

/** 132 bits of SHA-256: two contents with one hash do not happen. */
export const contentHash = ({ data, members }: Entry): string =>
  hash("sha256", members === undefined ? data : `${data}\n${members}`, "base64url").slice(0, 22);

/** Null where the external id is the directory's id, as it mostly is. */
const userData = ({ id, ref, externalId, email, name, state, selected, because, disabledFrom }: SourceUser): string =>
  JSON.stringify([
    ref,
    externalId === id ? null : externalId,
    email,
    name,
    state,
    selected,
    because,
    ...(disabledFrom === undefined ? [] : [disabledFrom]),
  ]);
const groupData = ({ id, ref, externalId, name, selected }: SourceGroup): string =>
  JSON.stringify([ref, externalId === id ? null : externalId, name, selected]);

/** Kept sorted: two reads that differ in the order of members alone write nothing. `=` before an id, `>` before what the directory itself calls it. */
const memberText = (member: Ref): string => ("id" in member ? `=${member.id}` : `>${member.ref}`);
export const readMember = (text: string): Ref =>
  text.startsWith("=") ? { id: text.slice(1) } : { ref: text.slice(1) };

export type UserData = [
  string | null,
  string | null,
  string | null,
  string | null,
  SourceUser["state"],
  boolean,
  string | null,
  number?,
];
export type GroupData = [string | null, string | null, string, boolean];
