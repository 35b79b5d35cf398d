import { execFile } from "node:child_process";
import { hostname, homedir, userInfo } from "node:os";
import { dirname } from "node:path";
import { isSea } from "node:sea";
import { promisify } from "node:util";
import { locateHome, type Home } from "../config/home.ts";
import type { ClientOptions } from "../cli/context.ts";

/** Which home the options and the process lead to. */
export const homeOf = (options: ClientOptions): Home =>
  locateHome({
    platform: process.platform,
    env: options.environment,
    userFolder: homedir(),
    executableFolder: dirname(process.execPath),
    workingDirectory: process.cwd(),
    ...(options.home === undefined ? {} : { home: options.home }),
    ...(options.config === undefined ? {} : { config: options.config }),
  });

/** The program as a line of cron or the Task Scheduler calls it; a home of its own is named. */
export const commandOf = ({ kind, stateFolder }: Home): string => {
  const quoted = (path: string): string => (/[\s"]/u.test(path) ? `"${path}"` : path);
  const program = isSea() ? quoted(process.execPath) : "directory-connector";
  return kind === "chosen" ? `${program} --home ${quoted(stateFolder)}` : program;
};

/** Who acts, for leases, runs and audits. */
export const actorOf = (): { who: string; host: string; pid: number } => ({
  who: userName(),
  host: hostname(),
  pid: process.pid,
});

export const homeProcess = ({ environment }: ClientOptions) => ({
  platform: process.platform,
  env: environment,
  ...(process.getuid === undefined ? {} : { userId: process.getuid() }),
  ...(process.platform === "darwin" ? { listMounts } : {}),
});

/** macOS tells what is mounted by this program alone; one that hangs on a dead server must not hang us. */
const listMounts = async (): Promise<string> => {
  try {
    return (await promisify(execFile)("/sbin/mount", { timeout: 5_000 })).stdout;
  } catch {
    return "";
  }
};

/** As organizations name platforms. */
export const platformName = (): string =>
  ({ win32: "windows", darwin: "macos" })[process.platform as string] ?? "linux";

/** A user without an entry in the system's list (a container's number) has no name. */
const userName = (): string => {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? "?"}`;
  }
};
