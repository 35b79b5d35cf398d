import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Done, Job, Point, Said, Told } from "./talk.ts";

/** A process of its own with the engine in it. */
export interface Worker {
  /** How the job went, or undefined when the process died over it. */
  run(job: Job, onPoint?: (point: Point) => Promise<void>): Promise<Done | undefined>;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
}

/** Starts one; it loads the engine while somebody else works. `cache` is a folder for compiled modules. */
export const startWorker = (cache: string): Worker => {
  const process = fork(fileURLToPath(new URL("child.ts", import.meta.url)), {
    execArgv: [],
    env: { NODE_COMPILE_CACHE: cache },
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const gone = once(process, "exit");
  const send = (told: Told): void => void (process.connected && process.send(told, () => {}));
  let onSaid: (said: Said) => void = () => {};
  const ready = new Promise<void>((resolve) => {
    onSaid = () => resolve();
  });
  process.on("message", (said: Said) => onSaid(said));
  return {
    run: async (job, onPoint = async () => {}) => {
      await Promise.race([ready, gone]);
      const done = new Promise<Done>((resolve) => {
        onSaid = (said) => {
          if (said.kind === "done") resolve(said);
          if (said.kind === "point") void onPoint(said).then(() => send({ kind: "go on" }));
        };
      });
      send({ kind: "job", job });
      return Promise.race([done, gone.then(() => undefined)]);
    },
    kill: async () => {
      process.kill("SIGKILL");
      await gone;
    },
  };
};
