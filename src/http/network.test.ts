import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer as createProxyServer, request as forward, type Server } from "node:http";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TLSSocket } from "node:tls";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createAuthority } from "../../tests/certificates.ts";
import { isFault } from "../core/fault.ts";
import { createNetwork, type NetworkSettings } from "./network.ts";
import { createHttp, type HttpReply } from "./request.ts";
import { createFakeClock, listen, serve, type TestServer } from "./testing.ts";

const authority = createAuthority("Firm CA");
const stranger = createAuthority("Nobody's CA");
const stack: AsyncDisposable[] = [];
let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "network-test-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
afterEach(async () => {
  for (const one of stack.splice(0).toReversed()) await one[Symbol.asyncDispose]();
});

const file = async (name: string, text: string): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
};

const get = async (url: string, settings: Partial<NetworkSettings>): Promise<HttpReply> => {
  const network = await createNetwork({ env: {}, ...settings });
  stack.push(network);
  return createHttp({ network, clock: createFakeClock(), random: () => 0 }).send({ url });
};

const encrypted = async (
  names: readonly string[],
  options: { issuer?: typeof authority; from?: number; until?: number; wantsCertificate?: boolean } = {},
): Promise<TestServer> => {
  const { issuer = authority, wantsCertificate, ...times } = options;
  const { certificate, key } = issuer.issue({ names, ...times });
  const server = await serve(
    (response, request) => {
      const { socket } = request;
      const shown = socket instanceof TLSSocket ? socket.getPeerCertificate().subject?.CN : undefined;
      response.end(wantsCertificate === true ? shown : "hello");
    },
    {
      cert: certificate,
      key,
      ...(wantsCertificate === true
        ? { requestCert: true, rejectUnauthorized: true, ca: [authority.certificate] }
        : {}),
    },
  );
  stack.push(server);
  return server;
};

describe("trust", () => {
  it("given an authority of one's own, then it is trusted by its file, by NODE_EXTRA_CA_CERTS, and not without", async () => {
    const server = await encrypted(["127.0.0.1"]);
    const path = await file("ca.pem", `Firm CA\n${authority.certificate}`);
    expect(await get(server.url, { caFile: path })).toMatchObject({ kind: "answer", text: "hello" });
    expect(await get(server.url, { env: { NODE_EXTRA_CA_CERTS: path } })).toMatchObject({ kind: "answer" });
    expect(await get(server.url, {})).toMatchObject({ failure: "tls", sent: false, reason: "unknown_issuer" });
    expect(server.requests).toHaveLength(2);
  });

  it.each([
    ["another name", "other_host", ["other.test"], {}],
    ["an end that has passed", "expired", ["127.0.0.1"], { until: Date.UTC(2021, 0, 1) }],
    ["a beginning still to come", "not_yet_valid", ["127.0.0.1"], { from: Date.UTC(2099, 0, 1) }],
    ["another issuer", "unknown_issuer", ["127.0.0.1"], { issuer: stranger }],
  ])("given a certificate with %s, then nothing is sent: %s", async (_what, reason, names, options) => {
    const server = await encrypted(names, options);
    const path = await file("ca.pem", authority.certificate);
    expect(await get(server.url, { caFile: path })).toMatchObject({ failure: "tls", sent: false, reason });
    expect(server.requests).toHaveLength(0);
  });

  it("given a server that does not encrypt, then it says so", async () => {
    const server = await serve((response) => void response.end());
    stack.push(server);
    expect(await get(`https://127.0.0.1:${server.port}`, {})).toMatchObject({ failure: "tls", reason: "not_tls" });
  });

  it("offers every authority that counts, once each", async () => {
    const path = await file("ca.pem", `${authority.certificate}${stranger.certificate}`);
    const network = await createNetwork({ env: { NODE_EXTRA_CA_CERTS: path }, caFile: path });
    stack.push(network);
    const all = network.authorities();
    expect(all.length).toBeGreaterThan(50);
    expect(new Set(all).size).toBe(all.length);
    expect(all).toContain(authority.certificate.trim());
    expect(all).toContain(stranger.certificate.trim());
  });
});

describe("a client certificate", () => {
  const issued = authority.issue({ names: ["client.test"] });
  const locked = authority.issue({ names: ["locked.test"], passphrase: "canary-passphrase" });

  it("is shown to a server that asks for one; its key may need a passphrase, or be in the same file", async () => {
    const server = await encrypted(["127.0.0.1"], { wantsCertificate: true });
    const caFile = await file("ca.pem", authority.certificate);
    const plain = { certFile: await file("c.pem", issued.certificate), keyFile: await file("c.key", issued.key) };
    expect(await get(server.url, { caFile, ...plain })).toMatchObject({ text: "client.test" });
    const sealed = {
      certFile: await file("l.pem", locked.certificate),
      keyFile: await file("l.key", locked.key),
      keyPassphrase: "canary-passphrase",
    };
    expect(await get(server.url, { caFile, ...sealed })).toMatchObject({ text: "locked.test" });
    const both = { certFile: await file("both.pem", `${issued.certificate}${issued.key}`) };
    expect(await get(server.url, { caFile, ...both })).toMatchObject({ text: "client.test" });
    expect(await get(server.url, { caFile })).toMatchObject({ kind: "failure" });
    expect(server.requests).toHaveLength(3);
  });

  it.each([
    ["caFile", "missing", { caFile: "none.pem" }],
    ["caFile", "no_certificate", { caFile: "c.key" }],
    ["certFile", "missing", { certFile: "none.pem" }],
    ["certFile", "no_certificate", { certFile: "c.key", keyFile: "c.key" }],
    ["keyFile", "missing", { certFile: "c.pem", keyFile: "none.pem" }],
    ["keyFile", "no_key", { certFile: "c.pem", keyFile: "c.pem" }],
    ["keyFile", "pair", { certFile: "c.pem", keyFile: "other.key" }],
    ["keyFile", "passphrase", { certFile: "l.pem", keyFile: "l.key" }],
    ["keyFile", "passphrase", { certFile: "l.pem", keyFile: "l.key", keyPassphrase: "canary-wrong" }],
    ["caFile", "folder", { caFile: "." }],
  ])("given a bad network.%s, then a Fault says %s", async (field, reason, files) => {
    await file("c.pem", issued.certificate);
    await file("c.key", issued.key);
    await file("other.key", authority.issue({ names: ["x"] }).key);
    await file("l.pem", locked.certificate);
    await file("l.key", locked.key);
    const settings = Object.fromEntries(
      Object.entries(files).map(([name, value]) => [name, name === "keyPassphrase" ? value : join(folder, value)]),
    );
    const fault = await createNetwork({ env: {}, ...settings }).catch((error: unknown) => error);
    expect(isFault(fault, "network.file_unreadable") && fault.params).toMatchObject({
      field: `network.${field}`,
      reason,
    });
    expect(String(fault)).not.toContain("canary-wrong");
  });

  it("given a bad file in NODE_EXTRA_CA_CERTS, then the Fault names the variable", async () => {
    const fault = await createNetwork({ env: { NODE_EXTRA_CA_CERTS: join(folder, "none") } }).catch(
      (error: unknown) => error,
    );
    expect(isFault(fault) && fault.params).toMatchObject({ field: "NODE_EXTRA_CA_CERTS", reason: "missing" });
  });
});

describe("a proxy", () => {
  /** Takes every name to the given port of this machine, if asked with the right password. */
  const proxy = async (port: number, password?: string): Promise<{ url: string; seen: string[] }> => {
    const seen: string[] = [];
    const allowed = (header: string | undefined): boolean =>
      password === undefined || header === `Basic ${Buffer.from(`me:${password}`).toString("base64")}`;
    const server: Server = createProxyServer((request, response) => {
      seen.push(`${request.method} ${request.url}`);
      if (!allowed(request.headers["proxy-authorization"])) {
        response.writeHead(407).end();
        return;
      }
      const onward = forward({ port, host: "127.0.0.1", path: new URL(request.url ?? "").pathname }, (answer) => {
        response.writeHead(answer.statusCode ?? 0, answer.headers);
        answer.pipe(response);
      });
      request.pipe(onward);
    });
    const sockets = new Set<Socket>();
    server.on("connection", (socket: Socket) => void sockets.add(socket));
    server.on("connect", (request, socket, head) => {
      seen.push(`CONNECT ${request.url}`);
      if (!allowed(request.headers["proxy-authorization"])) {
        socket.end("HTTP/1.1 407 No\r\n\r\n");
        return;
      }
      const onward = connect(port, "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        onward.write(head);
        onward.pipe(socket).pipe(onward);
      });
      sockets.add(onward);
      for (const one of [onward, socket]) one.on("error", () => {});
    });
    const own = await listen(server);
    stack.push({
      [Symbol.asyncDispose]: async () => {
        for (const socket of sockets) socket.destroy();
        await new Promise<void>((resolve) => void server.close(() => resolve()));
      },
    });
    return { url: `http://127.0.0.1:${own}`, seen };
  };

  it("is asked for a tunnel to an encrypted server, whose certificate is checked all the same", async () => {
    const server = await encrypted(["organization.test"]);
    const { url, seen } = await proxy(server.port);
    const caFile = await file("ca.pem", authority.certificate);
    const env = { HTTPS_PROXY: url };
    expect(await get("https://organization.test/x", { caFile, env })).toMatchObject({ kind: "answer", text: "hello" });
    expect(seen).toEqual(["CONNECT organization.test:443"]);
    expect(await get("https://organization.test/x", { env })).toMatchObject({
      failure: "tls",
      reason: "unknown_issuer",
    });
    expect(await get("https://other.test/x", { caFile, env })).toMatchObject({ failure: "tls", reason: "other_host" });
  });

  it("passes on what is not encrypted", async () => {
    const server = await serve((response) => void response.end("plain"));
    stack.push(server);
    const { url, seen } = await proxy(server.port);
    expect(await get("http://organization.test/x", { env: { http_proxy: url } })).toMatchObject({ text: "plain" });
    expect(seen).toEqual(["GET http://organization.test/x"]);
  });

  it("may want a password, which its address holds", async () => {
    const server = await encrypted(["organization.test"]);
    const { url } = await proxy(server.port, "p%w");
    const caFile = await file("ca.pem", authority.certificate);
    const withPassword = url.replace("//", "//me:p%25w@");
    expect(await get("https://organization.test/", { caFile, proxy: withPassword })).toMatchObject({ text: "hello" });
    expect(await get("https://organization.test/", { caFile, proxy: url })).toMatchObject({
      failure: "unreachable",
      sent: false,
      reason: "proxy_login",
    });
  });

  it("that does not answer is what cannot be reached", async () => {
    const server = createProxyServer();
    const port = await listen(server);
    await new Promise<void>((resolve) => void server.close(() => resolve()));
    expect(await get("https://organization.test/", { proxy: `http://127.0.0.1:${port}` })).toMatchObject({
      failure: "unreachable",
      sent: false,
      reason: "refused",
    });
  });
});
