import { Fault, faultKinds, isFault, type FaultCode } from "../core/fault.ts";
import type { CallOptions, ProgressEvent } from "./contract.ts";
import { Answer, Question } from "./contract/messages.ts";
import type { AnswerOptions, Answers, Caller, ContractShape } from "./contract/shape.ts";
import { createCoalescer, type Timer } from "./links/coalesce.ts";
import { isTooLarge, messageLimit, type Link } from "./links/link.ts";

export interface ServeOptions {
  readonly timer: Timer;
  /** Takes secrets out of the words of an unforeseen error before they leave. */
  readonly redact: (text: string) => string;
  /** Told of errors that are no Fault: defects, for the log. */
  readonly onDefect: (name: string, error: unknown) => void;
  /** Calls that go on to their end although whoever asked has gone; none unless given. `Serving.close` stops them too. */
  readonly outlives?: ReadonlySet<string>;
}

export interface Serving {
  /** Stops what runs, waits until it has let go, and closes the link. */
  close(): Promise<void>;
  /** Settles when the link has closed, whoever closed it, and every call has come to its end. */
  readonly ended: Promise<void>;
}

/** A typed client of whatever serves the contract at the other end of the link. */
export function connect<Shape extends ContractShape>(contract: Shape, link: Link): Caller<Shape>;
export function connect(contract: ContractShape, link: Link): Caller<ContractShape> {
  const open = new Map<number, Open>();
  let next = 0;
  let closed = false;
  link.onMessage((text) => {
    const message = read(text, (value) => Answer.safeParse(value).data);
    if (message === undefined) return link.close();
    if ("progress" in message) return open.get(message.progress)?.onProgress?.(message.event);
    const call = "fault" in message ? message.fault : message.result;
    const asked = open.get(call);
    open.delete(call);
    if ("fault" in message) asked?.reject(faultOf(message.code, message.params));
    else asked?.resolve(message.value);
  });
  link.onClose(() => {
    closed = true;
    for (const { reject } of open.values()) reject(new Fault("rpc.closed", {}));
    open.clear();
  });
  return {
    call: async (name, input, { signal, onProgress } = {}) => {
      const procedure = contract[name];
      if (procedure === undefined) throw unknownProcedure(name);
      if (signal?.aborted === true) throw new Fault("run.interrupted", { stage: "starting" });
      if (closed) throw new Fault("rpc.closed", {});
      const call = next;
      next += 1;
      const text = JSON.stringify({ call, name, input });
      if (isTooLarge(text)) throw tooLarge(name, "question");
      const cancel = (): void => link.send(JSON.stringify({ cancel: call }));
      signal?.addEventListener("abort", cancel, { once: true });
      try {
        const value = await new Promise<unknown>((resolve, reject) => {
          open.set(call, { resolve, reject, onProgress });
          link.send(text);
        });
        return agreed(name, procedure.output.safeParse(value));
      } finally {
        signal?.removeEventListener("abort", cancel);
      }
    },
    close: async () => {
      await Promise.resolve();
      link.close();
    },
  };
}

interface Open {
  readonly resolve: (value: unknown) => void;
  readonly reject: (fault: Fault) => void;
  readonly onProgress: CallOptions["onProgress"];
}

/** Answers every call that arrives over the link, several at once; nothing but a Fault's code and params leaves when one fails. */
export function serve<Shape extends ContractShape>(
  contract: Shape,
  answers: Answers<Shape>,
  link: Link,
  options: ServeOptions,
): Serving;
export function serve(contract: ContractShape, answers: AnyAnswers, link: Link, options: ServeOptions): Serving {
  const running = new Map<number, Running>();
  link.onMessage((text) => {
    const message = read(text, (value) => Question.safeParse(value).data);
    if (message === undefined) return link.close();
    if ("cancel" in message) return running.get(message.cancel)?.stop.abort(new Fault("run.interrupted", {}));
    const { call, name, input } = message;
    if (running.has(call)) return link.close();
    const stop = new AbortController();
    const done = answer({ contract, answers, link, options, call, name, input, signal: stop.signal }).finally(() =>
      running.delete(call),
    );
    running.set(call, { name, stop, done });
  });
  const stopThose = async (which: (name: string) => boolean): Promise<void> => {
    for (const { name, stop } of running.values()) if (which(name)) stop.abort(new Fault("run.interrupted", {}));
    await Promise.all([...running.values()].map(({ done }) => done));
  };
  const ended = new Promise<void>((resolve) => {
    link.onClose(() => void stopThose((name) => options.outlives?.has(name) !== true).then(resolve));
  });
  return {
    ended,
    close: async () => {
      await stopThose(() => true);
      link.close();
    },
  };
}

interface Running {
  readonly name: string;
  readonly stop: AbortController;
  readonly done: Promise<void>;
}

type AnyAnswers = Readonly<Record<string, (input: unknown, options: AnswerOptions) => Promise<unknown>>>;

interface Answering {
  readonly contract: ContractShape;
  readonly answers: AnyAnswers;
  readonly link: Link;
  readonly options: ServeOptions;
  readonly call: number;
  readonly name: string;
  readonly input: unknown;
  readonly signal: AbortSignal;
}

/** One call from its message to its answer; never throws. */
const answer = async (one: Answering): Promise<void> => {
  const { link, options, call, name, signal } = one;
  const progress = createCoalescer<ProgressEvent>(options.timer, (event) =>
    link.send(JSON.stringify({ progress: call, event })),
  );
  let text: string;
  try {
    const value = await run(one, (event) =>
      progress.add("stage" in event ? "stage" : (Object.keys(event)[0] ?? ""), event),
    );
    text = JSON.stringify({ result: call, value });
    if (isTooLarge(text)) throw tooLarge(name, "answer");
  } catch (error) {
    const fault = isFault(error)
      ? error
      : signal.aborted
        ? new Fault("run.interrupted", {}, error)
        : defect(one, error);
    text = JSON.stringify({ fault: call, code: fault.code, params: fault.params });
  }
  progress.end();
  link.send(text);
};

const run = async (
  { contract, answers, name, input, signal }: Answering,
  onProgress: (event: ProgressEvent) => void,
): Promise<unknown> => {
  const procedure = Object.hasOwn(contract, name) ? contract[name] : undefined;
  const answerer = answers[name];
  if (procedure === undefined || answerer === undefined) throw unknownProcedure(name);
  const parsed = procedure.input.safeParse(input);
  if (!parsed.success)
    throw new Fault("usage.invalid", { command: name.split(".")[0] ?? name, reason: wordsOf(parsed.error) });
  const value = await answerer(parsed.data, {
    signal,
    onProgress: procedure.progress === true ? onProgress : () => undefined,
  });
  return agreed(name, procedure.output.safeParse(value));
};

/** An answer that is not as agreed is a defect of whoever gave it, and goes no further. */
const agreed = <Value>(name: string, checked: Checked<Value>): Value => {
  if (checked.success) return checked.data;
  throw new Error(`the answer to ${name} is not as agreed: ${wordsOf(checked.error)}`);
};
type Checked<Value> =
  | { readonly success: true; readonly data: Value }
  | { readonly success: false; readonly error: Issues };
interface Issues {
  readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[];
}

const defect = ({ options, name }: Answering, error: unknown): Fault => {
  options.onDefect(name, error);
  return new Fault("internal.defect", {
    reason: options.redact(error instanceof Error ? error.message : String(error)),
  });
};

const unknownProcedure = (name: string): Fault => new Fault("rpc.unknown", { name });
const tooLarge = (name: string, what: "question" | "answer"): Fault =>
  new Fault("rpc.too_large", { name, what, limit: messageLimit });

/** Where and what, without the value that was wrong: it may be a secret. */
const wordsOf = ({ issues }: Issues): string =>
  issues.map((issue) => `${issue.path.map(String).join(".") || "it"}: ${issue.message}`).join("; ");

/** A code this end does not know (an older window at a newer engine) stays readable as a defect. */
const faultOf = (code: string, params: Fault["params"]): Fault =>
  isFaultCode(code) ? new Fault(code, params) : new Fault("internal.defect", { reason: code });
const isFaultCode = (code: string): code is FaultCode => Object.hasOwn(faultKinds, code);

/** A message, or undefined for what is none. */
const read = <Message>(text: string, parse: (value: unknown) => Message | undefined): Message | undefined => {
  if (isTooLarge(text)) return undefined;
  try {
    return parse(JSON.parse(text));
  } catch {
    return undefined;
  }
};
