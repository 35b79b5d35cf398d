import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { systemCode } from "../../core/system-code.ts";
import { connect, type Database, type Sql } from "./database.ts";
import { migrate, readLayout, type Program } from "./layout.ts";
import { explain } from "./trouble.ts";

export interface OpenOptions {
  readonly path: string;
  readonly busyMs: number;
  readonly program: Program;
}

/** Makes the file where it is missing, private to its user, and leads an older layout to ours after copying it. */
export const openFile = async (options: OpenOptions): Promise<Database> => {
  const { path, program } = options;
  const readOnly = !prepareFile(path);
  const database = await connect({ ...options, readOnly });
  try {
    const layout = await database.read((sql) => readLayout(sql, path, program));
    if (layout !== program.layouts.length) await database.write((sql) => upgrade(sql, path, program));
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
};

/** Another process may have been first: the layout is read again where nobody else can write. */
const upgrade = (sql: Sql, path: string, program: Program): void => {
  const layout = readLayout(sql, path, program);
  if (layout === program.layouts.length) return;
  if (layout > 0) copy(path, layout);
  migrate(sql, layout, program);
};

/** False where the file may be read only. Its -wal and -shm files get the mode of the file from SQLite. */
const prepareFile = (path: string): boolean => {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    if (existsSync(path) && !isWritable(path)) return false;
    closeSync(openSync(path, "a", 0o600));
    if ((statSync(path).mode & 0o077) !== 0) makePrivate(path);
    return true;
  } catch (error) {
    throw explain(error, path);
  }
};

const isWritable = (path: string): boolean => {
  try {
    accessSync(path, constants.W_OK);
    accessSync(dirname(path), constants.W_OK);
    return true;
  } catch {
    return false;
  }
};

/** Only the owner may change the mode; others who were given the file use it as it is. */
const makePrivate = (path: string): void => {
  try {
    chmodSync(path, 0o600);
  } catch (error) {
    if (systemCode(error) !== "EPERM") throw error;
  }
};

/** Beside the file, named by its layout: what to put back when the older program is wanted again. */
const copy = (path: string, layout: number): void => {
  const target = `${path}.layout-${layout}`;
  const partial = `${target}.partial`;
  const reader = new DatabaseSync(path, { readOnly: true });
  try {
    rmSync(partial, { force: true });
    closeSync(openSync(partial, "wx", 0o600));
    reader.prepare("VACUUM INTO ?").run(partial);
    renameSync(partial, target);
  } catch (error) {
    rmSync(partial, { force: true });
    throw explain(error, partial);
  } finally {
    reader.close();
  }
};
