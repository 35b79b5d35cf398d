import { getAsset, isSea } from "node:sea";
import { Worker, type WorkerOptions } from "node:worker_threads";

/** Starts `worker.ts` in a thread, from the sources or from the executable. */
export function startWorker(options: WorkerOptions = {}): Worker {
  return isSea()
    ? new Worker(getAsset("executable.cjs", "utf8"), { ...options, eval: true })
    : new Worker(new URL("./worker.ts", import.meta.url), options);
}
