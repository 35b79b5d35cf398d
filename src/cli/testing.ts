import { Readable, Writable } from "node:stream";
import type { Client, Input, Output, ProcedureName } from "../rpc/contract.ts";
import { runCli } from "./command.ts";
import type { CliContext, ClientOptions, Prompts } from "./context.ts";

/** Answers of a hand-written engine: a value, or a function of the question; a call without an answer is a defect of the test. */
export type Answers = {
  readonly [Name in ProcedureName]?: Output<Name> | ((input: Input<Name>) => Output<Name> | Promise<Output<Name>>);
};

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What was asked of the engine, in order. */
  readonly calls: readonly (readonly [string, unknown])[];
  /** With which options the engine was opened. */
  readonly opened: readonly ClientOptions[];
  readonly closed: number;
}

export interface World extends Partial<Omit<CliContext, "client" | "stdin" | "stdout" | "stderr" | "prompts">> {
  readonly answers?: Answers;
  readonly client?: CliContext["client"];
  readonly stdin?: string;
  /** Both outputs are terminals of this width; otherwise pipes. */
  readonly terminal?: number;
  /** Answers to the questions, in order; undefined = nobody is there. */
  readonly prompts?: Partial<Prompts>;
  /** Instead of a stdout that keeps everything. */
  readonly stdout?: Writable;
}

/** Runs a command line in this process, as a user would, against a made-up or a real engine. */
export const runInProcess = async (argv: readonly string[], world: World = {}): Promise<Ran> => {
  const { answers = {}, client, stdin, terminal, prompts, stdout: given, ...rest } = world;
  const calls: (readonly [string, unknown])[] = [];
  const opened: ClientOptions[] = [];
  let closed = 0;
  const stdout = collect(terminal);
  const stderr = collect(terminal);
  const input = Object.assign(Readable.from(stdin === undefined ? [] : [stdin]), { isTTY: terminal !== undefined });
  const context: CliContext = {
    version: "1.2.3",
    environment: {},
    workingDirectory: "/work/here",
    clock: { now: () => Date.parse("2026-11-14T14:30:00Z"), sleep: () => Promise.resolve() },
    timeZone: "UTC",
    signal: new AbortController().signal,
    readText: (path) => Promise.reject(Object.assign(new Error(`no ${path}`), { code: "ENOENT" })),
    startSandbox: () => Promise.reject(new Error("no sandbox here")),
    startDemo: () => Promise.reject(new Error("no demo here")),
    startPage: () => Promise.reject(new Error("no page here")),
    linkToPage: () => Promise.reject(new Error("no page here")),
    ...rest,
    stdin: input,
    stdout: given ?? stdout.stream,
    stderr: stderr.stream,
    prompts: () => Promise.resolve(prompts === undefined ? undefined : { ...unexpected, ...prompts }),
    client: async (options) => {
      opened.push(options);
      const real = client === undefined ? fakeClient(answers, calls) : await client(options);
      return {
        call: (name, question, how) => real.call(name, question, how),
        close: async () => {
          closed += 1;
          await real.close();
        },
      };
    },
  };
  const code = await runCli(argv, context);
  return { code, stdout: stdout.text(), stderr: stderr.text(), calls, opened, closed };
};

const collect = (columns: number | undefined) => {
  let text = "";
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      text += chunk.toString();
      done();
    },
  });
  return {
    stream: columns === undefined ? stream : Object.assign(stream, { isTTY: true, columns }),
    text: () => text,
  };
};

/** Every answer goes through JSON, as over a link. */
const fakeClient = (answers: Answers, calls: (readonly [string, unknown])[]): Client => ({
  call: async (name, input) => {
    calls.push([name, input]);
    const answer: unknown = answers[name];
    if (answer === undefined) throw new Error(`nobody answers ${name}`);
    const value: unknown = isFunction(answer) ? await answer(input) : answer;
    return JSON.parse(JSON.stringify(value));
  },
  close: () => Promise.resolve(),
});

const isFunction = (value: unknown): value is (input: unknown) => unknown => typeof value === "function";

const asked = (): Promise<never> => Promise.reject(new Error("an unexpected question"));
const unexpected: Prompts = { text: asked, hidden: asked, confirm: asked, select: asked };
