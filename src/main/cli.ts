import { readFile } from "node:fs/promises";
import { runCli } from "../cli/command.ts";
import type { CliContext } from "../cli/context.ts";
import { systemClock } from "./clock.ts";
import { version } from "./version.ts";

/** The command line: arguments without the program's name in, exit code out. */
export const main = async (argv: readonly string[]): Promise<number> => {
  const stop = new AbortController();
  const interrupt = (signal: NodeJS.Signals): void => {
    // The first one lets the run record where it stopped; whoever insists ends the process at once.
    if (stop.signal.aborted) process.exit(signal === "SIGTERM" ? 143 : 130);
    stop.abort(signal);
  };
  process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
  try {
    // Not a command: what a desktop window starts, without any of the command line.
    if (argv[0] === "--stdio") return await (await import("./sidecar.ts")).serveStdio(argv, stop.signal);
    return await runCli(argv, contextOf(stop.signal));
  } finally {
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
  }
};

const contextOf = (signal: AbortSignal): CliContext => ({
  version,
  client: async (options) => (await import("./client.ts")).openClient(options),
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  environment: process.env,
  workingDirectory: process.cwd(),
  prompts: async () =>
    process.stdin.isTTY && process.stderr.isTTY
      ? (await import("../cli/prompts.ts")).createPrompts(process.stderr)
      : undefined,
  clock: systemClock,
  signal,
  readText: (path) => readFile(path, "utf8"),
  startSandbox: async (options) => (await import("./try-out.ts")).startSandbox(options),
  startDemo: async () => (await import("./try-out.ts")).startDemo(),
  startPage: async (options, page) => (await import("./serve.ts")).startPage(options, page),
  linkToPage: async (options) => (await import("./serve.ts")).linkToRunning(options),
});

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));
