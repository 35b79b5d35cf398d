import type { Mark } from "../../core/link.ts";
import type { ProfileState, StateChange, Store } from "../store.ts";
import type { Database, Sql } from "./database.ts";
import { deleteRuns, deleteSnapshot } from "./deletion.ts";
import { keepNames } from "./earlier-names.ts";
import { readJson } from "./stored.ts";

/** What hangs on a profile besides links and runs, and what makes it forget. */
export const createProfiles = (
  database: Database,
): Pick<Store, "state" | "saveState" | "clearCache" | "forgetProfile" | "marks" | "saveMarks"> => ({
  state: (profile) => database.read((sql) => readState(sql, profile)),
  saveState: (profile, change, lease) => database.write((sql) => changeState(sql, profile, change), lease),
  clearCache: (profile) =>
    database.write((sql) => {
      const id = findProfile(sql, profile);
      if (id === undefined) return;
      keepNames(sql, id);
      deleteSnapshot(sql, id);
      changeState(sql, profile, { ...forgotten, lastFullRead: undefined });
    }),
  forgetProfile: (profile) =>
    database.write((sql) => {
      const id = findProfile(sql, profile);
      if (id === undefined) return;
      deleteSnapshot(sql, id);
      deleteRuns(sql, sql.all<[number]>("SELECT id FROM run WHERE profile = ?", id).flat());
      for (const table of ["person_link", "group_link", "mark", "earlier_name"])
        sql.run(`DELETE FROM ${table} WHERE profile = ?`, id);
      sql.run("DELETE FROM profile WHERE id = ?", id);
    }),
  marks: (profile) => database.read((sql) => readMarks(sql, profile)),
  saveMarks: (profile, add, drop) =>
    database.write((sql) => {
      const id = profileId(sql, profile);
      const erase = sql.each("DELETE FROM mark WHERE profile = ? AND kind = ? AND subject = ? AND id = ?");
      const insert = sql.each(
        "INSERT OR REPLACE INTO mark (profile, kind, subject, id, marked_by, at) VALUES (?, ?, ?, ?, ?, ?)",
      );
      for (const mark of drop) erase(id, mark.kind, mark.subject, mark.id);
      for (const mark of add) insert(id, mark.kind, mark.subject, mark.id, mark.by, mark.at);
    }),
});

/** The number a profile's rows carry instead of its long key; undefined while nothing is kept for it. */
export const findProfile = (sql: Sql, key: string): number | undefined =>
  sql.get<[number]>("SELECT id FROM profile WHERE key = ?", key)?.[0];

/** The same, made where it is missing. Keys are `<profile id>/<organization id>`. */
export const profileId = (sql: Sql, key: string, organization = key.slice(key.lastIndexOf("/") + 1)): number => {
  const known = findProfile(sql, key);
  if (known !== undefined) return known;
  const row = sql.get<[number]>(
    "INSERT INTO profile (key, organization, state) VALUES (?, ?, ?) RETURNING id",
    key,
    organization,
    JSON.stringify(unknownState),
  );
  if (row === undefined) throw new Error("a profile was not inserted");
  return row[0];
};

/** Keys given as undefined are forgotten, those not given stay. */
export const changeState = (sql: Sql, profile: string, change: StateChange): void => {
  const id = profileId(sql, profile);
  const state = { ...readState(sql, profile), ...change };
  sql.run("UPDATE profile SET state = ? WHERE id = ?", JSON.stringify(state), id);
};

/** What the state keeps of a read; goes with it. */
export const forgotten = {
  cursor: undefined,
  cursorFor: undefined,
  changesReads: undefined,
  quiet: undefined,
} satisfies StateChange;

const unknownState: ProfileState = { generation: 0 };

const readState = (sql: Sql, key: string): ProfileState => {
  const row = sql.get<[string]>("SELECT state FROM profile WHERE key = ?", key);
  return row === undefined ? unknownState : readJson<ProfileState>(row[0]);
};

const readMarks = (sql: Sql, key: string): Mark[] =>
  sql
    .all<[Mark["kind"], Mark["subject"], string, string, number]>(
      `SELECT mark.kind, mark.subject, mark.id, marked_by, at FROM mark JOIN profile ON profile.id = mark.profile
       WHERE key = ? ORDER BY at, mark.kind, mark.subject, mark.id`,
      key,
    )
    .map(([kind, subject, id, by, at]) => ({ kind, subject, id, by, at }));
