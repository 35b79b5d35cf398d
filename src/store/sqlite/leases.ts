import { Fault } from "../../core/fault.ts";
import type { Lease, LeaseHolder, LeaseRequest, RunProgress, Store } from "../store.ts";
import { checkLease, type Database, type Sql } from "./database.ts";
import { readJson } from "./stored.ts";

/** Leases by name. One counter numbers all acquisitions, so a fence is never given twice, whatever is forgotten. */
export const createLeases = (database: Database): Pick<Store, "acquire" | "holder" | "askToStop"> => ({
  acquire: (request) =>
    database.write((sql) => {
      const heldBy = readHolder(sql, request.name, request.now, request.staleMs);
      return heldBy === undefined ? createLease(database, request.name, take(sql, request)) : { heldBy };
    }),
  holder: (name, now, staleMs) => database.read((sql) => readHolder(sql, name, now, staleMs)),
  askToStop: (name) =>
    database.write((sql) => sql.run("UPDATE lease SET stop = fence WHERE name = ? AND held = 1", name) > 0),
});

const createLease = (database: Database, name: string, fence: number): Lease => ({
  name,
  fence,
  renew: (now) =>
    database.write((sql) => {
      const renewed = sql.run("UPDATE lease SET seen = ? WHERE name = ? AND fence = ? AND held = 1", now, name, fence);
      if (renewed === 0) throw new Fault("lease.lost", { lease: name });
    }),
  check: () => database.read((sql) => checkLease(sql, { name, fence })),
  report: (progress) =>
    database.write(
      (sql) =>
        void sql.run(
          "UPDATE lease SET progress = ? WHERE name = ? AND fence = ?",
          JSON.stringify(progress),
          name,
          fence,
        ),
    ),
  isAskedToStop: () =>
    database.read((sql) => sql.get("SELECT 1 FROM lease WHERE name = ? AND stop = ?", name, fence) !== undefined),
  release: () =>
    database.write((sql) => void sql.run("UPDATE lease SET held = 0 WHERE name = ? AND fence = ?", name, fence)),
});

const take = (sql: Sql, { name, holder, now }: LeaseRequest): number => {
  sql.run("UPDATE fence SET last = last + 1");
  const [fence] = sql.get<[number]>("SELECT last FROM fence") ?? [0];
  sql.run(
    `INSERT OR REPLACE INTO lease (name, fence, held, what, who, host, pid, since, seen)
     VALUES (?, ?, 1, ?, ?, ?, ?, ?, ?)`,
    name,
    fence,
    holder.what,
    holder.who,
    holder.host,
    holder.pid,
    now,
    now,
  );
  return fence;
};

/** Whoever holds it and was heard of lately; a heartbeat from the future comes from a clock that is not to be trusted. */
const readHolder = (sql: Sql, name: string, now: number, staleMs: number): LeaseHolder | undefined => {
  const row = sql.get<[string, string, string, number, number, number, string | null]>(
    "SELECT what, who, host, pid, since, seen, progress FROM lease WHERE name = ? AND held = 1",
    name,
  );
  if (row === undefined) return undefined;
  const [what, who, host, pid, since, seen, progress] = row;
  if (Math.abs(now - seen) > staleMs) return undefined;
  return {
    what,
    who,
    host,
    pid,
    since,
    seen,
    ...(progress === null ? {} : { progress: readJson<RunProgress>(progress) }),
  };
};
