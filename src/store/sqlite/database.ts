import { existsSync } from "node:fs";
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { Fault } from "../../core/fault.ts";
import type { Lease } from "../store.ts";
import { checkLayout, readLayout, type Program } from "./layout.ts";
import { explain, isBusy } from "./trouble.ts";

export type Value = SQLInputValue;
/** A row as SQLite gives it: by position. Reading arrays costs a fifth of reading objects. */
export type Row = readonly (string | number | null)[];

/** Statements inside one transaction; each text is prepared once per open file. */
export interface Sql {
  exec(text: string): void;
  /** Gives how many rows it changed. */
  run(text: string, ...values: readonly Value[]): number;
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- says at the call which columns are selected
  get<Result extends Row>(text: string, ...values: readonly Value[]): Result | undefined;
  all<Result extends Row>(text: string, ...values: readonly Value[]): Result[];
  /** For loops: the same statement over and over. */
  each(text: string): (...values: Value[]) => void;
}

export interface Database {
  readonly path: string;
  /** A consistent view of several reads. */
  read<Result>(work: (sql: Sql) => Result): Promise<Result>;
  /** One transaction, after those asked for before it. With a lease, Fault `lease.lost` unless it is still held. */
  write<Result>(work: (sql: Sql) => Result, lease?: Lease): Promise<Result>;
  close(): Promise<void>;
}

export interface ConnectOptions {
  readonly path: string;
  readonly readOnly: boolean;
  readonly program: Program;
  /** How long to wait for other processes' transactions, in milliseconds. */
  readonly busyMs: number;
}

/**
 * Opens the file as it is. Waiting for another process's transaction never blocks the thread: the transaction is tried
 * again after a pause, since nothing in it has happened yet.
 */
export const connect = async (options: ConnectOptions): Promise<Database> => {
  const { path, readOnly } = options;
  const { connection, sql } = await attempt(options, () => openConnection(options));
  let last: Promise<unknown> = Promise.resolve();
  const transact = async <Result>(begin: string, work: (sql: Sql) => Result, lease?: Lease): Promise<Result> =>
    attempt(options, () => {
      connection.exec(begin);
      try {
        checkLayout(sql, path, options.program);
        if (lease !== undefined) checkLease(sql, lease);
        const result = work(sql);
        connection.exec("COMMIT");
        return result;
      } catch (error) {
        if (connection.isTransaction) connection.exec("ROLLBACK");
        throw error;
      }
    });
  return {
    path,
    read: (work) => transact("BEGIN", work),
    write: (work, lease) => {
      if (readOnly) return Promise.reject(new Fault("store.read_only", { path }));
      const result = last.then(() => transact("BEGIN IMMEDIATE", work, lease));
      last = result.catch(() => undefined);
      return result;
    },
    close: async () => {
      await last;
      if (connection.isOpen) connection.close();
    },
  };
};

/** The fence of a lease against the one in the file, inside the transaction that relies on it. */
export const checkLease = (sql: Sql, { name, fence }: Pick<Lease, "name" | "fence">): void => {
  if (sql.get("SELECT 1 FROM lease WHERE name = ? AND fence = ? AND held = 1", name, fence) === undefined)
    throw new Fault("lease.lost", { lease: name });
};

/** Nothing is written before the file is known to be ours: another program's is left as it is. */
const openConnection = ({ path, readOnly, program }: ConnectOptions): { connection: DatabaseSync; sql: Sql } => {
  const connection = new DatabaseSync(location(path, readOnly), { readOnly, timeout: 20, defensive: true });
  try {
    const sql = createSql(connection);
    // In one transaction: another process may be laying the file out just now.
    connection.exec("BEGIN");
    readLayout(sql, path, program);
    connection.exec("COMMIT");
    if (!readOnly) connection.exec("PRAGMA page_size = 8192; PRAGMA journal_mode = WAL");
    connection.exec(`
PRAGMA synchronous = FULL;
PRAGMA cache_size = -16384;
PRAGMA temp_store = MEMORY;
PRAGMA trusted_schema = OFF;
PRAGMA journal_size_limit = 67108864;
PRAGMA wal_autocheckpoint = 2000;
`);
    return { connection, sql };
  } catch (error) {
    connection.close();
    throw error;
  }
};

/**
 * SQLite cannot read a file in WAL mode where it may not make the -shm file beside it. With no -wal file there everything
 * is in the file itself, which is then read as one that does not change (https://sqlite.org/wal.html#read_only_databases).
 */
const location = (path: string, readOnly: boolean): string | URL => {
  if (!readOnly || existsSync(`${path}-wal`)) return path;
  const url = pathToFileURL(path);
  url.searchParams.set("immutable", "1");
  return url;
};

const createSql = (connection: DatabaseSync): Sql => {
  const prepared = new Map<string, StatementSync>();
  const prepare = (text: string): StatementSync => {
    const known = prepared.get(text);
    if (known !== undefined) return known;
    const statement = connection.prepare(text);
    statement.setReturnArrays(true);
    prepared.set(text, statement);
    return statement;
  };
  return {
    exec: (text) => connection.exec(text),
    run: (text, ...values) => Number(prepare(text).run(...values).changes),
    // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- as above
    get: <Result extends Row>(text: string, ...values: readonly Value[]) =>
      typed<Result | undefined>(prepare(text).get(...values)),
    all: <Result extends Row>(text: string, ...values: readonly Value[]) =>
      typed<Result[]>(prepare(text).all(...values)),
    each: (text) => {
      const statement = prepare(text);
      return (...values) => void statement.run(...values);
    },
  };
};

/** The caller names the columns it selects; the types of node:sqlite know only objects. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters, typescript/no-unsafe-type-assertion -- as it says
const typed = <Result>(rows: unknown): Result => rows as Result;

/** Tries until nobody else is writing, or the time is up. */
const attempt = async <Result>({ path, busyMs }: ConnectOptions, work: () => Result): Promise<Result> => {
  for (let waited = 0, pause = 1; ; waited += pause, pause = Math.min(pause * 2, 50)) {
    try {
      return work();
    } catch (error) {
      if (!isBusy(error) || waited >= busyMs) throw explain(error, path);
    }
    await sleep(pause);
  }
};
