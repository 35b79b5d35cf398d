import { getAsset, isSea } from "node:sea";
import { Worker, type WorkerOptions } from "node:worker_threads";

/**
 * Space for objects that mostly live as long as one page of a directory. What V8 gives by itself, three times 16 MB and
 * more, is filled before it is swept, and counts for the whole process from then on (bench/README.md).
 */
const maxYoungGenerationSizeMb = 12;
/**
 * Space for what lives longer, ten times what 100,000 people take. The less is given, the less V8 lets grow beyond what is
 * used before it sweeps: with 2 GB twice as much, with more four times.
 */
const maxOldGenerationSizeMb = 1500;

/** Starts `worker.ts` in a thread, from the sources or from the executable. */
export function startWorker(given: WorkerOptions = {}): Worker {
  const options = { resourceLimits: { maxYoungGenerationSizeMb, maxOldGenerationSizeMb }, ...given };
  return isSea()
    ? new Worker(getAsset("executable.cjs", "utf8"), { ...options, eval: true })
    : new Worker(new URL("./worker.ts", import.meta.url), options);
}
