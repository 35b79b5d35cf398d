import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What a process took, by GNU time (Debian's package `time`): whole process, threads included. */
export interface Taken {
  readonly seconds: number;
  /** In it and in the system for it. */
  readonly cpu: number;
  readonly megabytes: number;
}

export interface Measured extends Taken {
  /** CPU of the directory's server meanwhile. */
  readonly server: number;
}

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

/** Runs commands one after another and gives them together: seconds added up, the larger memory. Any that fails throws. */
export const measure = async (commands: readonly Command[], serverPid: number): Promise<Measured> => {
  const before = processorTime(serverPid);
  let all: Taken = { seconds: 0, cpu: 0, megabytes: 0 };
  for (const command of commands) {
    const taken = await run(command);
    all = {
      seconds: all.seconds + taken.seconds,
      cpu: all.cpu + taken.cpu,
      megabytes: Math.max(all.megabytes, taken.megabytes),
    };
  }
  return { ...all, server: processorTime(serverPid) - before };
};

/** The best of several rounds, figure by figure. */
export const best = (rounds: readonly Measured[]): Measured => {
  const least = (pick: (round: Measured) => number): number => Math.min(...rounds.map(pick));
  return {
    seconds: least((round) => round.seconds),
    cpu: least((round) => round.cpu),
    megabytes: least((round) => round.megabytes),
    server: least((round) => round.server),
  };
};

const run = async ({ program, args, env, input }: Command): Promise<Taken> => {
  const folder = mkdtempSync(join(tmpdir(), "directory-connector-bench-"));
  try {
    const file = join(folder, "time");
    const started = performance.now();
    const child = spawn("/usr/bin/time", ["-q", "-o", file, "-f", "%U %S %M", program, ...args], {
      stdio: ["pipe", "ignore", "pipe"],
      env: { ...process.env, NO_COLOR: "1", ...env },
    });
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (part: string) => (said += part));
    child.stdin.end(input ?? "");
    const [code] = await once(child, "close");
    const seconds = (performance.now() - started) / 1000;
    if (code !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${code}: ${said}`);
    const [user = 0, system = 0, kilobytes = 0] = readFileSync(file, "utf8").trim().split(" ").map(Number);
    return { seconds, cpu: user + system, megabytes: kilobytes / 1000 };
  } finally {
    rmSync(folder, { recursive: true });
  }
};

/** Seconds of CPU a process has used (proc(5), clock ticks of 10 ms). */
const processorTime = (pid: number): number => {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
};
