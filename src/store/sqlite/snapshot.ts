import { createHash, hash } from "node:crypto";
import type { Ref, SourceGroup, SourceUser } from "../../core/entry.ts";
import type { Store, StoredSnapshot } from "../store.ts";
import type { Database, Sql } from "./database.ts";
import { findProfile, profileId } from "./profiles.ts";
import { readJson } from "./stored.ts";

/**
 * The current snapshot of a profile. A digest over everything in the order it was read answers "nothing new" without
 * touching a row; otherwise a hash per entry tells which rows to write.
 */
export const createSnapshots = (database: Database): Pick<Store, "snapshot" | "saveSnapshot"> => ({
  snapshot: (profile) =>
    database.read((sql) => {
      const id = findProfile(sql, profile);
      return id === undefined ? undefined : readSnapshot(sql, id);
    }),
  saveSnapshot: (profile, snapshot, lease) => {
    const entries = encode(snapshot);
    return database.write((sql) => writeSnapshot(sql, profileId(sql, profile), entries), lease);
  },
});

interface Entry {
  readonly id: string;
  readonly data: string;
  /** Of a group: JSON of its members, sorted by code unit. */
  readonly members?: string;
}

interface Entries {
  readonly readAt: number;
  readonly users: readonly Entry[];
  readonly groups: readonly Entry[];
  readonly digest: string;
}

const encode = ({ readAt, users, groups }: StoredSnapshot): Entries => {
  const encodedUsers = users.map((user) => ({ id: user.id, data: userData(user) }));
  const encodedGroups = groups.map((group) => ({
    id: group.id,
    data: JSON.stringify([group.ref, group.externalId, group.name, group.selected]),
    members: JSON.stringify(group.members.map(memberText).sort()),
  }));
  const digest = createHash("sha256");
  const feed = (entries: readonly Entry[]): void => {
    for (let start = 0; start < entries.length; start += 500)
      digest.update(JSON.stringify(entries.slice(start, start + 500)));
    digest.update("\n");
  };
  feed(encodedUsers);
  feed(encodedGroups);
  return { readAt, users: encodedUsers, groups: encodedGroups, digest: digest.digest("base64url") };
};

const writeSnapshot = (sql: Sql, profile: number, entries: Entries): number => {
  const [digest] = sql.get<[string]>("SELECT digest FROM snapshot WHERE profile = ?", profile) ?? [];
  const written =
    digest === entries.digest ? 0 : writeUsers(sql, profile, entries.users) + writeGroups(sql, profile, entries.groups);
  sql.run(
    "INSERT OR REPLACE INTO snapshot (profile, read_at, digest) VALUES (?, ?, ?)",
    profile,
    entries.readAt,
    entries.digest,
  );
  return written;
};

const writeUsers = (sql: Sql, profile: number, users: readonly Entry[]): number => {
  const insert = sql.each("INSERT OR REPLACE INTO snapshot_user (profile, id, hash, data) VALUES (?, ?, ?, ?)");
  return writeDifference(sql, "snapshot_user", profile, users, (entry, hash) =>
    insert(profile, entry.id, hash, entry.data),
  );
};

const writeGroups = (sql: Sql, profile: number, groups: readonly Entry[]): number => {
  const insert = sql.each(
    "INSERT OR REPLACE INTO snapshot_group (profile, id, hash, data, members) VALUES (?, ?, ?, ?, ?)",
  );
  return writeDifference(sql, "snapshot_group", profile, groups, (entry, hash) =>
    insert(profile, entry.id, hash, entry.data, entry.members ?? "[]"),
  );
};

const writeDifference = (
  sql: Sql,
  table: "snapshot_user" | "snapshot_group",
  profile: number,
  entries: readonly Entry[],
  insert: (entry: Entry, hash: string) => void,
): number => {
  const stored = new Map(sql.all<[string, string]>(`SELECT id, hash FROM ${table} WHERE profile = ?`, profile));
  let written = 0;
  for (const entry of entries) {
    const content = contentHash(entry);
    if (stored.get(entry.id) !== content) {
      insert(entry, content);
      written += 1;
    }
    stored.delete(entry.id);
  }
  const erase = sql.each(`DELETE FROM ${table} WHERE profile = ? AND id = ?`);
  for (const id of stored.keys()) erase(profile, id);
  return written + stored.size;
};

/** 132 bits of SHA-256: two contents with one hash do not happen. */
const contentHash = ({ data, members }: Entry): string =>
  hash("sha256", members === undefined ? data : `${data}\n${members}`, "base64url").slice(0, 22);

const userData = ({ ref, externalId, email, name, state, selected, because }: SourceUser): string =>
  JSON.stringify([ref, externalId, email, name, state, selected, because]);

/** `=` before an id, `>` before what the directory itself calls it. */
const memberText = (member: Ref): string => ("id" in member ? `=${member.id}` : `>${member.ref}`);
const readMember = (text: string): Ref => (text.startsWith("=") ? { id: text.slice(1) } : { ref: text.slice(1) });

type UserData = [string | null, string, string | null, string | null, SourceUser["state"], boolean, string | null];
type GroupData = [string | null, string, string, boolean];

const readSnapshot = (sql: Sql, profile: number): StoredSnapshot | undefined => {
  const [readAt] = sql.get<[number]>("SELECT read_at FROM snapshot WHERE profile = ?", profile) ?? [];
  if (readAt === undefined) return undefined;
  const users = sql
    .all<[string, string]>("SELECT id, data FROM snapshot_user WHERE profile = ? ORDER BY id", profile)
    .map(([id, data]): SourceUser => {
      const [ref, externalId, email, name, state, selected, because] = readJson<UserData>(data);
      return {
        id,
        ...(ref === null ? {} : { ref }),
        externalId,
        ...(email === null ? {} : { email }),
        ...(name === null ? {} : { name }),
        state,
        selected,
        ...(because === null ? {} : { because }),
      };
    });
  const groups = sql
    .all<[string, string, string]>(
      "SELECT id, data, members FROM snapshot_group WHERE profile = ? ORDER BY id",
      profile,
    )
    .map(([id, data, members]): SourceGroup => {
      const [ref, externalId, name, selected] = readJson<GroupData>(data);
      return {
        id,
        ...(ref === null ? {} : { ref }),
        externalId,
        name,
        selected,
        members: readJson<string[]>(members).map(readMember),
      };
    });
  return { readAt, users, groups };
};
