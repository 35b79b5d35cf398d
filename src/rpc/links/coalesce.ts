/** Time as the peer needs it; the program's clock has this shape. */
export interface Timer {
  now(): number;
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

export interface Coalescer<Event> {
  add(kind: string, event: Event): void;
  /** Sends nothing more; what still waits is dropped. */
  end(): void;
}

/** Milliseconds between two messages: ten a second. */
const pause = 100;

/**
 * Lets through at most one event each tenth of a second. In between only the newest of each kind is remembered, so a slow
 * listener sees the present state and never a queue of old ones.
 */
export const createCoalescer = <Event>(timer: Timer, send: (event: Event) => void): Coalescer<Event> => {
  const waiting = new Map<string, Event>();
  const ended = new AbortController();
  let last = Number.NEGATIVE_INFINITY;
  let ticking = false;
  const sendNext = (): void => {
    for (const [kind, event] of waiting) {
      waiting.delete(kind);
      last = timer.now();
      send(event);
      return;
    }
  };
  const tick = async (): Promise<void> => {
    ticking = true;
    try {
      while (waiting.size > 0) {
        await timer.sleep(Math.max(0, last + pause - timer.now()), ended.signal);
        sendNext();
      }
    } catch {
      // Ended while asleep: what waits is dropped.
    } finally {
      ticking = false;
    }
  };
  return {
    add: (kind, event) => {
      if (ended.signal.aborted) return;
      const early = timer.now() - last < pause;
      waiting.delete(kind);
      waiting.set(kind, event);
      if (!early && !ticking) sendNext();
      if (waiting.size > 0 && !ticking) void tick();
    },
    end: () => {
      waiting.clear();
      ended.abort();
    },
  };
};
