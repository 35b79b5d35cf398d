import type { Clock } from "../core/clock.ts";

/** Tells whoever waits in this process that something changed; nothing is kept for who listens later. */
export interface Bell {
  readonly ring: () => void;
  /** Settles when it is rung next. */
  readonly rung: () => Promise<void>;
}

export const createBell = (): Bell => {
  let waiting = Promise.withResolvers<void>();
  return {
    ring: () => {
      const before = waiting;
      waiting = Promise.withResolvers<void>();
      before.resolve();
    },
    rung: () => waiting.promise,
  };
};

/** Waits until it is rung, the time is over, or the signal aborts; never throws for the last. */
export const pauseUntil = async (
  clock: Clock,
  milliseconds: number,
  rung: Promise<void>,
  signal: AbortSignal,
): Promise<void> => {
  const over = new AbortController();
  try {
    await Promise.race([clock.sleep(milliseconds, AbortSignal.any([signal, over.signal])), rung]);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    over.abort();
  }
};
