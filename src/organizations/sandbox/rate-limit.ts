/** The request limits of the two kinds of server, counted per client address. */
export interface RateLimiter {
  /** The cloud's fixed windows: undefined when allowed (and counted), else the window that is full. */
  readonly takeWindow: (key: string, windows: readonly Window[], now: number) => FullWindow | undefined;
  /** Vaultwarden's login bucket: false when it is empty. */
  readonly takeLogin: (ip: string, now: number) => boolean;
}

export interface Window {
  readonly limit: number;
  readonly milliseconds: number;
  /** As the server spells it: `1m`, `1s`. */
  readonly period: string;
}

export interface FullWindow {
  readonly period: string;
  readonly retryAfterSeconds: number;
}

const minute = 60_000;
const perSecond: Window = { limit: 5, milliseconds: 1000, period: "1s" };

/** The cloud's rules for one verb and path. */
export function cloudWindows(method: string, path: string): readonly Window[] {
  if (path === "/connect/token") return [{ limit: 10, milliseconds: minute, period: "1m" }, perSecond];
  if (path === "/alive") return [{ limit: 5, milliseconds: minute, period: "1m" }];
  if (method === "GET") return [{ limit: 200, milliseconds: minute, period: "1m" }];
  return [{ limit: 60, milliseconds: minute, period: "1m" }, perSecond];
}

const loginBurst = 10;

export function createRateLimiter(): RateLimiter {
  const counters = new Map<string, { start: number; count: number }>();
  const buckets = new Map<string, { tokens: number; at: number }>();

  return {
    takeWindow(key, windows, now) {
      const counted = windows.map((window) => {
        const id = `${key} ${window.period}`;
        let counter = counters.get(id);
        if (counter === undefined || now - counter.start >= window.milliseconds) {
          counter = { start: now, count: 0 };
          counters.set(id, counter);
        }
        return { window, counter };
      });
      const full = counted.find(({ window, counter }) => counter.count >= window.limit);
      if (full !== undefined) {
        const left = full.counter.start + full.window.milliseconds - now;
        return { period: full.window.period, retryAfterSeconds: Math.max(1, Math.ceil(left / 1000)) };
      }
      for (const { counter } of counted) counter.count += 1;
      return undefined;
    },
    takeLogin(ip, now) {
      const bucket = buckets.get(ip) ?? { tokens: loginBurst, at: now };
      bucket.tokens = Math.min(loginBurst, bucket.tokens + (now - bucket.at) / minute);
      bucket.at = now;
      buckets.set(ip, bucket);
      if (bucket.tokens < 1) return false;
      bucket.tokens -= 1;
      return true;
    },
  };
}
