/** An HTTP server that speaks a vendor's protocol: routes, faults on demand, and every exchange held against the vendor's own description. */
import { setTimeout as sleep } from "node:timers/promises";
import type { ServerResponse } from "node:http";
import { serve } from "../../../src/http/testing.ts";
import type { Description } from "./description.ts";

export interface CloudRequest {
  readonly method: string;
  readonly url: URL;
  /** What stands in the place of each `{name}` of the route. */
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

export interface CloudReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is, instead of `body`. */
  readonly text?: string;
}

export interface Route {
  readonly method: "GET" | "POST";
  /** `/api/v1/groups/{groupId}/users` */
  readonly path: string;
  /** `dispatch` answers a request within this one (a batch) as if it had come by itself. */
  readonly answer: (
    request: CloudRequest,
    dispatch: (inner: CloudRequest) => Promise<CloudReply>,
  ) => CloudReply | Promise<CloudReply>;
  /** Why the vendor's description does not know it (a token endpoint, `$batch`). */
  readonly undescribed?: string;
}

/** What goes wrong at some requests: the first `times` that match. */
export interface Misbehaviour {
  readonly matches: (request: CloudRequest) => boolean;
  /** `reset` breaks the connection, `cut` sends half of the true answer, `silent` never answers. */
  readonly reply: CloudReply | "reset" | "cut" | "silent";
  readonly times?: number;
}

export interface CloudServer extends AsyncDisposable {
  readonly url: string;
  readonly requests: readonly CloudRequest[];
  /** What was not as the vendor describes it; a test that leaves some has found a defect of ours or of this server. */
  readonly problems: readonly string[];
  /** From now on. */
  misbehave(fault: Misbehaviour): void;
  /** Milliseconds before each answer. */
  setLatency(milliseconds: number): void;
  /** How many answers had each status; each request within a batch counts too. */
  readonly statuses: ReadonlyMap<number, number>;
  /** The most requests that were under way at the same time. */
  readonly atOnce: () => number;
}

/**
 * Starts it on 127.0.0.1. What every route answers first (a missing token, a used-up budget) comes from `before`; what
 * every answer carries (rate headers) from `after`. Disposing ends it and throws where an exchange broke the description.
 */
export const startCloud = async (options: {
  readonly routes: readonly Route[];
  readonly description?: Description | undefined;
  readonly before?: (request: CloudRequest, route: Route) => CloudReply | undefined;
  readonly after?: (request: CloudRequest, reply: CloudReply, route: Route) => CloudReply;
  /** The answer to a path that no route has. */
  readonly missing: CloudReply;
}): Promise<CloudServer> => {
  const { routes, description, before, after } = options;
  const requests: CloudRequest[] = [];
  const problems = new Set<string>();
  const faults: { left: number; readonly fault: Misbehaviour }[] = [];
  const patterns = routes.map((route) => ({ route, pattern: patternOf(route.path) }));
  const statuses = new Map<number, number>();
  let latency = 0;
  let running = 0;
  let most = 0;

  const server = await serve((response, incoming, body) => {
    void handle(response, toRequest(incoming.method ?? "GET", incoming.url ?? "/", incoming.headers, body));
  });
  const routed = (given: CloudRequest): { readonly request: CloudRequest; readonly route: Route | undefined } => {
    const found = patterns
      .filter(({ route }) => route.method === given.method)
      .flatMap(({ route, pattern }) => {
        const match = pattern.exec(given.url.pathname);
        return match === null ? [] : [{ route, path: decodeAll(match.groups ?? {}) }];
      })[0];
    return { request: { ...given, path: found?.path ?? {} }, route: found?.route };
  };
  /** The fault that is due at a request, which is one less then. */
  const takeFault = (request: CloudRequest): Misbehaviour["reply"] | undefined => {
    const fault = faults.find(({ left, fault: each }) => left > 0 && each.matches(request));
    if (fault !== undefined) fault.left -= 1;
    return fault?.fault.reply;
  };
  const handle = async (response: ServerResponse, given: CloudRequest): Promise<void> => {
    const { request, route } = routed(given);
    requests.push(request);
    running += 1;
    most = Math.max(most, running);
    try {
      if (latency > 0) await sleep(latency);
      const kind = takeFault(request);
      if (kind === "silent") return;
      if (kind === "reset") return void response.socket?.destroy();
      if (typeof kind === "object") return send(response, kind);
      const reply = await answer(request, route);
      if (kind === "cut") return cut(response, reply);
      send(response, reply);
    } finally {
      running -= 1;
    }
  };
  const dispatch = async (inner: CloudRequest): Promise<CloudReply> => {
    const { request, route } = routed(inner);
    const kind = takeFault(request);
    return typeof kind === "object" ? kind : answer(request, route);
  };
  const answer = async (request: CloudRequest, route: Route | undefined): Promise<CloudReply> => {
    const target = `${request.url.pathname}${request.url.search}`;
    if (route === undefined) {
      problems.add(`${request.method} ${request.url.pathname}: there is no such route`);
      return options.missing;
    }
    const isDescribed = description !== undefined && route.undescribed === undefined;
    if (isDescribed)
      for (const problem of description.request(request.method, target, request.headers)) problems.add(problem);
    const given = before?.(request, route) ?? (await route.answer(request, dispatch));
    const reply = after?.(request, given, route) ?? given;
    statuses.set(reply.status, (statuses.get(reply.status) ?? 0) + 1);
    if (isDescribed && reply.text === undefined)
      for (const problem of description.reply(request.method, target, reply.status, reply.body)) problems.add(problem);
    return reply;
  };
  return {
    url: server.url,
    requests,
    statuses,
    get problems() {
      return [...problems];
    },
    misbehave: (fault) => void faults.push({ left: fault.times ?? Number.POSITIVE_INFINITY, fault }),
    setLatency: (milliseconds) => {
      latency = milliseconds;
    },
    atOnce: () => most,
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      if (problems.size > 0) throw new Error(`Not as the vendor describes it:\n${[...problems].join("\n")}`);
    },
  };
};

export const toRequest = (
  method: string,
  target: string,
  headers: Readonly<Record<string, string | string[] | undefined>>,
  body: string,
): CloudRequest => {
  const url = new URL(target, "http://127.0.0.1");
  const flat = Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : value]);
  return { method, url, path: {}, query: url.searchParams, headers: Object.fromEntries(flat), body };
};

const patternOf = (path: string): RegExp =>
  new RegExp(
    `^${path.replaceAll(/[.*+?^$()|[\]\\]/gu, String.raw`\$&`).replaceAll(/\{(\w+)\}/gu, "(?<$1>[^/]+)")}$`,
    "u",
  );

const decodeAll = (groups: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, decodeURIComponent(value)]));

const textOf = ({ body, text }: CloudReply): string => text ?? (body === undefined ? "" : JSON.stringify(body));

const send = (response: ServerResponse, reply: CloudReply): void => {
  response.writeHead(reply.status, { "content-type": "application/json", ...reply.headers });
  response.end(textOf(reply));
};

const cut = (response: ServerResponse, reply: CloudReply): void => {
  const text = textOf(reply);
  response.writeHead(reply.status, {
    "content-type": "application/json",
    "content-length": String(Buffer.byteLength(text)),
    ...reply.headers,
  });
  response.write(text.slice(0, Math.floor(text.length / 2)), () => void response.socket?.destroy());
};
