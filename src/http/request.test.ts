import { createServer, type Server } from "node:net";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { createNetwork } from "./network.ts";
import { createHttp, type Http, type HttpAnswer, type HttpReply, type HttpRequest } from "./request.ts";
import { createFakeClock, listen, serve, type FakeClock, type Handler, type TestServer } from "./testing.ts";

const stack: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of stack.splice(0).toReversed()) await one[Symbol.asyncDispose]();
});

const own = async (handle: Handler): Promise<TestServer> => {
  const server = await serve(handle);
  stack.push(server);
  return server;
};

const makeHttp = async (): Promise<Http & { clock: FakeClock }> => {
  const network = await createNetwork({ env: {} });
  stack.push(network);
  const clock = createFakeClock();
  return Object.assign(createHttp({ network, clock, random: () => 0 }), { clock });
};

const ask = async (url: string, request: Partial<HttpRequest> = {}): Promise<HttpReply> =>
  (await makeHttp()).send({ url, ...request });

const answered = (reply: HttpReply): HttpAnswer => {
  if (reply.kind === "failure") throw new Error(`no answer: ${reply.reason}`, { cause: reply.cause });
  return reply;
};

/** Speaks raw bytes after the request's head. */
const raw = async (bytes: string, then: "end" | "destroy"): Promise<string> => {
  const server: Server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => {
      socket.write(bytes, () => (then === "end" ? socket.end() : socket.destroy()));
    });
  });
  const port = await listen(server);
  stack.push({ [Symbol.asyncDispose]: () => new Promise<void>((resolve) => void server.close(() => resolve())) });
  return `http://127.0.0.1:${port}/`;
};

describe("an answer", () => {
  it("has status, headers in lower case, text and JSON", async () => {
    const server = await own((response) => {
      response.writeHead(418, { "X-Thing": "a", "set-cookie": ["b=1", "c=2"] }).end(`{"é":1}`);
    });
    const answer = answered(await ask(`${server.url}/x?y=1`));
    expect(answer).toMatchObject({ status: 418, text: `{"é":1}`, url: `${server.url}/x?y=1` });
    expect(answer.headers).toMatchObject({ "x-thing": "a", "set-cookie": "b=1, c=2" });
    expect(answer.json()).toEqual({ é: 1 });
  });

  it("that is not JSON has none", async () => {
    const server = await own((response) => void response.end("<html>"));
    expect(answered(await ask(server.url)).json()).toBeUndefined();
  });

  it("may begin with a byte order mark", async () => {
    const server = await own((response) => void response.end("\u{FEFF}[1]"));
    expect(answered(await ask(server.url)).json()).toEqual([1]);
  });

  it.each([
    ["gzip", gzipSync],
    ["deflate", deflateSync],
    ["br", brotliCompressSync],
  ])("may be packed: %s", async (encoding, pack) => {
    const server = await own(
      (response) => void response.writeHead(200, { "content-encoding": encoding }).end(pack("text")),
    );
    expect(answered(await ask(server.url)).text).toBe("text");
  });

  it("that is damaged in its packing is lost, not half an answer", async () => {
    const server = await own((response) => void response.writeHead(200, { "content-encoding": "gzip" }).end("text"));
    expect(await ask(server.url)).toMatchObject({ kind: "failure", failure: "lost", sent: true, reason: "encoding" });
  });

  it("longer than the limit is none", async () => {
    const server = await own((response) => void response.end("x".repeat(1001)));
    expect(await ask(server.url, { limit: 1001 })).toMatchObject({ kind: "answer" });
    expect(await ask(server.url, { limit: 1000 })).toMatchObject({ failure: "too_large", sent: true });
  });

  it("longer than the limit once unpacked is none", async () => {
    const bomb = gzipSync("x".repeat(1_000_000));
    const server = await own((response) => void response.writeHead(200, { "content-encoding": "gzip" }).end(bomb));
    expect(await ask(server.url, { limit: 100_000 })).toMatchObject({ failure: "too_large" });
  });
});

describe("a request", () => {
  it("carries method, headers and body", async () => {
    const server = await own((response) => void response.end());
    await ask(`${server.url}/p`, { method: "PUT", headers: { "x-a": "1", "content-type": "text/plain" }, body: "é" });
    expect(server.requests[0]).toMatchObject({ method: "PUT", url: "/p", body: "é" });
    expect(server.requests[0]?.headers).toMatchObject({ "x-a": "1", "content-length": "2" });
  });

  it("given nobody who listens, then nothing left this machine", async () => {
    const server = createServer();
    const port = await listen(server);
    await new Promise<void>((resolve) => void server.close(() => resolve()));
    expect(await ask(`http://127.0.0.1:${port}`)).toMatchObject({
      failure: "unreachable",
      sent: false,
      reason: "refused",
    });
  });

  it("given a name that is not known, then nothing left this machine", async () => {
    expect(await ask("http://nobody.invalid")).toMatchObject({
      failure: "unreachable",
      sent: false,
      reason: "name_unknown",
    });
  });

  it("given a connection closed after it, then it may have arrived", async () => {
    const server = await own((response) => void response.destroy());
    expect(await ask(server.url, { method: "POST", body: "x" })).toMatchObject({
      failure: "lost",
      sent: true,
      reason: "closed",
    });
    expect(server.requests).toHaveLength(1);
  });

  it("given half an answer, then it is lost", async () => {
    const url = await raw("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf", "end");
    expect(await ask(url)).toMatchObject({ failure: "lost", sent: true });
  });

  it("given half a chunked answer, then it is lost", async () => {
    const url = await raw("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n", "destroy");
    expect(await ask(url)).toMatchObject({ failure: "lost", sent: true });
  });

  it("given something that is not HTTP, then it says so", async () => {
    const url = await raw("SSH-2.0-OpenSSH_9.2\r\n", "end");
    expect(await ask(url)).toMatchObject({ failure: "lost", reason: "not_http" });
  });

  it("given no answer in time, then it may have arrived", async () => {
    const server = await own(() => {});
    expect(await ask(server.url, { timeout: 50 })).toMatchObject({ failure: "timeout", sent: true, reason: "timeout" });
  });

  it("given an answer that trickles past the time, then it is not waited for", async () => {
    const server = await own((response) => void response.writeHead(200).write("a"));
    expect(await ask(server.url, { timeout: 50 })).toMatchObject({ failure: "timeout", sent: true });
  });

  it("given an abort, then it rejects with its reason, before and during", async () => {
    const reason = new Error("stop");
    const http = await makeHttp();
    const controller = new AbortController();
    const server = await own(() => controller.abort(reason));
    await expect(http.send({ url: server.url, signal: controller.signal })).rejects.toBe(reason);
    await expect(http.send({ url: server.url, signal: controller.signal })).rejects.toBe(reason);
    expect(server.requests).toHaveLength(1);
  });

  it("a write is sent once, a read again", async () => {
    const server = await own((response, request) => {
      if (server.requests.length % 2 === 1) response.destroy();
      else response.end(request.method);
    });
    const http = await makeHttp();
    expect(await http.send({ url: server.url, method: "POST", repeat: "unprocessed" })).toMatchObject({
      failure: "lost",
    });
    expect(server.requests).toHaveLength(1);
    expect(await http.send({ url: server.url, repeat: "always" })).toMatchObject({ kind: "answer", text: "GET" });
  });

  it("given a connection that was kept and then closed by the server, then a write is not sent twice", async () => {
    const server = await own((response) => void response.end());
    const http = await makeHttp();
    for (let round = 0; round < 20; round += 1) {
      await http.send({ url: server.url, method: "POST", body: String(round) });
    }
    expect(server.requests.map(({ body }) => body)).toEqual(Array.from({ length: 20 }, (_, round) => String(round)));
  });
});

describe("redirects", () => {
  const redirecting = async (status: number, to: (server: TestServer) => string): Promise<TestServer> => {
    const server: TestServer = await own((response, request) => {
      if (request.url === "/end") response.end("end");
      else response.writeHead(status, { location: to(server) }).end();
    });
    return server;
  };

  it.each([301, 302, 303, 307, 308])("within the origin are followed by a GET: %i", async (status) => {
    const server = await redirecting(status, () => "/end");
    const answer = answered(await ask(server.url, { headers: { authorization: "Bearer t" } }));
    expect(answer).toMatchObject({ status: 200, text: "end", url: `${server.url}/end` });
    expect(server.requests[1]?.headers.authorization).toBe("Bearer t");
  });

  it("to another origin are the answer: nobody else gets the token", async () => {
    const other = await own((response) => void response.end("stolen"));
    const server = await redirecting(302, () => `${other.url}/end`);
    expect(answered(await ask(server.url, { headers: { authorization: "Bearer t" } }))).toMatchObject({ status: 302 });
    expect(other.requests).toHaveLength(0);
  });

  it.each([301, 307, 308])("are never followed by a write: %i", async (status) => {
    const server = await redirecting(status, () => "/end");
    expect(answered(await ask(server.url, { method: "POST", body: "x" }))).toMatchObject({ status });
    expect(server.requests).toHaveLength(1);
  });

  it("in a circle end", async () => {
    const server = await redirecting(302, () => "/again");
    expect(answered(await ask(server.url))).toMatchObject({ status: 302 });
    expect(server.requests).toHaveLength(6);
  });
});
