import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import { messageLimit, type Link } from "../../rpc/links/link.ts";
import { socketLink } from "../../rpc/links/socket.ts";
import type { PageFile } from "./files.ts";
import type { Gate } from "./gate.ts";

export interface PageServerOptions {
  readonly address: "127.0.0.1" | "::1";
  /** 0 = any free one. */
  readonly port: number;
  readonly files: ReadonlyMap<string, PageFile>;
  readonly gate: Gate;
  /** A page's own conversation with the engine. */
  readonly attach: (link: Link) => void;
  /** What whoever has no session reads, in the language their browser asks for. */
  readonly refusal: (languages: string | undefined) => Promise<string>;
}

export interface PageServer extends AsyncDisposable {
  /** `http://127.0.0.1:8470` */
  readonly url: string;
}

/** Where a link leads; its key is exchanged for a session there. */
export const entrance = "/open";
const enginePath = "/engine";

/**
 * The page and its conversation with the engine, for the browser on this computer. Answers only requests that name this
 * computer as their host, so that no other site can be made to lead here; gives the page, and opens a conversation, only
 * to a browser with a session, and the latter only from the page itself. Fails with the system's error when the port is
 * taken.
 */
export const startPageServer = async (options: PageServerOptions): Promise<PageServer> => {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: messageLimit, perMessageDeflate: false });
  const server = createServer((request, response) => {
    void answer(options, request, response).catch(() => {
      if (!response.headersSent) plain(response, 500, "");
      response.destroy();
    });
  });
  server.on("upgrade", (request, socket, head) => {
    socket.on("error", () => socket.destroy());
    const refused = whyNoConversation(options.gate, request);
    if (refused !== undefined) return refuse(socket, refused);
    sockets.handleUpgrade(request, socket, head, (opened) => options.attach(socketLink(opened)));
  });
  await listen(server, options);
  return {
    url: urlOf(server.address()),
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((done) => server.close(done));
      for (const socket of sockets.clients) socket.close(1001);
      server.closeIdleConnections();
      // A browser that does not answer keeps nobody waiting.
      const last = setTimeout(() => {
        for (const socket of sockets.clients) socket.terminate();
        server.closeAllConnections();
      }, 500);
      await closed;
      clearTimeout(last);
    },
  };
};

const answer = async (options: PageServerOptions, request: IncomingMessage, response: ServerResponse) => {
  const { gate, files } = options;
  const { host = "", cookie } = request.headers;
  for (const [name, value] of Object.entries(headersFor(host))) response.setHeader(name, value);
  if (!isThisComputer(host)) return plain(response, 421, "");
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.setHeader("allow", "GET, HEAD");
    return plain(response, 405, "");
  }
  const [path = "/", query = ""] = (request.url ?? "/").split("?", 2);
  if (path === entrance) return enter(options, request, response, new URLSearchParams(query).get("key") ?? "");
  if (!gate.admits(cookie)) return html(response, 403, await options.refusal(request.headers["accept-language"]));
  const file = files.get(path === "/" ? "/index.html" : path);
  if (file === undefined) return plain(response, 404, "");
  response.setHeader("content-type", file.type);
  response.setHeader("cache-control", file.lasting ? "private, max-age=31536000, immutable" : "no-store");
  response.end(request.method === "HEAD" ? undefined : file.bytes);
};

const enter = async (
  { gate, refusal }: PageServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
  key: string,
): Promise<void> => {
  // A look at the link, by whatever wants to know what is behind it, does not use it up.
  const session = request.method === "GET" ? await gate.enter(key) : undefined;
  if (session === undefined) {
    if (!gate.admits(request.headers.cookie))
      return html(response, 403, await refusal(request.headers["accept-language"]));
  } else response.setHeader("set-cookie", gate.cookie(session));
  // Not a redirect: a strict cookie goes along only where the page before was ours, and the link may stand in a mail.
  return html(
    response,
    200,
    '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="color-scheme" content="light dark"><meta http-equiv="refresh" content="0;url=/"><title>Directory Connector</title></html>\n',
  );
};

/** The status that refuses a conversation; undefined = it may be opened. */
const whyNoConversation = (gate: Gate, { url, headers }: IncomingMessage): string | undefined => {
  const { host = "", origin, cookie } = headers;
  if (!isThisComputer(host)) return "421 Misdirected Request";
  if (url !== enginePath) return "404 Not Found";
  return origin === `http://${host}` && gate.admits(cookie) ? undefined : "403 Forbidden";
};

const refuse = (socket: Duplex, status: string): void =>
  void socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);

/** A host name that this computer alone can be; whatever name a rebound DNS entry has, it is none of these. The port may be a tunnel's. */
const isThisComputer = (host: string): boolean => /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/u.test(host);

/** Nothing from elsewhere, nothing inline, in nobody's frame, and nothing told to anybody. */
const headersFor = (host: string): Readonly<Record<string, string>> => ({
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src 'self'${isThisComputer(host) ? ` ws://${host}` : ""}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), microphone=(), geolocation=(), usb=(), serial=(), hid=()",
  "cache-control": "no-store",
});

const html = (response: ServerResponse, status: number, text: string): void => {
  response.statusCode = status;
  response.setHeader("content-type", "text/html; charset=utf-8");
  response.end(text);
};

const plain = (response: ServerResponse, status: number, text: string): void => {
  response.statusCode = status;
  response.setHeader("content-type", "text/plain; charset=utf-8");
  response.end(text);
};

const listen = (server: Server, { address, port }: PageServerOptions): Promise<void> =>
  new Promise((done, failed) => {
    server.once("error", failed).listen({ host: address, port, ipv6Only: true }, () => {
      server.off("error", failed);
      done();
    });
  });

const urlOf = (address: AddressInfo | string | null): string => {
  if (address === null || typeof address === "string") throw new TypeError("a server without a port");
  return `http://${address.family === "IPv6" ? `[${address.address}]` : address.address}:${address.port}`;
};
