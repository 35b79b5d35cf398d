/** For tests: servers that answer as told, and a clock whose sleeps cost no time. */
import {
  createServer as createPlain,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from "node:http";
import { createServer as createEncrypted, type ServerOptions } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { Clock } from "../core/clock.ts";

export interface TestServer extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  /** Requests in the order of their arrival, with the body's text. */
  readonly requests: readonly {
    readonly method: string;
    readonly url: string;
    readonly headers: IncomingMessage["headers"];
    readonly body: string;
  }[];
}

export type Handler = (response: ServerResponse, request: IncomingMessage, body: string) => void;

/** A server on 127.0.0.1 that gives each request, once it has arrived whole, to the handler. */
export async function serve(handle: Handler, tls?: ServerOptions): Promise<TestServer> {
  const requests: TestServer["requests"][number][] = [];
  const listener: RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString();
      requests.push({ method: request.method ?? "", url: request.url ?? "", headers: request.headers, body });
      handle(response, request, body);
    });
  };
  const server = tls === undefined ? createPlain(listener) : createEncrypted(tls, listener);
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  const port = await listen(server);
  return {
    port,
    url: `${tls === undefined ? "http" : "https"}://127.0.0.1:${port}`,
    requests,
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

interface Listening {
  listen(port: number, host: string, done: () => void): unknown;
  address(): AddressInfo | string | null;
}

/** Any free port of 127.0.0.1. */
export async function listen(server: Listening): Promise<number> {
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port.");
  return address.port;
}

export interface FakeClock extends Clock {
  /** Every sleep asked for, in milliseconds. */
  readonly sleeps: readonly number[];
  advance(milliseconds: number): void;
}

/** Time that moves only when somebody sleeps or the test says so. */
export function createFakeClock(start = Date.UTC(2026, 0, 5, 9)): FakeClock {
  const sleeps: number[] = [];
  let now = start;
  return {
    sleeps,
    now: () => now,
    sleep: (milliseconds, signal) => {
      if (signal?.aborted === true) return Promise.reject(signal.reason);
      sleeps.push(milliseconds);
      now += milliseconds;
      return Promise.resolve();
    },
    advance: (milliseconds) => void (now += milliseconds),
  };
}
