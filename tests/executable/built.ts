import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, globSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const folder = resolve(".cache/executable");

/** Path of the executable made of the sources as they are now; built when any of them changed, each state of them once. */
export const builtExecutable = (): string => {
  const state = stateOfSources();
  const path = join(folder, state, "directory-connector");
  if (existsSync(path)) return path;
  // Two test files may come here at once: each builds aside, and the first to be ready counts.
  const aside = join(folder, `${state}.${process.pid}`);
  const built = spawnSync(process.execPath, ["tools/build.ts", "--output", join(aside, "directory-connector")], {
    encoding: "utf8",
  });
  if (built.status !== 0) throw new Error(`the build failed:\n${built.stdout}${built.stderr}`);
  try {
    renameSync(aside, join(folder, state));
  } catch (error) {
    if (!existsSync(path)) throw error;
    rmSync(aside, { recursive: true, force: true });
  }
  for (const other of readdirSync(folder))
    if (!other.startsWith(state)) rmSync(join(folder, other), { recursive: true, force: true });
  return path;
};

const sources = [
  "src/**/*.ts",
  "locales/*.{ts,json}",
  "ui/**/*.{ts,svelte,css,html,svg}",
  "tools/build.ts",
  "tools/build/*.ts",
  "samples/*",
  "package-lock.json",
];

const stateOfSources = (): string => {
  const hash = createHash("sha256");
  for (const path of globSync(sources).toSorted())
    if (!path.endsWith(".test.ts") && statSync(path).isFile()) hash.update(path).update(readFileSync(path));
  return hash.digest("hex").slice(0, 16);
};

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A home of its own with the executable to run in it; `end` stops what still runs and removes the home. */
export interface Place {
  readonly home: string;
  run(
    arguments_: readonly string[],
    options?: { readonly input?: string; readonly env?: Readonly<Record<string, string>> },
  ): Promise<Ended>;
  /** Starts and gives the process at once; `ended` when it is over. */
  begin(arguments_: readonly string[]): { readonly process: ChildProcess; readonly ended: Promise<Ended> };
  /** Starts and gives the process with what it printed up to `ready`. */
  start(
    arguments_: readonly string[],
    ready: RegExp,
  ): Promise<{ readonly process: ChildProcess; readonly stdout: string }>;
  end(): Promise<void>;
}

export const createPlace = (executable: string): Place => {
  const home = mkdtempSync(join(tmpdir(), "directory-connector-test-"));
  const running = new Set<ChildProcess>();
  const begin = (arguments_: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess => {
    const child = spawn(executable, arguments_, {
      cwd: home,
      env: {
        PATH: process.env["PATH"] ?? "",
        HOME: home,
        DIRECTORY_CONNECTOR_HOME: join(home, "home"),
        NO_COLOR: "1",
        ...env,
      },
      stdio: "pipe",
    });
    running.add(child);
    child.once("close", () => running.delete(child));
    return child;
  };
  const endOf = (child: ChildProcess, input: string): Promise<Ended> =>
    new Promise((done, failed) => {
      const text = { stdout: "", stderr: "" };
      child.stdout?.setEncoding("utf8").on("data", (part: string) => (text.stdout += part));
      child.stderr?.setEncoding("utf8").on("data", (part: string) => (text.stderr += part));
      child.once("error", failed).once("close", (code) => done({ code, ...text }));
      child.stdin?.on("error", () => undefined).end(input);
    });
  return {
    home,
    run: (arguments_, { input = "", env } = {}) => endOf(begin(arguments_, env), input),
    begin: (arguments_) => {
      const child = begin(arguments_);
      return { process: child, ended: endOf(child, "") };
    },
    start: (arguments_, ready) =>
      new Promise((done, failed) => {
        const child = begin(arguments_);
        let stdout = "";
        let stderr = "";
        child.stderr?.setEncoding("utf8").on("data", (part: string) => (stderr += part));
        child.stdout?.setEncoding("utf8").on("data", (part: string) => {
          stdout += part;
          if (ready.test(stdout)) done({ process: child, stdout });
        });
        child
          .once("error", failed)
          .once("close", (code) => failed(new Error(`ended with ${code} before it was ready: ${stdout}${stderr}`)));
      }),
    end: async () => {
      await Promise.all(
        [...running].map((child) => new Promise((ended) => child.once("close", ended).kill("SIGKILL"))),
      );
      rmSync(home, { recursive: true, force: true });
    },
  };
};
