import type { Clock } from "../core/clock.ts";
import type { Http, HttpReply, HttpRequest } from "./request.ts";
import { announcedBudget, isThrottled, type Throttling } from "./throttling.ts";

/** What a server bears, as its vendor publishes it. */
export interface Limits {
  /** The vendor's page. */
  readonly source: string;
  /** The most requests at the same time. */
  readonly concurrency: number;
  /** A published budget; what a request costs is told with it, 1 otherwise. */
  readonly window?: { readonly units: number; readonly seconds: number };
  readonly throttling: Throttling;
}

/** Sends at a pace that the server bears. */
export interface Pace {
  /** Like `Http.send`, at the moment when `cost` units are free; rejects with the signal's reason. */
  send(request: HttpRequest, cost?: number): Promise<HttpReply>;
  /** For an answer that asks for a pause in a way of its own: nobody sends for so many milliseconds, and fewer at a time after it. */
  pause(milliseconds: number): void;
}

/**
 * Keeps a server's limits. Never more than `share` (0 to 1) of a published window is used, and of an announced one the
 * rest is left to others; whoever is told to wait makes everybody wait. Half as many at a time after each refusal, one
 * more after as many successes as there are slots (additive increase, multiplicative decrease).
 */
export const createPace = async (options: {
  readonly http: Http;
  readonly limits: Limits;
  readonly share: number;
  readonly clock: Clock;
}): Promise<Pace> => {
  const { http, limits, share, clock } = options;
  const { throttling } = limits;
  // Loaded when first needed, like all that only some directories use.
  const { default: Queue } = await import("p-queue");
  const queue = new Queue({ concurrency: limits.concurrency });
  const window = createWindow(limits.window, share, clock);
  const hold = createHold(clock);
  let successes = 0;
  let underWay = 0;

  const slower = (): void => {
    queue.concurrency = Math.max(1, Math.floor(queue.concurrency / 2));
    successes = 0;
  };
  const faster = (): void => {
    successes += 1;
    if (successes < queue.concurrency || queue.concurrency >= limits.concurrency) return;
    queue.concurrency += 1;
    successes = 0;
  };
  const learn = (reply: HttpReply): void => {
    if (reply.kind === "failure" || isThrottled(reply, throttling)) return;
    const budget = announcedBudget(reply, throttling.budget, clock.now());
    // What is under way is not counted yet, and will be.
    if (budget !== undefined && budget.remaining - underWay <= Math.floor(budget.limit * (1 - share)))
      hold.extend(budget.resetIn);
    const pressure = throttling.pressure === undefined ? undefined : reply.headers[throttling.pressure];
    if (pressure === undefined) faster();
    else slower();
  };
  const held = async (request: HttpRequest): Promise<void> => {
    for (let wait = hold.left(); wait > 0; wait = hold.left()) {
      request.onWait?.({ seconds: Math.ceil(wait / 1000), reason: "rate_limited" });
      await clock.sleep(wait, request.signal);
    }
  };
  const turn = async (request: HttpRequest, cost: number): Promise<HttpReply> => {
    await held(request);
    await window(cost, request.signal);
    // Somebody may have been told to wait while this one waited for its units.
    await held(request);
    underWay += 1;
    let reply: HttpReply;
    try {
      reply = await http.send({
        ...request,
        throttling,
        onWait: (wait) => {
          if (wait.reason === "rate_limited") {
            hold.extend(wait.seconds * 1000);
            slower();
          }
          request.onWait?.(wait);
        },
      });
    } finally {
      underWay -= 1;
    }
    learn(reply);
    return reply;
  };
  return {
    pause: (milliseconds) => {
      hold.extend(milliseconds);
      slower();
    },
    send: (request, cost = 1) =>
      queue.add(() => turn(request, cost), request.signal === undefined ? {} : { signal: request.signal }),
  };
};

/** A pause for everybody. However the clock is set meanwhile, it never lasts longer than it was told to. */
const createHold = (clock: Clock): { extend(milliseconds: number): void; left(): number } => {
  let since = 0;
  let length = 0;
  const left = (): number => {
    const now = clock.now();
    if (now < since) since = now;
    return Math.max(0, since + length - now);
  };
  return {
    left,
    extend: (milliseconds) => {
      if (milliseconds <= left()) return;
      since = clock.now();
      length = milliseconds;
    },
  };
};

/**
 * Waits until `cost` units are free: what was taken in the last window never exceeds our share of it, whenever that window
 * is thought to begin. What costs more than the share by itself waits until nothing else is counted.
 */
const createWindow = (
  window: Limits["window"],
  share: number,
  clock: Clock,
): ((cost: number, signal?: AbortSignal) => Promise<void>) => {
  if (window === undefined) return () => Promise.resolve();
  const room = Math.max(1, window.units * share);
  const length = window.seconds * 1000;
  const taken: { at: number; readonly cost: number }[] = [];
  let used = 0;
  let last: Promise<void> = Promise.resolve();
  const take = async (cost: number, signal?: AbortSignal): Promise<void> => {
    for (;;) {
      const now = clock.now();
      // A clock that was set back counts as no time: nothing was taken later than now.
      for (const one of taken) one.at = Math.min(one.at, now);
      while (taken[0] !== undefined && now - taken[0].at >= length) used -= taken.shift()?.cost ?? 0;
      if (used === 0 || used + cost <= room) break;
      await clock.sleep(Math.max(1, (taken[0]?.at ?? now) + length - now), signal);
    }
    used += cost;
    taken.push({ at: clock.now(), cost });
  };
  return (cost, signal) => {
    const mine = last.then(() => take(cost, signal));
    last = mine.catch(() => {});
    return mine;
  };
};
