import { createHash } from "node:crypto";
import type { Store, Verdicts } from "../store.ts";
import type { Database, Sql } from "./database.ts";
import { findProfile } from "./profiles.ts";

/** What settings made of the stored read: written whole, and only where it is not what is there. */
export const createVerdicts = (database: Database): Pick<Store, "saveVerdicts" | "readAt"> => ({
  saveVerdicts: (profile, verdicts, lease) =>
    database.write((sql) => {
      const id = findProfile(sql, profile);
      if (id !== undefined) writeVerdicts(sql, id, verdicts);
    }, lease),
  readAt: (profile) =>
    database.read((sql) => {
      const id = findProfile(sql, profile);
      return id === undefined
        ? undefined
        : sql.get<[number]>("SELECT read_at FROM snapshot WHERE profile = ?", id)?.[0];
    }),
});

const writeVerdicts = (sql: Sql, profile: number, verdicts: Verdicts): void => {
  const digest = digestOf(verdicts);
  const [known] = sql.get<[string | null]>("SELECT verdicts FROM snapshot WHERE profile = ?", profile) ?? [];
  if (known === undefined || known === digest) return;
  sql.run("DELETE FROM verdict WHERE profile = ?", profile);
  const insert = sql.each(
    "INSERT OR REPLACE INTO verdict (profile, kind, id, because, members, names) VALUES (?, ?, ?, ?, ?, ?)",
  );
  for (const [id, because] of verdicts.people) insert(profile, "person", id, JSON.stringify(because), null, null);
  for (const { id, because, members, names } of verdicts.groups)
    insert(
      profile,
      "group",
      id,
      because === undefined ? null : JSON.stringify(because),
      members,
      JSON.stringify(names),
    );
  sql.run("UPDATE snapshot SET verdicts = ? WHERE profile = ?", digest, profile);
};

const digestOf = ({ people, groups }: Verdicts): string => {
  const hash = createHash("sha256");
  for (const entry of people) hash.update(`${JSON.stringify(entry)}\n`);
  for (const group of groups) hash.update(`${JSON.stringify(group)}\n`);
  return hash.digest("base64url");
};
