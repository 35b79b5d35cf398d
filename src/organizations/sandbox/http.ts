/** The HTTP side: reads bodies, lets the knobs do their mischief, logs, answers. */
import { STATUS_CODES, createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { createFaultMatcher } from "./knobs.ts";
import type { Fault, RequestInfo } from "./knobs.ts";
import { officialThrottle } from "./official/errors.ts";
import { Refusal, empty, html, json } from "./reply.ts";
import type { Context, Incoming, Reply } from "./reply.ts";
import type { RequestLog } from "./request-log.ts";
import { answer, barePath } from "./routes.ts";
import { rocketError, vaultwardenError } from "./vaultwarden/errors.ts";

export interface HttpOptions {
  readonly context: () => Context;
  readonly basePath: string;
  readonly log: RequestLog;
  /** Called before the answer to a request that may have changed the state goes out. */
  readonly save: () => Promise<void>;
  /** Ends waiting requests when the sandbox closes. */
  readonly closing: AbortSignal;
}

/** A server that is not listening yet. */
export function createHttpServer(options: HttpOptions): Server {
  const faultsFor = createFaultMatcher(options.context().control);
  return createServer((request, response) => {
    serve(options, faultsFor, request, response).catch(() => response.destroy());
  });
}

async function serve(
  options: HttpOptions,
  faultsFor: (method: string, path: string) => Fault[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const context = options.context();
  const { control, state } = context;
  const url = new URL(request.url ?? "/", "http://sandbox");
  const method = request.method ?? "GET";
  const path = barePath(url.pathname, options.basePath);
  const limit = state.dialect === "vaultwarden" ? 20_000_000 : 30_000_000;
  const received = await readBody(request, limit);
  const info: RequestInfo = { method, path, bytes: received.bytes };
  const entry = options.log.add(info, received.body);

  await control.onRequest?.("before", info);
  const faults = faultsFor(method, path);
  const wait =
    control.latencyMs + faults.reduce((sum, fault) => sum + (fault.kind === "delay" ? fault.milliseconds : 0), 0);
  if (wait > 0) await sleep(wait, undefined, { signal: options.closing });

  const before = faults.map((fault) => strike(context, fault, "before")).find((outcome) => outcome !== undefined);
  if (before !== undefined) return deliver(before, context, entry, response);
  if (control.bodyLimitBytes !== undefined && received.bytes > control.bodyLimitBytes) {
    return deliver(html(413, "Request Entity Too Large"), context, entry, response);
  }

  const failing = faults.find((fault) => fault.kind === "fail-after-step");
  const incoming: Incoming = {
    method,
    path,
    query: url.searchParams,
    headers: request.headers,
    body: received.body,
    tooLarge: received.bytes > limit,
    ip: request.socket.remoteAddress ?? "127.0.0.1",
    failAfterStep: failing?.step,
  };
  const signingKey = state.signingKey;
  const reply = guarded(context, incoming, entry);
  const changed = (method !== "GET" && path.startsWith("/public/")) || state.signingKey !== signingKey;
  if (changed) await options.save();
  await control.onRequest?.("after", { ...info, status: reply.status });
  const after = faults.map((fault) => strike(context, fault, "after")).find((outcome) => outcome !== undefined);
  deliver(after ?? reply, context, entry, response);
}

/** A defect of the sandbox itself shows as 500 to the client and as `defect` in the log. */
function guarded(context: Context, incoming: Incoming, entry: ReturnType<RequestLog["add"]>): Reply {
  try {
    return answer(context, incoming);
  } catch (error) {
    if (error instanceof Refusal) return error.reply;
    entry.defect = error;
    return json(500, { message: "The sandbox itself failed." });
  }
}

type Outcome = Reply | "hang" | "close";

function strike(context: Context, fault: Fault, when: "before" | "after"): Outcome | undefined {
  switch (fault.kind) {
    case "hang":
    case "close":
      return fault.when === when ? fault.kind : undefined;
    case "status":
      return fault.when === when ? statusReply(context, fault) : undefined;
    case "throttle":
      return when === "before" ? throttled(context, fault.retryAfterSeconds) : undefined;
    case "redirect":
      return when === "before" ? empty(fault.status ?? 307, { location: fault.location }) : undefined;
    default:
      return undefined;
  }
}

function statusReply(context: Context, fault: Extract<Fault, { kind: "status" }>): Reply {
  if (fault.html === true || fault.status === 502 || fault.status === 503 || fault.status === 504) {
    const page = html(fault.status, STATUS_CODES[fault.status] ?? "Error");
    return fault.body === undefined ? page : { ...page, body: fault.body };
  }
  if (fault.body !== undefined)
    return { status: fault.status, headers: { "content-type": "application/json" }, body: fault.body };
  if (context.state.dialect === "vaultwarden") return rocketError(fault.status, "application/json");
  return json(fault.status, { object: "error", message: "An unhandled server error has occurred.", errors: null });
}

function throttled(context: Context, retryAfterSeconds: number | undefined): Reply {
  if (context.state.dialect === "vaultwarden") {
    const reply = vaultwardenError(429, "Too many login requests");
    return retryAfterSeconds === undefined
      ? reply
      : { ...reply, headers: { ...reply.headers, "retry-after": String(retryAfterSeconds) } };
  }
  const reply = officialThrottle({ period: "1m", retryAfterSeconds: retryAfterSeconds ?? 60 });
  const { "retry-after": _hint, ...headers } = reply.headers ?? {};
  return retryAfterSeconds === undefined ? { ...reply, headers } : reply;
}

function deliver(
  outcome: Outcome,
  context: Context,
  entry: ReturnType<RequestLog["add"]>,
  response: ServerResponse,
): void {
  if (outcome === "hang") return;
  if (outcome === "close") {
    response.destroy();
    return;
  }
  entry.status = outcome.status;
  const body = outcome.body ?? "";
  response.sendDate = false;
  response.writeHead(outcome.status, {
    date: new Date(context.clock()).toUTCString(),
    ...outcome.headers,
    "content-length": String(Buffer.byteLength(body)),
  });
  response.end(body);
}

/** Reads to the end; a body over the limit is counted and dropped. */
async function readBody(request: IncomingMessage, limit: number): Promise<{ body: Buffer; bytes: number }> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    bytes += chunk.length;
    if (bytes > limit) chunks.length = 0;
    else chunks.push(chunk);
  }
  return { body: Buffer.concat(chunks), bytes };
}
