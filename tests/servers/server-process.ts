import { type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

/** A folder of its own for a server; it goes with `remove`, or with the process. */
export function createServerFolder(prefix: string): { readonly folder: string; readonly remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  const erase = (): void => rmSync(folder, { recursive: true, force: true });
  process.once("exit", erase);
  return {
    folder,
    remove: () => {
      process.off("exit", erase);
      erase();
    },
  };
}

/**
 * A test that is killed cannot stop its server; where the system can, it goes with the process that started it. The
 * program and what goes before its own arguments.
 */
export function endingWithUs(program: string): readonly [program: string, before: readonly string[]] {
  const tool = "/usr/bin/setpriv";
  return existsSync(tool) ? [tool, ["--pdeathsig", "KILL", program]] : [program, []];
}

/** Waits until a server listens: true; false when it ended instead, or `seconds` went by. */
export async function answers(server: ChildProcess, host: string, port: number, seconds = 15): Promise<boolean> {
  for (let tries = 0; tries < seconds * 100 && server.exitCode === null; tries += 1) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, host, () => {
        socket.destroy();
        resolve(true);
      }).once("error", () => resolve(false));
    });
    if (isOpen) return true;
    await wait(10);
  }
  return false;
}

/** Ends a server and waits until it has. */
export async function stop(server: ChildProcess, signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const closed = once(server, "close");
  server.kill(signal);
  await closed;
}

/** Two ports of 127.0.0.1 nobody listens on at the moment; somebody may be faster. */
export async function freePorts(): Promise<[number, number]> {
  const servers = [createServer(), createServer()];
  const ports: number[] = [];
  for (const server of servers) {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    ports.push(typeof address === "object" && address !== null ? address.port : 0);
  }
  await Promise.all(servers.map(async (server) => once(server.close(), "close")));
  return [ports[0] ?? 0, ports[1] ?? 0];
}
