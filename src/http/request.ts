import type { Clock } from "../core/clock.ts";
import { exchange } from "./exchange.ts";
import type { Network } from "./network.ts";
import { withRetries, type RetryPolicy } from "./retry.ts";
import type { Throttling } from "./throttling.ts";

/** One HTTP request; times in milliseconds, sizes in bytes. */
export interface HttpRequest {
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Absolute, http or https. */
  readonly url: string | URL;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text goes as it is; give its `content-type`. */
  readonly body?: string | Uint8Array;
  /** For one try, from the first byte to the last of the answer. */
  readonly timeout?: number;
  /** For all tries and the waits between them. */
  readonly deadline?: number;
  /** The most an answer may hold, unpacked. */
  readonly limit?: number;
  /** Ends it at once: the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /**
   * When it may be sent again: `never` (default); `unprocessed`, where the server surely did nothing with it (429, or it
   * never left); `always`, for reads and token requests (also 502, 503, 504 and lost answers).
   */
  readonly repeat?: "never" | "unprocessed" | "always";
  /** How this server says "slower", where it has words of its own for it. */
  readonly throttling?: Throttling;
  /** Asked before each try; what it throws is thrown, and nothing is sent. */
  readonly before?: () => Promise<void>;
  /** Told before each wait between two tries. */
  readonly onWait?: (wait: { readonly seconds: number; readonly reason: string }) => void;
}

/** What the server said, whatever the status. */
export interface HttpAnswer {
  readonly kind: "answer";
  readonly status: number;
  /** Names in lower case; of several values the text joined with ", ". */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** The body as JSON; undefined where it is none. */
  json(): unknown;
  /** Where it came from, after redirects within the origin. */
  readonly url: string;
}

/** No whole answer. */
export interface HttpFailure {
  readonly kind: "failure";
  /** `lost` = the connection broke before the end of the answer; `too_large` = the answer was longer than `limit`. */
  readonly failure: "unreachable" | "tls" | "timeout" | "lost" | "too_large";
  /** False = nothing left this machine; true = the request may have arrived. */
  readonly sent: boolean;
  /** A word the catalogue knows (`refused`, `name_unknown`, `timeout`, `closed`, `no_route`, `unknown_issuer`, `expired` …) or the system's own text. */
  readonly reason: string;
  /** The proxy in between, without its log-in, where it may be the one that could not be reached. */
  readonly proxy?: string;
  readonly cause?: unknown;
}

export type HttpReply = HttpAnswer | HttpFailure;

/** HTTP as every room uses it. */
export interface Http {
  /** Never throws for what the server or the way to it does; rejects only when aborted. Redirects are followed within one origin, for GET only. */
  send(request: HttpRequest): Promise<HttpReply>;
}

export interface HttpTools {
  readonly network: Network;
  readonly clock: Clock;
  /** From 0 up to 1. */
  readonly random: () => number;
  readonly policy?: RetryPolicy;
  /** For requests that name none, in milliseconds. */
  readonly timeout?: number;
  /** For requests that name none, in bytes. */
  readonly limit?: number;
}

export const createHttp = (tools: HttpTools): Http => ({
  send: (request) =>
    withRetries(request, tools, (remaining) =>
      follow(tools, request, Math.min(request.timeout ?? tools.timeout ?? 60_000, remaining)),
    ),
});

/** Follows a GET's redirects as long as they stay within the origin: whoever answers elsewhere gets neither key nor token. */
const follow = async (tools: HttpTools, request: HttpRequest, timeout: number): Promise<HttpReply> => {
  const limit = request.limit ?? tools.limit ?? 256 * 1024 * 1024;
  let url = new URL(request.url);
  for (let hops = 0; ; hops += 1) {
    const reply = await exchange({
      dispatcher: await tools.network.dispatcherFor(url),
      url,
      request,
      timeout: Math.max(1, timeout),
      limit,
    });
    if (reply.kind === "failure") return named(reply, tools.network.proxyFor(url));
    const next = redirect(reply, url);
    if (next === undefined || next.origin !== url.origin || (request.method ?? "GET") !== "GET" || hops >= 5)
      return reply;
    url = next;
  }
};

/** A request that never left may have failed at the proxy: then the server's name alone would mislead. */
const named = (failure: HttpFailure, proxy: URL | undefined): HttpFailure =>
  proxy === undefined || failure.sent || failure.failure === "tls" ? failure : { ...failure, proxy: proxy.host };

/** Where an answer sends us, if it does. */
export const redirect = (
  { status, headers }: Pick<HttpAnswer, "status" | "headers">,
  from: string | URL,
): URL | undefined => {
  const location = headers["location"];
  if (![301, 302, 303, 307, 308].includes(status) || location === undefined) return undefined;
  return URL.parse(location, from) ?? undefined;
};
