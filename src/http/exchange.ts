import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate } from "node:zlib";
import type { Dispatcher } from "undici";
import { classify, isCutShort } from "./failure.ts";
import type { HttpAnswer, HttpFailure, HttpReply, HttpRequest } from "./request.ts";

/** One request and its answer, without redirects or a second try. */
export interface Exchange {
  readonly dispatcher: Dispatcher;
  readonly url: URL;
  readonly request: HttpRequest;
  readonly timeout: number;
  readonly limit: number;
}

/** Gives the whole answer or why there is none; rejects with the signal's reason when aborted. */
export const exchange = async (input: Exchange): Promise<HttpReply> => {
  const raw = await transfer(input);
  if (raw.kind === "failure") return raw;
  try {
    const body = await unpack(raw.body, raw.headers["content-encoding"], input.limit);
    return answer(raw.status, raw.headers, new TextDecoder().decode(body), input.url.href);
  } catch (error) {
    return failure(isCutShort(error) ? "too_large" : "lost", true, isCutShort(error) ? "too_large" : "encoding", error);
  }
};

interface RawAnswer {
  readonly kind: "raw";
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const failure = (kind: HttpFailure["failure"], sent: boolean, reason: string, cause?: unknown): HttpFailure => ({
  kind: "failure",
  failure: kind,
  sent,
  reason,
  ...(cause === undefined ? {} : { cause }),
});

const transfer = ({ dispatcher, url, request, timeout, limit }: Exchange): Promise<RawAnswer | HttpFailure> => {
  const { promise, resolve, reject } = Promise.withResolvers<RawAnswer | HttpFailure>();
  const { signal } = request;
  if (signal?.aborted === true) return Promise.reject(signal.reason);
  let controller: Dispatcher.DispatchController | undefined;
  let stopped: Error | undefined;
  let status = 0;
  let headers: Record<string, string> = {};
  let size = 0;
  const chunks: Buffer[] = [];

  // Ends the exchange from our side; before the request was written this keeps it from being written at all.
  const stop = (settle: () => void): void => {
    if (stopped !== undefined) return;
    stopped = new Error("stopped");
    done();
    settle();
    controller?.abort(stopped);
  };
  const onAbort = (): void => stop(() => reject(signal?.reason));
  const timer = setTimeout(() => stop(() => resolve(failure("timeout", controller !== undefined, "timeout"))), timeout);
  const done = (): void => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  };
  signal?.addEventListener("abort", onAbort, { once: true });

  const handler: Dispatcher.DispatchHandler = {
    // Called with a connection at hand, just before the first byte.
    onRequestStart: (given) => {
      controller = given;
      if (stopped !== undefined) given.abort(stopped);
    },
    onResponseStart: (_controller, code, received) => {
      status = code;
      headers = {};
      for (const [name, value] of Object.entries(received))
        if (value !== undefined) headers[name.toLowerCase()] = typeof value === "string" ? value : value.join(", ");
    },
    onResponseData: (_controller, chunk) => {
      size += chunk.length;
      if (size > limit) stop(() => resolve(failure("too_large", true, "too_large")));
      else chunks.push(chunk);
    },
    onResponseEnd: () => {
      done();
      resolve({ kind: "raw", status, headers, body: Buffer.concat(chunks) });
    },
    onResponseError: (_controller, error) => {
      done();
      resolve(classify(error, controller !== undefined));
    },
  };
  try {
    dispatcher.dispatch(
      {
        origin: url.origin,
        path: `${url.pathname}${url.search}`,
        method: request.method ?? "GET",
        headers: { "accept-encoding": "gzip, deflate, br", ...request.headers },
        ...(request.body === undefined ? {} : { body: request.body }),
      },
      handler,
    );
  } catch (error) {
    done();
    return Promise.reject(error);
  }
  return promise;
};

/** Undoes the encodings of the body, last first; throws where it is damaged or longer than the limit. */
const unpack = async (body: Buffer, encoding: string | undefined, limit: number): Promise<Buffer> => {
  let result = body;
  const encodings = (encoding ?? "")
    .toLowerCase()
    .split(",")
    .map((one) => one.trim());
  for (const one of encodings.reverse()) {
    if (result.length === 0 || one === "" || one === "identity") continue;
    const undo = decoders[one];
    if (undo === undefined) throw new Error(`content-encoding ${one}`);
    result = await undo(result, { maxOutputLength: limit });
  }
  return result;
};

const decoders: Readonly<Record<string, (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>>> = {
  gzip: promisify(gunzip),
  "x-gzip": promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
};

const answer = (status: number, headers: Readonly<Record<string, string>>, text: string, url: string): HttpAnswer => ({
  kind: "answer",
  status,
  headers,
  text,
  json: () => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      return undefined;
    }
  },
  url,
});
