import { MessageChannel, type Worker } from "node:worker_threads";
import type { ClientOptions } from "../cli/context.ts";
import { Fault } from "../core/fault.ts";
import { contract, type CallOptions, type Client } from "../rpc/contract.ts";
import { inProcessLink } from "../rpc/links/in-process.ts";
import { portLink } from "../rpc/links/port.ts";
import { connect } from "../rpc/peer.ts";
import { startWorker } from "./start-worker.ts";
import type { WorkerData } from "./worker.ts";

/**
 * The engine as the command line speaks to it: through the contract, as any other face does. Short calls are answered in
 * this thread, runs in a thread of their own, so that this one always hears Ctrl-C. Each engine is opened when it is first
 * needed: a command that begins with a run has one engine, not two.
 */
export const openClient = (options: ClientOptions): Client => {
  let here: Promise<Client> | undefined;
  let beside: Client | undefined;
  return {
    call: async (name, input, callOptions) => {
      const isRun = "progress" in contract[name] && contract[name].progress;
      if (isRun) beside ??= openBeside(options);
      const client = beside ?? (await (here ??= openHere(options)));
      return client.call(name, input, callOptions);
    },
    close: async () => {
      await Promise.all([here?.then((client) => client.close()).catch(() => undefined), beside?.close()]);
    },
  };
};

/** The engine's parts are loaded only here: beside a run this thread needs none of them. */
const openHere = async (options: ClientOptions): Promise<Client> => {
  const [{ openApp }, { serveApp }] = await Promise.all([import("./app.ts"), import("./serve-app.ts")]);
  const app = await openApp(options);
  const link = inProcessLink();
  const serving = serveApp(app, link.server);
  const client = connect(contract, link.client);
  return {
    call: (name, input, callOptions) => client.call(name, input, callOptions),
    close: async () => {
      await client.close();
      await serving.close();
      await app[Symbol.asyncDispose]();
    },
  };
};

/** How long an interrupted run has to stop by itself (product: Ctrl-C stops within a second). */
const patience = 900;

const openBeside = (options: ClientOptions): Client => {
  const { port1, port2 } = new MessageChannel();
  const data: WorkerData = { options, port: port2 };
  const worker = startWorker({ workerData: data, transferList: [port2] });
  const ended = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
  worker.on("error", () => port1.close());
  void ended.then(() => port1.close());
  const client = connect(contract, portLink(port1));
  return {
    call: (name, input, callOptions = {}) => interruptible(worker, client.call(name, input, callOptions), callOptions),
    close: async () => {
      await client.close();
      await ended;
    },
  };
};

/** A run that does not let go in time is ended with its thread: its journal is made for that. */
const interruptible = async <Result>(
  worker: Worker,
  call: Promise<Result>,
  { signal }: CallOptions,
): Promise<Result> => {
  const end = (): void => {
    setTimeout(() => void worker.terminate(), patience).unref();
  };
  signal?.addEventListener("abort", end, { once: true });
  try {
    return await call;
  } catch (error) {
    throw signal?.aborted === true && !(error instanceof Fault && error.code === "run.interrupted")
      ? new Fault("run.interrupted", {}, error)
      : error;
  } finally {
    signal?.removeEventListener("abort", end);
  }
};
