import { chmod, mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { isFault } from "../core/fault.ts";
import { type Home, locateHome } from "./home.ts";
import { checkHome, type HomeProcess, prepareHome } from "./prepare-home.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "dc-home-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const here: HomeProcess = { platform: "linux", env: {}, userId: process.getuid?.() ?? 0 };
const homeAt = (home: string, config?: string): Home =>
  locateHome({
    platform: "linux",
    env: {},
    userFolder: folder,
    executableFolder: folder,
    workingDirectory: folder,
    home,
    ...(config === undefined ? {} : { config }),
  });
const mode = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;
const paramsOf = async (work: Promise<unknown>): Promise<unknown> => {
  try {
    await work;
  } catch (error) {
    if (isFault(error)) return { code: error.code, ...error.params };
    throw error;
  }
  return undefined;
};

describe("preparing a home", () => {
  test("makes its folders for this user only and leaves nothing else behind", async () => {
    const home = homeAt("new/deep");
    await prepareHome(home, here);
    expect(await mode(home.stateFolder)).toBe(0o700);
    expect(await mode(home.secretsFolder)).toBe(0o700);
    expect((await readdir(home.stateFolder)).sort()).toEqual(["logs", "secrets"]);
  });

  test("closes folders of its own, and not a chosen one that others use", async () => {
    const home = homeAt("shared");
    await mkdir(home.secretsFolder, { recursive: true });
    await chmod(home.stateFolder, 0o755);
    await chmod(home.secretsFolder, 0o755);
    await prepareHome(home, here);
    expect([await mode(home.stateFolder), await mode(home.secretsFolder)]).toEqual([0o755, 0o700]);
    const personal = locateHome({ ...here, userFolder: folder, executableFolder: "/", workingDirectory: "/" });
    await mkdir(personal.stateFolder, { recursive: true });
    await chmod(personal.stateFolder, 0o755);
    await prepareHome(personal, here);
    expect(await mode(personal.stateFolder)).toBe(0o700);
  });

  test("does not touch a configuration that was named", async () => {
    await prepareHome(homeAt("state", "elsewhere/config.json"), here);
    expect((await readdir(folder)).sort()).toEqual(["state"]);
  });

  test("says so when a file is in the way", async () => {
    await writeFile(join(folder, "taken"), "");
    const home = homeAt("taken/home");
    expect(await paramsOf(prepareHome(home, here))).toEqual({
      code: "home.unwritable",
      path: home.stateFolder,
      reason: "not_folder",
    });
  });

  test("says so when nothing can be written", async () => {
    const home = homeAt("/proc/none");
    expect(await paramsOf(prepareHome(home, here))).toEqual({
      code: "home.unwritable",
      path: "/proc/none",
      reason: "missing",
    });
  });

  test("refuses a folder of another computer before anything is made there, links followed", async () => {
    const system: HomeProcess = { ...here, listMounts: async () => `nas:/home ${folder} nfs4 rw 0 0\n` };
    await mkdir(join(folder, "far"));
    await symlink(join(folder, "far"), join(folder, "near"));
    const home = homeAt("near/home");
    expect(await paramsOf(prepareHome(home, system))).toEqual({
      code: "home.unsuitable",
      path: home.stateFolder,
      reason: "network",
      type: "nfs4",
    });
    expect(await readdir(join(folder, "far"))).toEqual([]);
  });
});

describe("checking a home", () => {
  test("tells each step", async () => {
    const findings = await checkHome(homeAt("fresh"), here);
    expect(findings.map(({ code, severity }) => `${severity} ${code}`)).toEqual([
      "ok check.home.local",
      "ok check.home.writable",
      "ok check.home.closed",
    ]);
  });

  test("warns of what others may read", async () => {
    const home = homeAt("open");
    await mkdir(home.stateFolder);
    await chmod(home.stateFolder, 0o750);
    expect(await checkHome(home, here)).toContainEqual({
      code: "check.home.open",
      severity: "warning",
      params: { path: home.stateFolder },
    });
  });
});
