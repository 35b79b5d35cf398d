import type { Clock } from "../core/clock.ts";
import type { HttpReply } from "./request.ts";

/** An access token and when it ends, in milliseconds since 1970. */
export interface Token {
  readonly token: string;
  readonly expiresAt: number;
}

/** Where tokens are kept between requests, and between processes where the keeper does. Keyed so that a new secret or organization never meets an old token. */
export interface TokenCache {
  get(key: string): Promise<Token | undefined>;
  set(key: string, token: Token | undefined): Promise<void>;
}

export interface TokenSource {
  /** A token that will do for another minute at least. */
  current(): Promise<string>;
  /** The server refused this one: the next `current` is a new one. */
  refused(token: string): Promise<void>;
}

/** How long before its end a token is renewed, in milliseconds; of a short-lived one a quarter of its life. */
const margin = 60_000;

/** Keeps one token: asked for once however many want it, renewed a minute before its end. */
export const createTokenSource = (options: {
  readonly key: string;
  readonly cache: TokenCache;
  readonly clock: Clock;
  /** Logs in; a Fault says why not. */
  readonly request: () => Promise<Token>;
}): TokenSource => {
  const { key, cache, clock } = options;
  let known: Token | undefined;
  let early = margin;
  let asking: Promise<Token> | undefined;
  const isGood = (token: Token | undefined): token is Token =>
    token !== undefined && token.expiresAt - early > clock.now();
  const obtain = async (): Promise<Token> => {
    const kept = await cache.get(key);
    if (isGood(kept)) return kept;
    const fresh = await options.request();
    early = Math.min(margin, Math.max(0, (fresh.expiresAt - clock.now()) / 4));
    await cache.set(key, fresh);
    return fresh;
  };
  return {
    current: async () => {
      if (isGood(known)) return known.token;
      asking ??= obtain().finally(() => (asking = undefined));
      known = await asking;
      return known.token;
    },
    refused: async (token) => {
      // Another process may have renewed it already; only the refused one is forgotten.
      if (known?.token === token) known = undefined;
      const kept = await cache.get(key);
      if (kept?.token === token) await cache.set(key, undefined);
    },
  };
};

/** Calls with a token; a 401 renews it and calls once more. A 401 says that nothing was done, so this holds for writes too. */
export const withToken = async (
  source: TokenSource,
  call: (token: string) => Promise<HttpReply>,
): Promise<HttpReply> => {
  const token = await source.current();
  const reply = await call(token);
  if (reply.kind !== "answer" || reply.status !== 401) return reply;
  await source.refused(token);
  return call(await source.current());
};

/** Tokens in memory, for one process. */
export const createTokenMemory = (): TokenCache => {
  const tokens = new Map<string, Token>();
  return {
    get: (key) => Promise.resolve(tokens.get(key)),
    set: (key, token) => {
      if (token === undefined) tokens.delete(key);
      else tokens.set(key, token);
      return Promise.resolve();
    },
  };
};
