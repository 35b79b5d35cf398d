import type { Readable, Writable } from "node:stream";
import type { Clock } from "../core/clock.ts";
import type { Client } from "../rpc/contract.ts";

/** Everything of the world that a command may touch; the composition root supplies it, tests supply their own. */
export interface CliContext {
  readonly version: string;
  /**
   * Opens the engine. Called at most once a command, and never by commands that do not need it (`completion`, `help`,
   * `sandbox`). Whoever called closes it.
   */
  readonly client: (options: ClientOptions) => Promise<Client>;
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly environment: Environment;
  /** Relative paths of arguments are resolved against it. */
  readonly workingDirectory: string;
  /** Questions to a person; undefined = nobody is there to answer (stdin or stderr is no terminal). */
  readonly prompts: () => Promise<Prompts | undefined>;
  readonly clock: Clock;
  /** IANA name; the computer's own when absent. */
  readonly timeZone?: string;
  /** Aborted by Ctrl-C or a request to end, with the signal's name (`"SIGINT"`, `"SIGTERM"`) as its reason. */
  readonly signal: AbortSignal;
  /** Text of a file; a failure is the system's own error (with `code`). */
  readonly readText: (path: string) => Promise<string>;
  readonly startSandbox: (options: SandboxOptions) => Promise<RunningSandbox>;
  /** A fresh temporary home with the sample company's directory; nothing is started and nothing of the user's is touched. */
  readonly startDemo: () => Promise<DemoHome>;
  readonly startPage: (options: ClientOptions, page: PageOptions) => Promise<RunningPage>;
  /** A new link to the page that another process of the same home serves. */
  readonly linkToPage: (options: ClientOptions) => Promise<string>;
}

export type Input = Readable & { readonly isTTY?: boolean };
export type Output = Writable & { readonly isTTY?: boolean; readonly columns?: number };
export type Environment = Readonly<Record<string, string | undefined>>;

/** From the global options; what is absent was not given. */
export interface ClientOptions {
  /** Instead of the process's own, so that a home of its own can also be free of the user's settings. */
  readonly environment: Environment;
  readonly home?: string;
  readonly config?: string;
  readonly logLevel?: LogLevel;
  readonly logFormat?: LogFormat;
  /** Settings for this command only, dotted path → text; they count over environment and files. */
  readonly overrides?: Readonly<Record<string, string>>;
  /** `--profile`, for the logs and for settings that depend on it; calls name it themselves. */
  readonly profile?: string;
}
export const logLevels = ["error", "warn", "info", "debug"] as const;
export type LogLevel = (typeof logLevels)[number];
export const logFormats = ["text", "json"] as const;
export type LogFormat = (typeof logFormats)[number];

/** Each answers undefined when the person cancels. */
export interface Prompts {
  text(question: Question): Promise<string | undefined>;
  hidden(question: Question): Promise<string | undefined>;
  confirm(question: { readonly message: string; readonly initial?: boolean }): Promise<boolean | undefined>;
  select<Value extends string>(question: {
    readonly message: string;
    readonly choices: readonly { readonly value: Value; readonly label: string; readonly hint?: string }[];
  }): Promise<Value | undefined>;
}
export interface Question {
  readonly message: string;
  readonly placeholder?: string;
  readonly initial?: string;
  /** Words to show when the answer will not do; undefined = fine. */
  readonly validate?: (answer: string) => string | undefined;
}

export const dialects = ["official-cloud", "official-selfhost", "vaultwarden"] as const;
export const sandboxPlans = ["enterprise", "teams", "teams-starter", "families", "free"] as const;

export interface SandboxOptions {
  readonly dialect: (typeof dialects)[number];
  readonly plan?: (typeof sandboxPlans)[number];
  /** `null` = unlimited. */
  readonly seats?: number | null;
  /** Absent or 0 = any free one. */
  readonly port?: number;
  /** Milliseconds added to every answer. */
  readonly latency?: number;
  /** Absolute path; kept there between starts. */
  readonly stateFile?: string;
}

export interface RunningSandbox {
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
  close(): Promise<void>;
}

export interface DemoHome {
  readonly home: string;
  /** The sample company's LDIF. */
  readonly directoryFile: string;
  remove(): Promise<void>;
}

/** Where the page may be reached: this computer, and nothing else. */
export const pageAddresses = ["127.0.0.1", "::1"] as const;

export interface PageOptions {
  readonly address: (typeof pageAddresses)[number];
  /** 0 = any free one. */
  readonly port: number;
  /** Told what takes a moment before the page can be shown. */
  readonly tell: (what: "building") => Promise<void>;
}

export interface RunningPage {
  readonly url: string;
  /** A link that works once; the one before it works no more. */
  newLink(): Promise<string>;
  /** Rejects when another process took over the page of this home. */
  readonly lost: Promise<never>;
  close(): Promise<void>;
}
