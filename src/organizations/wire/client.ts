import { createHash } from "node:crypto";
import type { Clock } from "../../core/clock.ts";
import type { Log } from "../../core/log.ts";
import type { Http, HttpReply, HttpRequest } from "../../http/request.ts";
import { createTokenSource, withToken, type TokenCache } from "../../http/token.ts";
import type { Asked } from "./faults.ts";
import type { OrganizationKey } from "./key.ts";
import { deviceHeaders, requestToken, type Device } from "./login.ts";
import { serverName } from "./urls.ts";

export interface ClientInput {
  readonly http: Http;
  readonly urls: { readonly api: string; readonly identity: string; readonly vault: string };
  readonly region?: string | undefined;
  readonly key: OrganizationKey;
  readonly device: Device;
  readonly clock: Clock;
  readonly log: Log;
  readonly tokens: TokenCache;
  readonly signal: AbortSignal;
  readonly onWait?: HttpRequest["onWait"];
  /** Asked before each write, and once more before it is repeated; what it throws keeps the write from being sent. */
  readonly beforeWrite?: () => Promise<void>;
  /** Milliseconds for one request. */
  readonly timeouts: { readonly read: number; readonly write: number };
}

/** The organization's own API, called with its key. */
export interface Client {
  readonly server: string;
  /** Logs in, or finds a token kept from before; a Fault says why not. */
  login(): Promise<void>;
  /** Reads: repeated where that may help. `path` begins below `{api}/public`. */
  get(path: string): Promise<HttpReply>;
  /** Writes: sent once, again only where the server surely did nothing with it. */
  write(method: "POST" | "PUT" | "DELETE", path: string, body?: string): Promise<HttpReply>;
  asked(what: string): Asked;
}

/** Whatever has the form of a JSON Web Token, ours or not (RFC 7519 §3). */
const anyToken = /\beyJ[\w-]{8,}\.[\w.-]+/gu;

/** Milliseconds that waits for a rate limit may add to a request. */
const patience = 600_000;

export const createClient = (input: ClientInput): Client => {
  const { http, urls, region, key, device, clock, log, signal, onWait, beforeWrite, timeouts } = input;
  const server = serverName(urls);
  const call = { signal, ...(onWait === undefined ? {} : { onWait }) };
  const secrets = new Set([key.clientSecret]);
  const hide = (text: string): string =>
    [...secrets].reduce((rest, secret) => rest.replaceAll(secret, "***"), text).replaceAll(anyToken, "***");
  const asked = (what: string): Asked => ({ server, what, now: clock.now(), hide });
  const source = createTokenSource({
    // Of the secret too: a renewed one never meets the token of the old.
    key: createHash("sha256").update(`${urls.identity}\n${key.clientId}\n${key.clientSecret}`).digest("hex"),
    cache: input.tokens,
    clock,
    request: () => requestToken({ http, identity: urls.identity, key, device, region, asked: asked("token"), call }),
  });
  const send = async (path: string, request: Omit<HttpRequest, "url">): Promise<HttpReply> => {
    const started = clock.now();
    const reply = await withToken(source, (token) => {
      secrets.add(token);
      return http.send({
        ...call,
        ...request,
        url: `${urls.api}/public${path}`,
        headers: { ...deviceHeaders(device), ...request.headers, authorization: `Bearer ${token}` },
      });
    });
    log.debug("organization request", {
      server,
      method: request.method ?? "GET",
      path,
      milliseconds: clock.now() - started,
      ...(reply.kind === "answer" ? { status: reply.status } : { failure: reply.failure, reason: hide(reply.reason) }),
    });
    return reply;
  };
  return {
    server,
    asked,
    login: async () => {
      secrets.add(await source.current());
    },
    get: (path) => send(path, { timeout: timeouts.read, deadline: timeouts.read + patience, repeat: "always" }),
    write: (method, path, body) =>
      send(path, {
        method,
        ...(body === undefined ? {} : { body, headers: { "content-type": "application/json" } }),
        timeout: timeouts.write,
        deadline: timeouts.write + patience,
        limit: 5_000_000,
        repeat: "unprocessed",
        ...(beforeWrite === undefined ? {} : { before: beforeWrite }),
      }),
  };
};
