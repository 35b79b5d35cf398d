import { constants } from "node:fs";
import { access, chmod, open, readFile, realpath, rm, stat, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Diagnostic } from "../core/diagnostic.ts";
import { Fault } from "../core/fault.ts";
import { makeFolders, systemReason } from "./folders.ts";
import { judgeDisk, type Mount, parseMountOutput, parseProcMounts } from "./disk.ts";
import type { Home } from "./home.ts";

/** Facts of the process that preparing a home needs. */
export interface HomeProcess {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Of the process, where the system has such; only the owner's folders are closed to others. */
  readonly userId?: number;
  /**
   * What is mounted: on Linux in the form of `/proc/mounts`, which is read unless this is given; on macOS the output of
   * `mount`, asked only for folders outside the system's disk.
   */
  readonly listMounts?: () => Promise<string>;
}

/**
 * Makes the home's folders (0700) and makes sure that they can be used. Faults `home.unsuitable` (a network, roaming or
 * synchronised folder; there is no switch that allows one, see `judgeDisk`) and `home.unwritable`. A configuration
 * that may not be written is fine; so is one named by the user, wherever it lies.
 */
export const prepareHome = async (home: Home, system: HomeProcess): Promise<void> => {
  const ours = [home.stateFolder, home.secretsFolder, home.logFolder];
  for (const folder of new Set([...ours, ...ownConfiguration(home)])) await refuseElsewhere(folder, system);
  for (const folder of ours) await make(folder);
  for (const folder of ownConfiguration(home)) await make(folder).catch(ignoreReadOnly);
  if (home.kind !== "chosen") await closeToOthers(home.stateFolder, system);
  for (const folder of [home.secretsFolder, home.logFolder]) await closeToOthers(folder, system);
  await tryWriting(home.stateFolder);
};

/** The home as `doctor` tells of it, one finding a step; what prevents use is an error with the fault's code. */
export const checkHome = async (home: Home, system: HomeProcess): Promise<readonly Diagnostic[]> => {
  const findings: Diagnostic[] = [];
  const step = async (code: string, check: () => Promise<unknown>): Promise<void> => {
    try {
      await check();
      findings.push({ code, severity: "ok", params: { path: home.stateFolder } });
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      findings.push({ code: error.code, severity: "error", params: error.params });
    }
  };
  await step("check.home.local", async () => refuseElsewhere(home.stateFolder, system));
  await step("check.home.writable", async () => prepareHome(home, system));
  const open = await openToOthers(home, system);
  for (const path of open) findings.push({ code: "check.home.open", severity: "warning", params: { path } });
  if (open.length === 0)
    findings.push({ code: "check.home.closed", severity: "ok", params: { path: home.stateFolder } });
  const locked = await access(home.configFolder, constants.W_OK).then(
    () => false,
    () => true,
  );
  if (locked) findings.push({ code: "check.home.config_locked", severity: "info", params: { path: home.configFile } });
  return findings;
};

const ownConfiguration = (home: Home): readonly string[] => (home.configChosen ? [] : [home.configFolder]);

/** Refuses a folder on another computer before anything is made in it. */
const refuseElsewhere = async (folder: string, system: HomeProcess): Promise<void> => {
  const existing = await nearestExisting(folder);
  const [type, mounts] = await Promise.all([fileSystemType(existing, system), readMounts(existing, system)]);
  const unsuitable = judgeDisk({
    platform: system.platform,
    env: system.env,
    folder: existing,
    ...(type === undefined ? {} : { type }),
    mounts,
  });
  if (unsuitable !== undefined) throw new Fault("home.unsuitable", { path: folder, ...unsuitable });
};

/** With links resolved; a folder that may not be seen is judged by the one above it. */
const nearestExisting = async (folder: string): Promise<string> => {
  try {
    return await realpath(folder);
  } catch {
    const above = dirname(folder);
    return above === folder ? folder : nearestExisting(above);
  }
};

/** Only Linux numbers its file systems the way `judgeDisk` knows them. */
const fileSystemType = async (folder: string, { platform }: HomeProcess): Promise<number | undefined> => {
  if (platform !== "linux") return undefined;
  return (await statfs(folder).catch(() => undefined))?.type;
};

const readMounts = async (folder: string, { platform, listMounts }: HomeProcess): Promise<readonly Mount[]> => {
  const procMounts = async (): Promise<string> => readFile("/proc/mounts", "utf8").catch(() => "");
  if (platform === "linux") return parseProcMounts(await (listMounts ?? procMounts)());
  if (platform !== "darwin" || listMounts === undefined || (await isOnSystemDisk(folder))) return [];
  return parseMountOutput(await listMounts());
};

/** macOS keeps users' folders on the data volume, which is another device than the sealed system. */
const isOnSystemDisk = async (folder: string): Promise<boolean> => {
  const deviceOf = async (path: string): Promise<number | undefined> => (await stat(path).catch(() => undefined))?.dev;
  const [device, ...system] = await Promise.all([folder, "/", "/System/Volumes/Data"].map(deviceOf));
  return device !== undefined && system.includes(device);
};

const make = async (folder: string): Promise<void> => {
  try {
    await makeFolders(folder);
  } catch (error) {
    throw unwritable(folder, error);
  }
};

/** A configuration's folder that is missing and cannot be made means: no file, nothing to save into. */
const ignoreReadOnly = (error: unknown): void => {
  if (!(error instanceof Fault && ["forbidden", "read_only"].includes(String(error.params["reason"])))) throw error;
};

/** Folders that were made by somebody else with wider rights; another user's are left alone. */
const closeToOthers = async (folder: string, { platform, userId }: HomeProcess): Promise<void> => {
  if (platform === "win32") return;
  const { mode, uid } = await stat(folder);
  if ((mode & 0o077) !== 0 && uid === userId) await chmod(folder, 0o700);
};

const openToOthers = async (home: Home, { platform }: HomeProcess): Promise<string[]> => {
  if (platform === "win32") return [];
  const open: string[] = [];
  for (const path of [home.stateFolder, home.secretsFolder, home.stateFile]) {
    const found = await stat(path).catch(() => undefined);
    if (found !== undefined && (found.mode & 0o077) !== 0) open.push(path);
  }
  return open;
};

/** Rights alone do not tell (read-only mounts, ACLs, quotas), so a file is written and taken away. */
const tryWriting = async (folder: string): Promise<void> => {
  const probe = join(folder, ".writable");
  try {
    const file = await open(probe, "w", 0o600);
    try {
      await file.writeFile("1");
    } finally {
      await file.close();
    }
    await rm(probe, { force: true });
  } catch (error) {
    throw unwritable(folder, error);
  }
};

const unwritable = (path: string, error: unknown): Fault =>
  new Fault("home.unwritable", { path, reason: systemReason(error) }, error);
