import type { AuditEntry, Store } from "../store.ts";
import type { Database } from "./database.ts";

/** Sealed texts by key, and who changed what. */
export const createValues = (database: Database): Pick<Store, "value" | "saveValue" | "audit" | "audits"> => ({
  value: (key) => database.read((sql) => sql.get<[string]>("SELECT value FROM value WHERE key = ?", key)?.[0]),
  saveValue: (key, value) =>
    database.write((sql) => {
      if (value === undefined) sql.run("DELETE FROM value WHERE key = ?", key);
      else sql.run("INSERT OR REPLACE INTO value (key, value) VALUES (?, ?)", key, value);
    }),
  audit: ({ at, who, what, profile, detail }) =>
    database.write((sql) => {
      sql.run(
        "INSERT INTO audit (at, who, what, profile, detail) VALUES (?, ?, ?, ?, ?)",
        at,
        who,
        what,
        profile ?? null,
        detail ?? null,
      );
    }),
  audits: ({ profile, limit }) =>
    database.read((sql) => {
      const columns = "SELECT at, who, what, profile, detail FROM audit";
      const rows =
        profile === undefined
          ? sql.all<AuditText>(`${columns} ORDER BY id DESC LIMIT ?`, limit)
          : sql.all<AuditText>(`${columns} WHERE profile = ? ORDER BY id DESC LIMIT ?`, profile, limit);
      return rows.map(([at, who, what, profile, detail]): AuditEntry => ({
        at,
        who,
        what,
        ...(profile === null ? {} : { profile }),
        ...(detail === null ? {} : { detail }),
      }));
    }),
});

type AuditText = [at: number, who: string, what: string, profile: string | null, detail: string | null];
