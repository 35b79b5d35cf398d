import type { PlanHeader } from "../../core/plan.ts";
import type { Run, RunKind, RunOutcome, RunQuery, RunUpdate, Store } from "../store.ts";
import type { Database, Sql, Value } from "./database.ts";
import { joined, type Condition } from "./place.ts";
import { findProfile, profileId } from "./profiles.ts";
import { readJson } from "./stored.ts";

/** Runs: begun, ended, looked up. */
export const createRuns = (
  database: Database,
): Pick<Store, "beginRun" | "updateRun" | "run" | "runs" | "openRuns" | "planByDigest"> => ({
  beginRun: ({ profile, organization, kind, startedAt, who, host }, lease) =>
    database.write((sql) => {
      const row = sql.get<[number]>(
        `INSERT INTO run (profile, kind, started_at, who, host, lease, fence) VALUES (?, ?, ?, ?, ?, ?, ?)
         RETURNING id`,
        profileId(sql, profile, organization),
        kind,
        startedAt,
        who,
        host,
        lease?.name ?? null,
        lease?.fence ?? null,
      );
      if (row === undefined) throw new Error("a run was not inserted");
      return row[0];
    }, lease),
  updateRun: (run, change, lease) => database.write((sql) => writeUpdate(sql, run, change), lease),
  run: (id) => database.read((sql) => select(sql, { text: "run.id = ?", values: [id] })[0]),
  runs: (query) => database.read((sql) => readRuns(sql, query)),
  openRuns: (profile) =>
    database.read((sql) =>
      select(sql, {
        text: `key = ? AND ended_at IS NULL AND NOT EXISTS
          (SELECT 1 FROM lease WHERE name = run.lease AND lease.fence = run.fence AND held = 1)`,
        values: [profile],
      }).reverse(),
    ),
  planByDigest: (profile, digest) => {
    const start = digest.trim().toLowerCase();
    if (!/^[0-9a-f]{6,64}$/u.test(start)) return Promise.resolve(undefined);
    return database.read(
      (sql) =>
        select(sql, { text: "key = ? AND digest >= ? AND digest < ?", values: [profile, start, `${start}g`] }, 1)[0],
    );
  },
});

const writeUpdate = (sql: Sql, run: number, change: RunUpdate): void => {
  const columns: [string, Value][] = [];
  const text = (column: string, value: unknown): void => {
    if (value !== undefined) columns.push([column, JSON.stringify(value)]);
  };
  if (change.endedAt !== undefined) columns.push(["ended_at", change.endedAt]);
  if (change.outcome !== undefined) columns.push(["outcome", change.outcome]);
  if (change.undoes !== undefined) columns.push(["undoes", change.undoes]);
  if (change.header !== undefined) columns.push(["digest", change.header.digest]);
  text("header", change.header);
  text("accepted", change.accepted);
  text("guards", change.guards);
  text("fault", change.fault);
  text("counts", change.counts);
  if (columns.length === 0) return;
  const written = sql.run(
    `UPDATE run SET ${columns.map(([column]) => `${column} = ?`).join(", ")} WHERE id = ?`,
    ...columns.map(([, value]) => value),
    run,
  );
  if (written === 0) throw new Error(`there is no run ${run} to update`);
};

const readRuns = (sql: Sql, query: RunQuery): { rows: Run[]; next?: number; total: number } => {
  const conditions: Condition[] = [{ text: "1", values: [] }];
  if (query.profile !== undefined) {
    const id = findProfile(sql, query.profile);
    if (id === undefined) return { rows: [], total: 0 };
    conditions.push({ text: "profile = ?", values: [id] });
  }
  if (query.changedOnly === true) conditions.push({ text: "changed = 1", values: [] });
  const all = joined(conditions);
  const [total] = sql.get<[number]>(`SELECT count(*) FROM run WHERE ${all.text}`, ...all.values) ?? [0];
  if (query.before !== undefined) conditions.push({ text: "run.id < ?", values: [query.before] });
  const found = select(sql, joined(conditions), query.limit + 1);
  const rows = found.slice(0, query.limit);
  const next = found.length > query.limit ? rows.at(-1)?.id : undefined;
  return { rows, ...(next === undefined ? {} : { next }), total };
};

type RunRow = [
  id: number,
  key: string,
  organization: string,
  kind: RunKind,
  startedAt: number,
  who: string,
  host: string,
  endedAt: number | null,
  outcome: RunOutcome | null,
  undoes: number | null,
  header: string | null,
  accepted: string | null,
  guards: string | null,
  fault: string | null,
  counts: string | null,
];

/** Newest first; all of them unless limited (-1 to SQLite). */
const select = (sql: Sql, condition: Condition, limit = -1): Run[] =>
  sql
    .all<RunRow>(
      `SELECT run.id, key, organization, kind, started_at, who, host, ended_at, outcome, undoes, header, accepted,
       guards, fault, counts FROM run JOIN profile ON profile.id = run.profile
       WHERE ${condition.text} ORDER BY run.id DESC LIMIT ?`,
      ...condition.values,
      limit,
    )
    .map(decodeRun);

const decodeRun = (row: RunRow): Run => {
  const [id, profile, organization, kind, startedAt, who, host, endedAt, outcome, undoes, ...texts] = row;
  const [header, accepted, guards, fault, counts] = texts;
  return {
    id,
    profile,
    organization,
    kind,
    startedAt,
    who,
    host,
    ...(endedAt === null ? {} : { endedAt }),
    ...(outcome === null ? {} : { outcome }),
    ...(undoes === null ? {} : { undoes }),
    ...(header === null ? {} : { header: readJson<PlanHeader>(header) }),
    ...(accepted === null ? {} : { accepted: readJson<NonNullable<Run["accepted"]>>(accepted) }),
    ...(guards === null ? {} : { guards: readJson<NonNullable<Run["guards"]>>(guards) }),
    ...(fault === null ? {} : { fault: readJson<NonNullable<Run["fault"]>>(fault) }),
    ...(counts === null ? {} : { counts: readJson<NonNullable<Run["counts"]>>(counts) }),
  };
};
