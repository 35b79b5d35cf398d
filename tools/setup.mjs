// Sets up what a task needs, then runs it on the project's own Node: `node tools/setup.mjs <task> [arguments…]`.
// Plain JavaScript for Node 20 without dependencies, because it runs before anything is installed.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { provideSystemPackages } from "./system-packages.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, "node_modules");
const nodePath = join(modules, "node", "bin", process.platform === "win32" ? "node.exe" : "node");
const stampPath = join(modules, ".directory-connector-setup");
const lockPath = join(root, ".cache", "setup.lock");

/** What each task runs; a task without a row is a file of that name in one of `scriptRooms`. */
const tasks = {
  start: (args) => ["src/main/cli.ts", ...(args.length > 0 ? args : ["demo"])],
  test: (args) => vitest(args),
  // On a screen that is not there; with the program from dist, and with what `npm run package` makes.
  "test:desktop": (args) => vitest(["--config", "tests/desktop/vitest.config.ts", "tests/desktop", ...args]),
  "test:packages": (args) => vitest(["--config", "tests/packages/vitest.config.ts", "tests/packages", ...args]),
  bench: (args) =>
    existsSync(join(root, "bench", `${args[0]}.ts`))
      ? [`bench/${args[0]}.ts`, ...args.slice(1)]
      : ["bench/start.ts", ...args],
  ui: (args) => ["node_modules/vite/bin/vite.js", ...(args.length > 0 ? args : ["build"]), "ui"],
  format: (args) => ["node_modules/oxfmt/bin/oxfmt", ...args],
};
const vitest = (args) => [
  "node_modules/vitest/vitest.mjs",
  "run",
  "--reporter=default",
  "--reporter=./tools/test-summary.ts",
  ...args,
];
const scriptRooms = ["tools", "tests", "bench"];

main().then(
  (code) => process.exit(code),
  (error) => {
    say(error instanceof Error ? error.message : String(error));
    process.exit(1);
  },
);

async function main() {
  const [task, ...args] = process.argv.slice(2);
  const command = task === undefined ? undefined : commandOf(task, args);
  if (command === undefined) {
    say(`usage: node tools/setup.mjs <task> [arguments…]; tasks: ${taskNames().join(", ")}`);
    return 1;
  }
  if (!isInstalled()) await withLock(() => isInstalled() || install());
  const env = { ...process.env, PATH: `${join(modules, ".bin")}${delimiter}${process.env.PATH ?? ""}` };
  const skipped = await provideSystemPackages(task, withLock, say);
  if (skipped.length > 0 || task === "test") env.DIRECTORY_CONNECTOR_SKIPPED = JSON.stringify(skipped);
  return run(command, env);
}

/** The Node arguments of a task, or undefined where there is no such task. */
function commandOf(task, args) {
  if (Object.hasOwn(tasks, task)) return tasks[task](args);
  if (!/^[a-z][a-z-]*$/.test(task)) return undefined;
  const file = scriptRooms.map((room) => `${room}/${task}.ts`).find((path) => existsSync(join(root, path)));
  return file === undefined ? undefined : [file, ...args];
}

function taskNames() {
  return Object.keys(JSON.parse(readFileSync(join(root, "package.json"), "utf8")).scripts ?? tasks);
}

/** Runs the task in the foreground; resolves with its exit code, or 128 + n when signal n ended it. */
function run(command, env) {
  const child = spawn(nodePath, command, { cwd: root, stdio: "inherit", env });
  // A terminal sends Ctrl-C to the whole process group, so the child already has it.
  const onTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  process.on("SIGINT", () => onTerminal || child.kill("SIGINT"));
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve(code ?? 128 + (constants.signals[signal] ?? 0)));
  });
}

/** True when the packages of this package-lock.json are in node_modules, Node among them. */
function isInstalled() {
  if (!existsSync(nodePath)) return false;
  const wanted = stamp();
  if (existsSync(stampPath) && readFileSync(stampPath, "utf8") === wanted) return true;
  if (!equalsInstalledTree()) return false;
  writeFileSync(stampPath, wanted);
  return true;
}

function stamp() {
  const lock = createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
  return `${lock} ${process.platform}-${process.arch}\n`;
}

/** Compares the lock with npm's own record of what it installed, so that a hand-made `npm install` is not repeated. */
function equalsInstalledTree() {
  const record = join(modules, ".package-lock.json");
  if (!existsSync(record)) return false;
  const installed = JSON.parse(readFileSync(record, "utf8")).packages;
  const locked = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
  return Object.entries(locked).every(
    ([path, entry]) =>
      path === "" ||
      (installed[path] === undefined ? entry.optional === true : installed[path].integrity === entry.integrity),
  );
}

function install() {
  say("Installing packages (once; quick from now on)…");
  npm(["ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"]);
  // The package `node` fetches its binary in an install script; a user setting may have suppressed it.
  if (!existsSync(nodePath)) npm(["rebuild", "node", "--ignore-scripts=false", "--loglevel=error"]);
  if (!existsSync(nodePath))
    throw new Error(
      "npm installed the packages without Node 26 (package `node`). Allow its install script, then run this again.",
    );
  writeFileSync(stampPath, stamp());
}

/** Runs npm with its output on stderr, since stdout belongs to the task. */
function npm(args) {
  const script = process.env.npm_execpath;
  const [file, first] = script?.endsWith("js") ? [process.execPath, [script]] : ["npm", []];
  const result = spawnSync(file, [...first, ...args], { cwd: root, stdio: ["ignore", 2, 2] });
  if (result.error) throw new Error(`npm could not be started: ${result.error.message}`);
  if (result.status !== 0) throw new Error(`npm ${args[0]} failed; its message is above. Nothing was run.`);
}

/** Holds the one lock while `work` runs; a lock whose process is gone is taken over. */
async function withLock(work) {
  mkdirSync(dirname(lockPath), { recursive: true });
  for (let told = false; !takeLock(); told = true) {
    if (!told) say("Another set-up is running here; waiting for it…");
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const release = () => rmSync(lockPath, { force: true });
  process.once("exit", release);
  const interrupted = (_signal, number) => process.exit(128 + number);
  process.once("SIGINT", interrupted).once("SIGTERM", interrupted);
  try {
    return work();
  } finally {
    release();
    process.off("exit", release).off("SIGINT", interrupted).off("SIGTERM", interrupted);
  }
}

function takeLock() {
  const own = `${lockPath}.${process.pid}`;
  writeFileSync(own, String(process.pid));
  try {
    if (link(own, lockPath)) return true;
    const holder = readHolder();
    if (holder === undefined || isAlive(holder)) return false;
    renameSync(lockPath, own);
    // Another waiting process was faster and the lock is alive again: give it back.
    if (readFileSync(own, "utf8") !== String(holder)) link(own, lockPath);
    return false;
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
    return false;
  } finally {
    rmSync(own, { force: true });
  }
}

/** A hard link appears at once and with its content; false where `to` exists. */
function link(from, to) {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
    return false;
  }
}

function readHolder() {
  try {
    const holder = Number(readFileSync(lockPath, "utf8"));
    return Number.isInteger(holder) && holder > 0 ? holder : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code !== "ESRCH";
  }
}

function say(text) {
  process.stderr.write(`${text}\n`);
}
