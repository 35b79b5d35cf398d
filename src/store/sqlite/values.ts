import type { AuditEntry, Store } from "../store.ts";
import type { Database } from "./database.ts";
import { among, joined, type Condition } from "./place.ts";

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
  audits: ({ profile, what, detail, until, limit }) =>
    database.read((sql) => {
      const conditions: Condition[] = [{ text: "1", values: [] }];
      if (profile !== undefined) conditions.push({ text: "profile = ?", values: [profile] });
      if (what !== undefined) conditions.push(among("what", what));
      if (detail !== undefined) conditions.push({ text: "substr(detail, 1, length(?)) = ?", values: [detail, detail] });
      if (until !== undefined) conditions.push({ text: "at <= ?", values: [until] });
      const { text, values } = joined(conditions);
      const rows = sql.all<AuditText>(
        `SELECT at, who, what, profile, detail FROM audit WHERE ${text} ORDER BY id DESC LIMIT ?`,
        ...values,
        limit,
      );
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
