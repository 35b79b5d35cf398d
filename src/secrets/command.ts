import { spawn } from "node:child_process";
import { systemCode } from "../core/system-code.ts";

/** How a program ended. */
export type CommandResult =
  | { readonly ended: "exit"; readonly code: number; readonly stdout: string; readonly stderr: string }
  | { readonly ended: "signal"; readonly signal: string; readonly stdout: string; readonly stderr: string }
  | { readonly ended: "late" }
  | { readonly ended: "too-long" }
  | { readonly ended: "not-started"; readonly reason: string };

export type RunCommand = (
  command: readonly string[],
  options: { readonly env: Readonly<Record<string, string | undefined>>; readonly timeoutMs: number },
) => Promise<CommandResult>;

/** A secret is a line or a key file; more than this is something else. */
const mostBytes = 65_536;

/** Runs a program without a shell, with nothing to read, and never for longer than it may. */
export const runCommand: RunCommand = async ([program = "", ...args], { env, timeoutMs }) =>
  new Promise((resolve) => {
    const child = spawn(program, args, { env, stdio: ["ignore", "pipe", "pipe"], windowsHide: true });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let bytes = 0;
    const end = (result: CommandResult): void => {
      clearTimeout(timer);
      resolve(result);
    };
    const stop = (result: CommandResult): void => {
      child.kill("SIGKILL");
      child.stdout.destroy();
      child.stderr.destroy();
      child.unref();
      end(result);
    };
    const timer = setTimeout(() => stop({ ended: "late" }), timeoutMs);
    const take = (into: Buffer[]) => (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > mostBytes) stop({ ended: "too-long" });
      else into.push(chunk);
    };
    child.stdout.on("data", take(stdout));
    child.stderr.on("data", take(stderr));
    child.on("error", (error) => end({ ended: "not-started", reason: reasonOf(error) }));
    child.on("close", (code, signal) => {
      const printed = {
        stdout: Buffer.concat(stdout).toString("utf8"),
        stderr: Buffer.concat(stderr).toString("utf8"),
      };
      if (code === null) end({ ended: "signal", signal: signal ?? "", ...printed });
      else end({ ended: "exit", code, ...printed });
    });
  });

/** `ENOENT`, `EACCES` …: the rest of the message repeats the command. */
const reasonOf = (error: Error): string => systemCode(error) || error.message;
