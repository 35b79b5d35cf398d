import type { ClientOptions } from "../cli/context.ts";
import { Fault } from "../core/fault.ts";
import { driveSchedules } from "../engine/schedule.ts";
import type { CallOptions, Handlers, Input, Output } from "../rpc/contract.ts";
import type { Link } from "../rpc/links/link.ts";
import type { Serving } from "../rpc/peer.ts";
import { openApp, type App } from "./app.ts";
import { openBeside } from "./beside.ts";
import { serveApp, serveFailure } from "./serve-app.ts";

/**
 * The engine as a window or the browser has it: one for all faces that come and go while it lives. It polls the profiles
 * for which that was started.
 */
export interface Host extends AsyncDisposable {
  /** Answers a face until its link closes; a run it began goes on then, and is followed by whoever comes next. */
  readonly attach: (link: Link) => void;
}

/** Runs have a thread each, so that pages are answered while 100,000 people are compared; its memory ends with the run. */
const runs = ["plan.create", "plan.apply", "sync.run"] as const;
type RunName = (typeof runs)[number];

/**
 * Opens the engine of the home the options lead to. Never throws: where the home, the store or the configuration is
 * unusable, every call answers with that fault. Disposing stops every run, which is recorded as interrupted, and waits.
 */
export const openHost = async (options: ClientOptions): Promise<Host> => {
  let app: App;
  try {
    app = await openApp(options);
  } catch (error) {
    return { attach: (link) => void serveFailure(error, link), [Symbol.asyncDispose]: async () => undefined };
  }
  const host = hostOf(app, options);
  return {
    attach: host.attach,
    [Symbol.asyncDispose]: async () => {
      await host[Symbol.asyncDispose]();
      await app[Symbol.asyncDispose]();
    },
  };
};

/** A host of an engine that is open; whoever opened that closes it afterwards. */
export const hostOf = (app: App, options: ClientOptions): Host => {
  const handlers: Handlers = { ...app.handlers, ...runsBeside(options) };
  const outlives: ReadonlySet<string> = new Set(runs);
  const open = new Set<Serving>();
  const stop = new AbortController();
  const driving = driveSchedules(app.engine, {
    run: (profile, signal) => handlers["sync.run"]({ profile }, { signal, onProgress: () => undefined }),
    changed: app.bell.rung,
    signal: stop.signal,
  });
  return {
    attach: (link) => {
      const serving = serveApp({ ...app, handlers }, link, outlives);
      open.add(serving);
      void serving.ended.then(() => open.delete(serving));
    },
    [Symbol.asyncDispose]: async () => {
      stop.abort(new Fault("run.interrupted", {}));
      await Promise.all([driving, ...[...open].map((serving) => serving.close())]);
    },
  };
};

const runsBeside = (options: ClientOptions): Pick<Handlers, RunName> => ({
  "plan.create": (input, call) => beside(options, "plan.create", input, call),
  "plan.apply": (input, call) => beside(options, "plan.apply", input, call),
  "sync.run": (input, call) => beside(options, "sync.run", input, call),
});

const beside = async <Name extends RunName>(
  options: ClientOptions,
  name: Name,
  input: Input<Name>,
  call: CallOptions,
): Promise<Output<Name>> => {
  const client = openBeside(options);
  try {
    return await client.call(name, input, call);
  } finally {
    await client.close();
  }
};
