import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { connect as connectTcp } from "node:net";
import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { contract } from "../../rpc/contract.ts";
import type { Link } from "../../rpc/links/link.ts";
import { socketLink } from "../../rpc/links/socket.ts";
import { connect } from "../../rpc/peer.ts";
import { serveFailure } from "../serve-app.ts";
import { Fault } from "../../core/fault.ts";
import { createGate, linkLife, makeKey, type GateParts } from "./gate.ts";
import { refusalPage } from "./refusal.ts";
import { entrance, startPageServer, type PageServer } from "./server.ts";

let server: PageServer;
let now: number;
let parts: GateParts;
let attached: Link[];

beforeEach(async () => {
  now = 1_000_000;
  attached = [];
  const values = new Map<string, string>();
  parts = {
    now: () => now,
    random: randomBytes,
    store: {
      value: async (key) => values.get(key),
      saveValue: async (key, value) => void (value === undefined ? values.delete(key) : values.set(key, value)),
    },
  };
  server = await startPageServer({
    address: "127.0.0.1",
    port: 0,
    files: new Map([
      [
        "/index.html",
        { bytes: Buffer.from("<!doctype html>the page"), type: "text/html; charset=utf-8", lasting: false },
      ],
      ["/assets/app-1.js", { bytes: Buffer.from("the script"), type: "text/javascript; charset=utf-8", lasting: true }],
    ]),
    gate: createGate(parts),
    attach: (link) => {
      attached.push(link);
      serveFailure(new Fault("profile.none", {}), link);
    },
    refusal: refusalPage,
  });
});
afterEach(() => server[Symbol.asyncDispose]());

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** A request with exactly these headers, the path as it is. */
const ask = (path: string, headers: Readonly<Record<string, string>> = {}, method = "GET"): Promise<Answer> =>
  new Promise((done, failed) => {
    const { hostname, port, host } = new URL(server.url);
    const sent = httpRequest({ hostname, port, path, method, headers: { host, ...headers } }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (part: string) => (text += part));
      answer.on("end", () => done({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
    });
    sent.once("error", failed).end();
  });

/** What a browser has after it followed a link. */
const session = async (): Promise<string> => {
  const { headers } = await ask(`${entrance}?key=${await makeKey(parts)}`);
  return headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
};

const openSocket = (headers: Readonly<Record<string, string>>, path = "/engine"): Promise<number | WebSocket> =>
  new Promise((done, failed) => {
    const socket = new WebSocket(`${server.url.replace("http", "ws")}${path}`, { headers });
    socket
      .once("open", () => done(socket))
      .once("unexpected-response", (_request, { statusCode = 0 }) => done(statusCode))
      .once("error", failed);
  });

const own = (): Record<string, string> => ({ origin: server.url });

describe("the page for the browser on this computer", () => {
  it("given a link, then it opens the page once, and not a second time", async () => {
    const path = `${entrance}?key=${await makeKey(parts)}`;
    const first = await ask(path);
    expect(first.status).toBe(200);
    expect(first.headers["set-cookie"]).toEqual([
      expect.stringMatching(/^directory-connector=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/$/u),
    ]);
    const second = await ask(path);
    expect(second.status).toBe(403);
    expect(second.headers["set-cookie"]).toBeUndefined();
    const cookie = first.headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
    expect((await ask("/", { cookie })).text).toBe("<!doctype html>the page");
    // Whoever is in already may press "back".
    expect((await ask(path, { cookie })).status).toBe(200);
  });

  it("given one link in two browsers at once, then one of them is let in", async () => {
    const path = `${entrance}?key=${await makeKey(parts)}`;
    const statuses = (await Promise.all([ask(path), ask(path)])).map(({ status }) => status);
    expect(statuses.toSorted((one, other) => one - other)).toEqual([200, 403]);
  });

  it("given a look at the link by HEAD, then it still opens the page", async () => {
    const path = `${entrance}?key=${await makeKey(parts)}`;
    expect((await ask(path, {}, "HEAD")).status).toBe(403);
    expect((await ask(path)).status).toBe(200);
  });

  it("given a newer link, an hour gone, a clock set back, or a key nobody made, then the link opens nothing", async () => {
    const older = await makeKey(parts);
    const newer = await makeKey(parts);
    expect((await ask(`${entrance}?key=${older}`)).status).toBe(403);
    now += linkLife + 1;
    expect((await ask(`${entrance}?key=${newer}`)).status).toBe(403);
    const later = await makeKey(parts);
    now -= 2 * linkLife;
    expect((await ask(`${entrance}?key=${later}`)).status).toBe(403);
    for (const key of ["", "x", "undefined"]) expect((await ask(`${entrance}?key=${key}`)).status).toBe(403);
  });

  it("given no session or one of somebody else, then nothing but how to get in, in the browser's language", async () => {
    await session();
    for (const cookie of ["", "directory-connector=", "directory-connector=guess", "other=1; x"])
      for (const path of ["/", "/index.html", "/assets/app-1.js", "/nothing"]) {
        const answer = await ask(path, cookie === "" ? {} : { cookie });
        expect(answer.status).toBe(403);
        expect(answer.text).toContain("does not open the page any more");
      }
    expect((await ask("/", { "accept-language": "nl-NL,nl;q=0.9,en;q=0.5" })).text).toContain('<html lang="nl">');
    expect((await ask("/", { "accept-language": "en,nl;q=0.9" })).text).toContain('<html lang="en">');
  });

  it("given another name for this computer, then it answers nothing, whatever the session", async () => {
    const cookie = await session();
    for (const host of [
      "evil.test",
      "evil.test:80",
      "127.0.0.1.evil.test",
      "localhost.evil.test",
      "0.0.0.0",
      "2130706433",
    ]) {
      expect([host, (await ask("/", { host, cookie })).status]).toEqual([host, 421]);
      expect([host, (await ask(`${entrance}?key=${await makeKey(parts)}`, { host })).status]).toEqual([host, 421]);
      expect([host, await openSocket({ host, origin: `http://${host}`, cookie })]).toEqual([host, 421]);
    }
    // A tunnel has a port of its own.
    for (const host of ["localhost", "localhost:9000", "127.0.0.1:9000", "[::1]:9000"])
      expect((await ask("/", { host, cookie })).status).toBe(200);
  });

  it("given a path that leads out of the page, then there is nothing", async () => {
    const cookie = await session();
    for (const path of [
      "/../package.json",
      "/..%2fpackage.json",
      "/%2e%2e/package.json",
      "/assets/../../package.json",
      "/..\\package.json",
      "//etc/passwd",
      "/etc/passwd",
      "/assets/",
      "/__proto__",
      "/%00",
      "/index.html/",
      "/assets/app-1.js%00.html",
    ])
      expect([path, (await ask(path, { cookie })).status]).toEqual([path, 404]);
  });

  it("given anything but a look, then it is refused", async () => {
    const cookie = await session();
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
      expect((await ask("/", { cookie }, method)).status).toBe(405);
  });

  it("says on every answer that nothing comes from elsewhere, and nothing goes there", async () => {
    const cookie = await session();
    for (const [path, headers] of [
      ["/", { cookie }],
      ["/assets/app-1.js", { cookie }],
      ["/nothing", { cookie }],
      ["/", {}],
      [`${entrance}?key=x`, {}],
      ["/", { host: "evil.test" }],
    ] as const) {
      const answer = await ask(path, headers);
      expect(answer.headers).toMatchObject({
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "no-referrer",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
      });
      const policy = String(answer.headers["content-security-policy"]);
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toMatch(/unsafe|\*|https?:|evil/u);
      expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
      expect(answer.text).not.toMatch(/<script|<style|style=| on\w+=/u);
    }
    expect((await ask("/", { cookie })).headers["cache-control"]).toBe("no-store");
    expect((await ask("/assets/app-1.js", { cookie })).headers["cache-control"]).toContain("immutable");
  });
});

describe("the conversation with the engine", () => {
  it("is opened from the page with a session, and answers", async () => {
    const socket = await openSocket({ ...own(), cookie: await session() });
    if (typeof socket === "number") throw new Error(`refused with ${socket}`);
    const client = connect(contract, socketLink(socket));
    await expect(client.call("app.info", {})).rejects.toMatchObject({ code: "profile.none" });
    await client.close();
  });

  it("given no session, another origin, none at all, or another path, then it is refused, and no engine hears of it", async () => {
    const cookie = await session();
    const port = new URL(server.url).port;
    const refused = [
      own(),
      { ...own(), cookie: "directory-connector=guess" },
      { cookie },
      { cookie, origin: "http://evil.test" },
      { cookie, origin: "null" },
      { cookie, origin: `https://127.0.0.1:${port}` },
      { cookie, origin: `http://localhost:${port}` },
      { cookie, origin: "http://127.0.0.1:1" },
    ];
    for (const headers of refused) expect([headers, await openSocket(headers)]).toEqual([headers, 403]);
    expect(await openSocket({ ...own(), cookie }, "/")).toBe(404);
    expect(await openSocket({ ...own(), cookie }, "/engine/../x")).toBe(404);
    expect(attached).toEqual([]);
  });

  it("given a message that is too large or no text, then it ends", async () => {
    for (const message of [Buffer.alloc(2_000_000), Buffer.from("binary")]) {
      const socket = await openSocket({ ...own(), cookie: await session() });
      if (typeof socket === "number") throw new Error(`refused with ${socket}`);
      const closed = new Promise<number>((done) => socket.once("close", done));
      socket.send(message);
      expect([1003, 1009]).toContain(await closed);
    }
  });

  it("given the server closes, then every conversation ends, one that never answers as well", async () => {
    const socket = await openSocket({ ...own(), cookie: await session() });
    if (typeof socket === "number") throw new Error(`refused with ${socket}`);
    const { hostname, port } = new URL(server.url);
    const silent = connectTcp(Number(port), hostname);
    await new Promise((done) => silent.once("connect", done));
    const closed = [
      new Promise((done) => socket.once("close", done)),
      new Promise((done) => silent.once("close", done).resume()),
    ];
    await server[Symbol.asyncDispose]();
    await Promise.all(closed);
    server = { url: "", [Symbol.asyncDispose]: async () => undefined };
  });
});
