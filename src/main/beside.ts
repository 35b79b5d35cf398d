import { MessageChannel, type Worker } from "node:worker_threads";
import type { ClientOptions } from "../cli/context.ts";
import { Fault } from "../core/fault.ts";
import { contract, type CallOptions, type Client } from "../rpc/contract.ts";
import { portLink } from "../rpc/links/port.ts";
import { connect } from "../rpc/peer.ts";
import { startWorker } from "./start-worker.ts";
import type { WorkerData } from "./worker.ts";

/** How long an interrupted run has to stop by itself (product: Ctrl-C stops within a second). */
const patience = 900;

/** An engine in a thread of its own. */
export const openBeside = (options: ClientOptions): Client => {
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
