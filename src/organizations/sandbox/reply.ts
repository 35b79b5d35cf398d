/** What handlers are given and what they answer. */
import type { IncomingHttpHeaders } from "node:http";
import type { Control } from "./knobs.ts";
import type { Random } from "./random.ts";
import type { RateLimiter } from "./rate-limit.ts";
import type { State } from "./state.ts";

export interface Context {
  readonly state: State;
  readonly control: Control;
  /** The server's clock in milliseconds since 1970, skew included. */
  readonly clock: () => number;
  readonly random: Random;
  readonly limiter: RateLimiter;
  /** Scheme, host, port and base path. */
  readonly url: string;
}

export interface Incoming {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** Empty when `tooLarge`. */
  readonly body: Buffer;
  readonly tooLarge: boolean;
  readonly ip: string;
  /** Answer 500 after this step of an import. */
  readonly failAfterStep: number | undefined;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Ends a request early with an answer; what was done before stays done. */
export class Refusal extends Error {
  readonly reply: Reply;
  constructor(reply: Reply) {
    super(`answered ${reply.status}`);
    this.reply = reply;
  }
}

export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  return {
    status,
    headers: { "content-type": "application/json; charset=utf-8", ...headers },
    body: JSON.stringify(body),
  };
}

export function empty(status: number, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status, headers };
}

/** The page a web server or proxy shows. */
export function html(status: number, reason: string): Reply {
  const body = `<html>\r\n<head><title>${status} ${reason}</title></head>\r\n<body>\r\n<center><h1>${status} ${reason}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`;
  return { status, headers: { "content-type": "text/html" }, body };
}

/** The media type without parameters, lower case; empty when there is none. */
export function mediaType(headers: IncomingHttpHeaders): string {
  return (headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
}
