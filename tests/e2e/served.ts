import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WebSocket } from "ws";
import { makeKey } from "../../src/main/page/gate.ts";
import { entrance } from "../../src/main/page/server.ts";
import { contract, type Client } from "../../src/rpc/contract.ts";
import { socketLink } from "../../src/rpc/links/socket.ts";
import { stdioLink } from "../../src/rpc/links/stdio.ts";
import { connect } from "../../src/rpc/peer.ts";
import { openSqliteStore } from "../../src/store/sqlite/index.ts";
import { startSandbox, type Sandbox, type SandboxOptions } from "../../src/organizations/sandbox/sandbox.ts";

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `directory-connector serve` of the sources, on a fresh home; and the command line on the same home. */
export interface Served extends AsyncDisposable {
  readonly folder: string;
  readonly home: string;
  readonly url: string;
  readonly pid: number;
  /** A link that works once. */
  link(): Promise<string>;
  /** Another command line on the same home, as somebody types it in a terminal beside the browser. */
  cli(argv: readonly string[], input?: string): Promise<Ended>;
  /** A page without its browser: let in by a link, it speaks to the engine. */
  client(): Promise<Client & AsyncDisposable>;
  /** What a desktop window starts on the same home; closing it ends that process. */
  sidecar(): Client;
  /** Asks it to stop, as `systemctl stop` does, and gives its exit code. */
  stop(): Promise<number | null>;
  /** Kills it. */
  kill(): Promise<void>;
  /** Starts it again on the same home and port, after `stop` or `kill`. */
  restart(): Promise<void>;
  /** From the next start on, every process of this home lives so many days ahead. */
  liveAhead(days: number): void;
  /** What its clock shows, in milliseconds since 1970. */
  now(): number;
}

export const startServed = async (environment: Readonly<Record<string, string>> = {}): Promise<Served> => {
  const folder = mkdtempSync(join(tmpdir(), "directory-connector-e2e-"));
  const home = join(folder, "home");
  const running = new Set<ChildProcess>();
  let ahead = 0;
  const now = (): number => Date.now() + ahead * 86_400_000;
  const start = (argv: readonly string[]): ChildProcess => {
    const child = spawn(process.execPath, ["src/main/cli.ts", ...argv], {
      // Nothing of whoever runs the tests: no keychain, no proxy, no settings.
      env: {
        PATH: process.env["PATH"] ?? "",
        HOME: folder,
        DIRECTORY_CONNECTOR_HOME: home,
        NO_COLOR: "1",
        ...(ahead === 0 ? {} : { DIRECTORY_CONNECTOR_CLOCK_AHEAD: `${ahead}d` }),
        ...environment,
      },
      stdio: "pipe",
    });
    running.add(child);
    child.once("close", () => running.delete(child));
    return child;
  };
  const cli: Served["cli"] = (argv, input = "") => {
    const child = start(argv);
    child.stdin?.on("error", () => undefined).end(input);
    return endOf(child);
  };
  const serve = async (port: number): Promise<{ child: ChildProcess; url: string }> => {
    const child = start(["serve", "--port", String(port), "--json"]);
    return { child, url: new URL(await firstLink(child)).origin };
  };
  const end = (child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> =>
    child.exitCode === null && child.signalCode === null
      ? new Promise((ended) => {
          child.once("close", ended);
          child.kill(signal);
        })
      : Promise.resolve(child.exitCode);
  // As `serve --link` does, without the time a process takes.
  const linkOf = async (): Promise<string> => {
    await using store = await openSqliteStore({ path: join(home, "state.db"), version: "test" });
    return `${url}${entrance}?key=${await makeKey({ store, now, random: randomBytes })}`;
  };
  let { child, url } = await serve(0).catch((error: unknown) => {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  });
  return {
    folder,
    home,
    get url() {
      return url;
    },
    get pid() {
      return child.pid ?? 0;
    },
    link: linkOf,
    cli,
    client: async () => {
      const entered = await fetch(await linkOf());
      const cookie = entered.headers.get("set-cookie")?.split(";")[0] ?? "";
      const socket = new WebSocket(`${url.replace("http", "ws")}/engine`, { headers: { cookie, origin: url } });
      await new Promise((opened, failed) => socket.once("open", opened).once("error", failed));
      const client = connect(contract, socketLink(socket));
      return { ...client, [Symbol.asyncDispose]: () => client.close() };
    },
    sidecar: () => {
      const beside = start(["--stdio"]);
      if (beside.stdin === null || beside.stdout === null) throw new Error("no way to speak");
      const input = beside.stdin;
      const client = connect(contract, stdioLink(beside.stdout, input));
      return {
        call: (name, input, options) => client.call(name, input, options),
        close: async () => {
          await client.close();
          input.end();
          await end(beside, "SIGTERM");
        },
      };
    },
    stop: () => end(child, "SIGTERM"),
    kill: async () => void (await end(child, "SIGKILL")),
    now,
    liveAhead: (days) => {
      ahead = days;
    },
    restart: async () => {
      ({ child, url } = await serve(Number(new URL(url).port)));
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([...running].map((one) => end(one, "SIGKILL")));
      rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
};

/** An organization's server with the computer's own time, unless told another. */
export const startOrganization = (options: Partial<Omit<SandboxOptions, "random">> = {}): Promise<Sandbox> =>
  startSandbox({ dialect: "official-cloud", now: () => Date.now(), ...options, random: Math.random });

/** Logs in to an organization as somebody at a terminal does, who then opens the page. */
export const logIn = async (served: Served, { url, clientId, clientSecret }: Sandbox): Promise<void> =>
  good(
    served,
    ["login", "--server", url, "--client-id", clientId, "--client-secret-stdin", "--name", "firm"],
    clientSecret,
  );

/** A command that has to work. */
export const good = async (served: Served, argv: readonly string[], input?: string): Promise<void> => {
  const { code, stderr } = await served.cli(argv, input);
  if (code !== 0) throw new Error(`${argv.join(" ")} ended with ${code}: ${stderr}`);
};

const firstLink = (child: ChildProcess): Promise<string> =>
  new Promise((done, failed) => {
    const said = { stdout: "", stderr: "" };
    child.stderr?.setEncoding("utf8").on("data", (part: string) => (said.stderr += part));
    child.stdout?.setEncoding("utf8").on("data", (part: string) => {
      said.stdout += part;
      if (said.stdout.includes("\n")) done(linkIn(said.stdout));
    });
    child
      .once("error", failed)
      .once("close", (code) => failed(new Error(`serve ended with ${code}: ${said.stdout}${said.stderr}`)));
  });

const linkIn = (line: string): string => {
  const told: unknown = JSON.parse(line);
  if (typeof told !== "object" || told === null || !("link" in told) || typeof told.link !== "string")
    throw new Error(`no link in ${line}`);
  return told.link;
};

const endOf = (child: ChildProcess): Promise<Ended> =>
  new Promise((done, failed) => {
    const text = { stdout: "", stderr: "" };
    child.stdout?.setEncoding("utf8").on("data", (part: string) => (text.stdout += part));
    child.stderr?.setEncoding("utf8").on("data", (part: string) => (text.stderr += part));
    child.once("error", failed).once("close", (code) => done({ code, ...text }));
  });
