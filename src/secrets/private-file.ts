import { chmod, mkdir, open, readFile, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Fault } from "../core/fault.ts";
import { systemCode } from "../core/system-code.ts";

/** Bytes nobody can guess. */
export type Random = (bytes: number) => Uint8Array;

/** The text of a file of ours, undefined where there is none; a mode that lets others read is put right. */
export const readPrivate = async (path: string): Promise<string | undefined> => {
  try {
    const text = await readFile(path, "utf8");
    const { mode } = await stat(path);
    if ((mode & 0o077) !== 0) await chmod(path, 0o600).catch(() => undefined);
    return text;
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
};

/** Replaces the file as a whole: whoever reads meanwhile sees the old text or the new one, also after a power cut. */
export const writePrivate = async (path: string, text: string, random: Random): Promise<void> => {
  const temporary = `${path}.${nameFrom(random)}${temporaryEnd}`;
  const file = await open(temporary, "wx", 0o600);
  try {
    await file.writeFile(text, "utf8");
    await file.sync();
  } finally {
    await file.close();
  }
  await replace(temporary, path);
  await syncFolder(dirname(path));
};

/**
 * Runs `work` while no other process does. The lock is a file that only one can create. Whoever finds it waits; one that
 * stays the same for `patienceMs`, many times as long as any work takes, was left behind by a process that was killed.
 */
export const withLock = async <Result>(
  path: string,
  options: { readonly random: Random; readonly patienceMs: number },
  work: () => Promise<Result>,
): Promise<Result> => {
  const lock = `${path}.lock`;
  const token = nameFrom(options.random);
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await takeLock(lock, token, options);
    try {
      await removeLeftovers(path);
      return await work();
    } finally {
      if ((await readPrivate(lock)) === token) await rm(lock, { force: true });
    }
  } catch (error) {
    throw error instanceof Error && "syscall" in error && "code" in error
      ? new Fault("home.unwritable", { path, reason: String(error.code) }, error)
      : error;
  }
};

const poll = 20;

const takeLock = async (
  lock: string,
  token: string,
  { random, patienceMs }: { readonly random: Random; readonly patienceMs: number },
): Promise<void> => {
  let seen: string | undefined;
  for (let waited = 0; !(await create(lock, token)); waited += poll) {
    const holder = await readPrivate(lock);
    if (holder !== seen) waited = 0;
    seen = holder;
    if (holder !== undefined && waited >= patienceMs) {
      await breakLock(lock, holder, random);
      waited = 0;
    }
    await sleep(poll);
  }
};

/** Moved aside first, so that of several who lost patience one gets it and nobody takes a fresh lock away. */
const breakLock = async (lock: string, stale: string, random: Random): Promise<void> => {
  const aside = `${lock}.${nameFrom(random)}${temporaryEnd}`;
  try {
    await rename(lock, aside);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return;
    throw error;
  }
  if ((await readPrivate(aside)) !== stale) await create(lock, (await readPrivate(aside)) ?? "");
  await rm(aside, { force: true });
};

const create = async (path: string, text: string): Promise<boolean> => {
  try {
    const file = await open(path, "wx", 0o600);
    await file.writeFile(text, "utf8");
    await file.close();
    return true;
  } catch (error) {
    if (hasCode(error, "EEXIST")) return false;
    throw error;
  }
};

const temporaryEnd = ".tmp";

/** What killed processes were writing; called by whoever holds the lock, so nobody is writing now. */
const removeLeftovers = async (path: string): Promise<void> => {
  const folder = dirname(path);
  for (const name of await readdir(folder))
    if (name.startsWith(`${basename(path)}.`) && name.endsWith(temporaryEnd) && !name.includes(".lock."))
      await rm(join(folder, name), { force: true });
};

/** Windows refuses to replace a file that somebody reads at that moment. */
const replace = async (from: string, to: string): Promise<void> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await rename(from, to);
      return;
    } catch (error) {
      if (attempt === 20 || !(hasCode(error, "EPERM") || hasCode(error, "EACCES") || hasCode(error, "EBUSY"))) {
        await rm(from, { force: true });
        throw error;
      }
    }
    await sleep(poll);
  }
};

/** Not every system can; the file itself is on disk already. */
const syncFolder = async (folder: string): Promise<void> => {
  try {
    const handle = await open(folder, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    // Without it a power cut may bring back the old file, whole.
  }
};

const nameFrom = (random: Random): string => Buffer.from(random(9)).toString("base64url");

export const hasCode = (error: unknown, code: string): boolean => systemCode(error) === code;

/** The system's short name of what went wrong, never a content. */
export const fileReason = (error: unknown): string => systemCode(error) || "unknown";
