import { isAbsolute, resolve } from "node:path";
import { Fault } from "../core/fault.ts";
import type { Client, Input, Output, ProcedureName } from "../rpc/contract.ts";
import type { CliContext, ClientOptions, LogFormat, LogLevel } from "./context.ts";
import { createProgressLine } from "./progress.ts";
import type { CommandSpec } from "./specs.ts";
import type { Screen } from "./views/layout.ts";
import { createStyle } from "./views/style.ts";
import type { Words } from "./words.ts";

/** A command: does its work and gives the exit code. */
export type Run = (invocation: Invocation, session: Session) => Promise<number>;

/** What was typed. */
export interface Invocation {
  readonly spec: CommandSpec;
  /** `["config", "set"]` */
  readonly path: readonly string[];
  readonly arguments: readonly string[];
  flag(name: string): boolean;
  text(name: string): string | undefined;
  list(name: string): readonly string[];
  /** A whole number, 0 or more; Fault `usage.invalid`. */
  count(name: string): number | undefined;
  /** `true` or `false` of a negatable option, undefined when it was not given. */
  choice(name: string): boolean | undefined;
}

export interface Globals {
  readonly profile?: string;
  readonly home?: string;
  readonly config?: string;
  /** Dotted path → text, for this command only. */
  readonly overrides?: Readonly<Record<string, string>>;
  readonly logLevel?: LogLevel;
  readonly logFormat?: LogFormat;
  readonly language?: string;
  readonly json: boolean;
  readonly color: boolean;
  readonly detailed: boolean;
  readonly strict: boolean;
  readonly wait: boolean;
}

/** What a command has to work with while it runs. */
export interface Session {
  readonly context: CliContext;
  readonly globals: Globals;
  /** `{ profile }` of the global option, for inputs of calls. */
  readonly profile: { readonly profile?: string };
  /** What leads to the home, for what is opened beside the engine. */
  readonly clientOptions: ClientOptions;
  /** Asks the engine; progress is shown on a terminal, Ctrl-C stops it. */
  call<Name extends ProcedureName>(name: Name, input: Input<Name>): Promise<Output<Name>>;
  /** The twins: words for people, or one line of JSON with `--json`. */
  show<Value>(
    value: Value,
    human: (value: Value, screen: Screen) => string,
    json: (value: Value) => unknown,
  ): Promise<void>;
  /** To stdout, as it is. */
  write(text: string): Promise<void>;
  /** To stderr: what is not data. */
  tell(text: string): Promise<void>;
  words(): Promise<Words>;
  screen(): Promise<Screen>;
  /** An argument's path, from the working directory. */
  pathOf(path: string): string;
  /** Runs another command line, as a user would, in a world of its own. */
  again(argv: readonly string[], context: CliContext): Promise<number>;
  close(): Promise<void>;
}

export const createSession = (context: CliContext, globals: Globals, again: Session["again"]): Session => {
  let client: Promise<Client> | undefined;
  let words: Promise<Words> | undefined;
  const output = createOutput(context);
  const loadWords = async (): Promise<Words> =>
    (words ??= import("./words.ts").then(({ loadWords }) =>
      loadWords({ language: globals.language, timeZone: context.timeZone, now: context.clock.now() }),
    ));
  const screen = async (): Promise<Screen> => ({
    words: await loadWords(),
    width: widthOf(context.stdout),
    style: createStyle(globals.color && hasColour(context, context.stdout)),
    rows: 20,
  });
  return {
    context,
    globals,
    profile: globals.profile === undefined ? {} : { profile: globals.profile },
    clientOptions: clientOptions(context, globals),
    call: async (name, input) => {
      client ??= context.client(clientOptions(context, globals));
      const progress = createProgressLine(context.stderr, loadWords, globals.json);
      try {
        return await (await client).call(name, input, { signal: context.signal, onProgress: progress.show });
      } finally {
        progress.end();
      }
    },
    show: async (value, human, json) =>
      output.write(globals.json ? `${JSON.stringify(json(value))}\n` : human(value, await screen())),
    write: output.write,
    tell: output.tell,
    words: loadWords,
    screen,
    again,
    pathOf: (path) => (isAbsolute(path) ? path : resolve(context.workingDirectory, path)),
    close: async () => {
      if (client !== undefined) await (await client.catch(() => undefined))?.close();
    },
  };
};

/** A person did not want to answer: nothing was done, which needs no explanation. */
export class Cancelled extends Error {}

/** A reader of stdout that went away ends the command quietly; this tells it apart from a failure. */
export class OutputClosed extends Error {}

const createOutput = ({ stdout, stderr }: CliContext) => {
  const write = (output: CliContext["stdout"], text: string): Promise<void> =>
    new Promise((done, failed) => {
      if (text === "") done();
      else output.write(text, (error) => (error instanceof Error ? failed(closedOr(error)) : done()));
    });
  return {
    write: (text: string) => write(stdout, text),
    tell: (text: string) => write(stderr, text).catch(ignoreClosed),
  };
};

const closedOr = (error: Error): Error =>
  "code" in error && (error.code === "EPIPE" || error.code === "ERR_STREAM_DESTROYED") ? new OutputClosed() : error;
const ignoreClosed = (error: unknown): void => {
  if (!(error instanceof OutputClosed)) throw error;
};

/** 100 in pipes; on a terminal its own, at most 100. */
export const widthOf = ({ isTTY, columns }: CliContext["stdout"]): number =>
  isTTY === true && columns !== undefined && columns > 0 ? Math.max(40, Math.min(columns, 100)) : 100;

export const hasColour = ({ environment }: CliContext, { isTTY }: CliContext["stdout"]): boolean =>
  isTTY === true && (environment["NO_COLOR"] ?? "") === "" && environment["TERM"] !== "dumb";

const clientOptions = (context: CliContext, globals: Globals): ClientOptions => ({
  environment: context.environment,
  ...(globals.home === undefined ? {} : { home: globals.home }),
  ...(globals.config === undefined ? {} : { config: globals.config }),
  ...(globals.logLevel === undefined ? {} : { logLevel: globals.logLevel }),
  ...(globals.logFormat === undefined ? {} : { logFormat: globals.logFormat }),
  ...(globals.profile === undefined ? {} : { profile: globals.profile }),
  ...(globals.overrides === undefined ? {} : { overrides: globals.overrides }),
});

/** The command line was not understood; `reason` is a code with words under `reason.usage.invalid.<reason>`. */
export const usage = (
  reason: string,
  params: Readonly<Record<string, string | number | readonly string[] | undefined>> = {},
): Fault => new Fault("usage.invalid", { command: "help", ...params, reason });
