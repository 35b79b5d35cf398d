import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { access, chmod, chown, lstat, open, readFile, readlink, realpath, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Fault } from "../core/fault.ts";
import { systemCode } from "../core/system-code.ts";
import { exists, makeFolders } from "./folders.ts";

/** One file to write or to take away. */
export interface FileChange {
  readonly path: string;
  /** Undefined takes the file away. */
  readonly text: string | undefined;
  /** SHA-256 (hex) of what was read; undefined when there was no file. */
  readonly hash: string | undefined;
  /** The file it was before it got another name. */
  readonly from?: string;
}

/**
 * Replaces files, each at once or not at all, in their order. Faults: `config.changed` for a file that is no longer what
 * was read, `config.locked` (with `field`, what was to be changed) where nothing may be written, `store.full`.
 */
export const saveFiles = async (changes: readonly FileChange[], field: string): Promise<void> => {
  for (const change of changes) {
    try {
      await saveFile(change);
    } catch (error) {
      throw saveFault(error, change.path, field);
    }
  }
};

const saveFile = async (change: FileChange): Promise<void> => {
  await makeFolders(dirname(change.path));
  const source = change.from ?? change.path;
  if ((await hashOf(source)) !== change.hash) throw new Fault("config.changed", { path: source });
  if (change.from !== undefined) {
    if (await exists(change.path)) throw new Fault("config.changed", { path: change.path });
    await rename(change.from, change.path);
  }
  if (change.text === undefined) await rm(change.path);
  else await replaceFile(await targetOf(change.path), change.text);
};

/** Whether a file may be written; of one that is not there yet, whether it could be made. */
export const mayBeWritten = async (path: string): Promise<boolean> => {
  const target = await targetOf(path);
  return (await mayOpen(target)) && (await mayWriteFolder(dirname(target)));
};

/** Opening for writing changes nothing, and tells what rights, ACLs and read-only mounts come to. */
const mayOpen = async (path: string): Promise<boolean> => {
  try {
    await (await open(path, "r+")).close();
    return true;
  } catch (error) {
    return systemCode(error) === "ENOENT";
  }
};

const mayWriteFolder = async (folder: string): Promise<boolean> => {
  const above = dirname(folder);
  if (!(await exists(folder))) return above !== folder && mayWriteFolder(above);
  return access(folder, constants.W_OK).then(
    () => true,
    () => false,
  );
};

/** Where a link leads, so that the link stays; also one that leads to nothing yet. */
const targetOf = async (path: string): Promise<string> => {
  try {
    return await realpath(path);
  } catch (error) {
    if (systemCode(error) !== "ENOENT") throw error;
    const isLink = (await lstat(path).catch(() => undefined))?.isSymbolicLink() === true;
    return isLink ? resolve(dirname(path), await readlink(path)) : path;
  }
};

const hashOf = async (path: string): Promise<string | undefined> => {
  try {
    return createHash("sha256")
      .update(await readFile(path))
      .digest("hex");
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  }
};

/**
 * Writes beside the file, to the disk, and puts it in its place. A new file is this user's only; one that is there keeps
 * its owner and what its group may do, since a service may read what an administrator writes.
 */
export const replaceFile = async (path: string, text: string): Promise<void> => {
  const beside = join(dirname(path), `.${basename(path)}.new`);
  await rm(beside, { force: true });
  try {
    const file = await open(beside, "wx", 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await keepRights(path, beside);
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true }).catch(() => undefined);
    throw error;
  }
  await syncFolder(dirname(path));
};

const keepRights = async (path: string, copy: string): Promise<void> => {
  const [before, now] = await Promise.all([stat(path).catch(() => undefined), stat(copy)]);
  if (before === undefined) return;
  if (before.uid !== now.uid || before.gid !== now.gid)
    // Only an administrator may give files away; anybody else keeps them.
    await chown(copy, before.uid, before.gid).catch(() => undefined);
  await chmod(copy, (before.mode & 0o660) | 0o600);
};

/** Makes the new name last; not every system lets folders be opened. */
const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, "r").catch(() => undefined);
  try {
    await handle?.sync();
  } catch (error) {
    if (!["EINVAL", "EPERM", "EISDIR", "ENOTSUP", "EBADF"].includes(systemCode(error))) throw error;
  } finally {
    await handle?.close();
  }
};

/** A file mounted by itself cannot be replaced (EBUSY), only written from outside; in `/proc` nothing can be made (ENOENT). */
const lockedCodes = new Set(["EACCES", "EPERM", "EROFS", "EBUSY", "ENOTDIR", "ENOENT", "ETXTBSY"]);

const saveFault = (error: unknown, path: string, field: string): unknown => {
  if (error instanceof Fault) return error;
  if (lockedCodes.has(systemCode(error))) return new Fault("config.locked", { path, field }, error);
  return ["ENOSPC", "EDQUOT"].includes(systemCode(error)) ? new Fault("store.full", { path }, error) : error;
};

/** Times of the lock in milliseconds; arguments so that tests need not wait. */
export interface LockTimes {
  readonly poll: number;
  /** The same lock seen this long belongs to a process that ended: it is held for milliseconds only. */
  readonly stale: number;
}

export const lockTimes: LockTimes = { poll: 20, stale: 5_000 };

/** Lets one process at a time change the configuration. Faults as `saveFiles`. */
export const withLock = async <Result>(
  folder: string,
  { field, path, times }: { readonly field: string; readonly path: string; readonly times: LockTimes },
  work: () => Promise<Result>,
): Promise<Result> => {
  const lock = join(folder, ".config.lock");
  try {
    await makeFolders(folder);
    await takeLock(lock, times);
  } catch (error) {
    throw saveFault(error, path, field);
  }
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
};

const takeLock = async (lock: string, times: LockTimes): Promise<void> => {
  let seen: { readonly which: string; readonly polls: number } | undefined;
  for (;;) {
    try {
      await (await open(lock, "wx", 0o600)).close();
      return;
    } catch (error) {
      if (systemCode(error) !== "EEXIST") throw error;
    }
    const found = await stat(lock).catch(() => undefined);
    const which = found === undefined ? "" : `${found.ino} ${found.mtimeMs}`;
    seen = { which, polls: seen?.which === which ? seen.polls + 1 : 0 };
    if (seen.polls * times.poll >= times.stale) await rm(lock, { force: true });
    else await pause(times.poll);
  }
};
