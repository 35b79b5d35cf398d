import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startDriver, eventually, type Driver } from "./webdriver.ts";

/** A screen, a session bus and a window manager of their own, and a home; nothing of the machine's own desktop is touched. */
export interface Screen extends AsyncDisposable {
  readonly env: NodeJS.ProcessEnv;
  /** Of this screen alone; removed at the end. */
  readonly folder: string;
  readonly driver: Driver;
  /** Titles of the windows that are shown. */
  windows(): string[];
  /** As the button in the window's frame does. */
  closeWindow(title: string): void;
  /** The frame's content, in pixels of the screen. */
  placeOf(title: string): Place;
  placeWindow(title: string, place: Place): void;
  /** What the screen shows in these rows of pixels, as bytes to be compared. */
  rows(from: number, count: number): Buffer;
  /** A key as the keyboard gives it, e.g. `ctrl+q`. */
  press(key: string): void;
}

export interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export const title = "Directory Connector";

export async function openScreen(size = "1280x900"): Promise<Screen> {
  const folder = mkdtempSync(join(tmpdir(), "directory-connector-screen-"));
  const started: ChildProcess[] = [];
  const start = (file: string, args: readonly string[], env: NodeJS.ProcessEnv, pipe?: 1 | 3): ChildProcess => {
    const stdio = [
      "ignore",
      pipe === 1 ? "pipe" : "ignore",
      "ignore",
      ...(pipe === 3 ? ["pipe" as const] : []),
    ] as const;
    const child = spawn(file, args, { env, stdio: [...stdio] });
    started.push(child);
    return child;
  };
  const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name)));
  const display = await firstLine(
    start("Xvfb", ["-displayfd", "3", "-screen", "0", `${size}x24`, "-nolisten", "tcp"], clean, 3),
    3,
  );
  const here: NodeJS.ProcessEnv = {
    ...clean,
    DISPLAY: `:${display}`,
    HOME: folder,
    XDG_CONFIG_HOME: join(folder, "config"),
    XDG_STATE_HOME: join(folder, "state"),
    XDG_DATA_HOME: join(folder, "data"),
    XDG_CACHE_HOME: join(folder, "cache"),
    TMPDIR: folder,
    LANG: "C.UTF-8",
    NO_AT_BRIDGE: "1",
  };
  const bus = await firstLine(start("dbus-daemon", ["--session", "--nofork", "--print-address"], here, 1), 1);
  const env = { ...here, DBUS_SESSION_BUS_ADDRESS: bus };
  let manager = start("openbox", [], env);
  const tool = (file: string, ...args: string[]): string => {
    const { status, stdout, stderr } = spawnSync(file, args, { env, encoding: "utf8" });
    if (status !== 0) throw new Error(`${file} ${args.join(" ")}: ${stderr}`);
    return stdout;
  };
  await eventually(() => {
    // On a busy machine it may come before the screen answers, and gives up.
    if (manager.exitCode !== null) manager = start("openbox", [], env);
    return tool("wmctrl", "-m") !== "";
  }, "no window manager");
  const driver = await startDriver(env);
  return {
    env,
    folder,
    driver,
    windows: () =>
      tool("wmctrl", "-l")
        .split("\n")
        .map((line) => line.split(/\s+/u).slice(3).join(" "))
        .filter(Boolean),
    closeWindow: (name) => void tool("wmctrl", "-F", "-c", name),
    placeOf: (name) => {
      const line =
        tool("wmctrl", "-lG")
          .split("\n")
          .find((each) => each.endsWith(name)) ?? "";
      const [x = 0, y = 0, width = 0, height = 0] = line.split(/\s+/u).slice(2, 6).map(Number);
      return { x, y, width, height };
    },
    placeWindow: (name, { x, y, width, height }) =>
      void tool("wmctrl", "-F", "-r", name, "-e", `0,${x},${y},${width},${height}`),
    rows: (from, count) => {
      const { stdout } = spawnSync("xwd", ["-root", "-silent"], { env, maxBuffer: 1 << 26 });
      // XWDFile.h: sizes in its header are 32 bits each, the most significant byte first.
      const [header, line, colours] = [0, 12, 19].map((field) => stdout.readUInt32BE(4 * field));
      const start = (header ?? 0) + 12 * (colours ?? 0) + from * (line ?? 0);
      return stdout.subarray(start, start + count * (line ?? 0));
    },
    press: (key) => void tool("xdotool", "key", "--clearmodifiers", key),
    [Symbol.asyncDispose]: async () => {
      await driver[Symbol.asyncDispose]();
      for (const child of started.toReversed()) {
        const ended = new Promise((resolve) => child.once("exit", resolve));
        if (child.exitCode === null && child.signalCode === null && child.kill()) await ended;
      }
      rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}

/** What belongs to the session this runs in must not reach another. */
const own =
  /^(DISPLAY|WAYLAND_DISPLAY|DBUS_SESSION_BUS_ADDRESS|XDG_.*|DIRECTORY_CONNECTOR_.*|APPIMAGE.*|APPDIR|HTTPS?_PROXY|https?_proxy|LC_.*|LANGUAGE)$/u;

async function firstLine(child: ChildProcess, pipe: 1 | 3): Promise<string> {
  const stream = child.stdio[pipe];
  if (stream === null || stream === undefined || !("read" in stream)) throw new Error("no output");
  for await (const line of createInterface({ input: stream })) return line;
  throw new Error(`${child.spawnfile} ended without a word`);
}

/** The engines that this window started and that still run. */
export function engineOf(window: number): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/u.test(name))
    .map(Number)
    .filter((pid) => parentOf(pid) === window && /directory-connector\0?$/u.test(linkAt(`/proc/${pid}/exe`)));
}

/** A process and everything it started that still runs. */
export function familyOf(pid: number): number[] {
  const pids = readdirSync("/proc")
    .filter((name) => /^\d+$/u.test(name))
    .map(Number);
  return [pid, ...pids.filter((each) => parentOf(each) === pid).flatMap(familyOf)];
}

/** The process of this name that this one started; 0 where there is none. */
export function childOf(parent: number, name: string): number {
  const pids = readdirSync("/proc")
    .filter((each) => /^\d+$/u.test(each))
    .map(Number);
  return pids.find((pid) => parentOf(pid) === parent && isAlive(pid) && nameOf(pid) === name) ?? 0;
}

function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
  } catch {
    return "";
  }
}

function parentOf(pid: number): number {
  try {
    return Number(/^PPid:\s+(\d+)/mu.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
  } catch {
    return 0;
  }
}

/** Where this process listens, as the kernel writes addresses (proc(5), /proc/net/tcp: state 0A is listening). */
export function portsOf(pid: number): string[] {
  const sockets = new Set(
    readdirSync(`/proc/${pid}/fd`).map((name) => /^socket:\[(\d+)\]$/u.exec(linkAt(`/proc/${pid}/fd/${name}`))?.[1]),
  );
  return ["tcp", "tcp6"]
    .flatMap((table) => readFileSync(`/proc/net/${table}`, "utf8").split("\n").slice(1))
    .map((line) => line.trim().split(/\s+/u))
    .filter((line) => line[3] === "0A" && sockets.has(line[9]))
    .map((line) => line[1] ?? "");
}

/** Nothing for one that is gone, as a process and its files may be at any moment. */
function linkAt(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}

/** True while the process runs; one that has ended and waits to be reaped does not. */
export function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/mu.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}
