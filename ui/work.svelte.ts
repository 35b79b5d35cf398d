import type { CallOptions, RunSummary } from "../src/rpc/contract.ts";
import type { Followed } from "../src/rpc/contract/runs.ts";
import { isFault } from "../src/core/fault.ts";
import { call, connection } from "./engine.svelte.ts";

/** What somebody began in this page. */
export type Work = "test" | "sync";

interface Progress {
  readonly stage: string;
  readonly done: number;
  readonly total?: number | undefined;
}
interface Wait {
  readonly seconds: number;
  readonly reason: string;
}

let followed = $state.raw<Followed>();
let begun = $state.raw<{ readonly what: Work; readonly profile: string; readonly since: string }>();
let own = $state.raw<Progress>();
let waits = $state.raw<Wait>();
let failed = $state.raw<unknown>();
let stopping = $state(false);
let controller: AbortController | undefined;

/** What is being done for the profile that is shown: by this page, by another window, or by the command line. */
export const work = {
  /** Undefined until the engine has told once. */
  get followed(): Followed | undefined {
    return followed;
  },
  get begun() {
    return begun;
  },
  get isBusy(): boolean {
    return begun !== undefined || followed?.busy !== undefined;
  },
  get progress(): Progress | undefined {
    return begun === undefined ? followed?.progress : (own ?? followed?.progress);
  },
  /** The server asked to be left alone for a while. */
  get waits(): Wait | undefined {
    return waits;
  },
  /** What kept the last thing that was begun here from its end, where it left no run to look at. */
  get failed(): unknown {
    return failed;
  },
  get stopping(): boolean {
    return stopping;
  },
};

/** Follows a profile for as long as it is shown, whichever engine is behind the page; gives what ends that. */
export const follow = (profile: string): (() => void) => {
  const end = new AbortController();
  followed = undefined;
  const listen = async (): Promise<void> => {
    try {
      await call(
        "runs.follow",
        { profile },
        {
          signal: end.signal,
          onProgress: (event) => {
            if ("followed" in event && !end.signal.aborted) followed = event.followed;
          },
        },
      );
    } catch {
      // It is followed anew when there is an engine again.
    }
  };
  const stop = connection.onOpen(() => void listen());
  return () => {
    stop();
    end.abort();
  };
};

/** Begins a run and gives what it came to; undefined where it came to nothing, which is told in `work.failed`. */
export const begin = async (
  what: Work,
  profile: string,
  start: (options: CallOptions) => Promise<RunSummary>,
): Promise<RunSummary | undefined> => {
  if (begun !== undefined) return undefined;
  const mine = new AbortController();
  controller = mine;
  begun = { what, profile, since: new Date().toISOString() };
  own = undefined;
  failed = undefined;
  try {
    return await start({
      signal: mine.signal,
      onProgress: (event) => {
        if ("stage" in event) {
          own = event;
          waits = undefined;
        } else if ("wait" in event) waits = event.wait;
      },
    });
  } catch (error) {
    // Whoever stopped it knows.
    if (!isFault(error, "run.interrupted")) failed = error;
    return undefined;
  } finally {
    begun = undefined;
    own = undefined;
    waits = undefined;
    stopping = false;
    controller = undefined;
  }
};

/** Stops what is going on, whoever began it. */
export const cancel = async (profile: string): Promise<void> => {
  stopping = true;
  if (controller !== undefined) {
    controller.abort();
    return;
  }
  try {
    await call("runs.cancel", { profile });
  } catch (error) {
    failed = error;
    stopping = false;
  }
};

/** Nobody has to stop any more, and what failed was read. */
export const settle = (): void => {
  stopping = false;
};
export const forgetFailure = (): void => {
  failed = undefined;
};
