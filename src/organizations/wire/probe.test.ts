import { afterEach, describe, expect, it } from "vitest";
import { faultOf } from "../../../tests/organization-contract/stage.ts";
import { createNetwork } from "../../http/network.ts";
import { createHttp } from "../../http/request.ts";
import { createFakeClock, serve, type Handler } from "../../http/testing.ts";
import { startTestSandbox } from "../sandbox/testing.ts";
import { probe, type ProbedServer } from "./probe.ts";

const stack: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of stack.splice(0).toReversed()) await one[Symbol.asyncDispose]();
});

const ask = async (server: string, apart: { apiUrl?: string; identityUrl?: string } = {}): Promise<ProbedServer> => {
  const network = await createNetwork({ env: {} });
  stack.push(network);
  const clock = createFakeClock();
  return probe({
    http: createHttp({ network, clock, random: () => 0 }),
    address: { server, ...apart },
    now: () => clock.now(),
    call: {},
  });
};

const answering = async (handle: Handler) => {
  const server = await serve(handle);
  stack.push(server);
  return server;
};

const json =
  (paths: Readonly<Record<string, unknown>>): Handler =>
  (response, request) => {
    const body = paths[request.url ?? ""];
    response
      .writeHead(body === undefined ? 404 : 200, { "content-type": "application/json" })
      .end(body === undefined ? "" : JSON.stringify(body));
  };

describe("who answers", () => {
  it.each([
    ["official-cloud", { version: "2026.8.0", region: "US" }],
    ["official-selfhost", { version: "2026.8.0" }],
    ["vaultwarden", { version: "2026.6.0" }],
  ] as const)("%s", async (dialect, expected) => {
    const sandbox = await startTestSandbox({ dialect, basePath: "/below" });
    stack.push({ [Symbol.asyncDispose]: () => sandbox.close() });
    expect(await ask(`${sandbox.url}/`)).toEqual({
      dialect,
      ...expected,
      api: `${sandbox.url}/api`,
      identity: `${sandbox.url}/identity`,
      vault: sandbox.url,
      staging: false,
    });
  });

  it("a server that can stage says so; Vaultwarden never can", async () => {
    const config = {
      object: "config",
      version: "2026.8.0",
      environment: { cloudRegion: null },
      featureStates: { "pm-34423-staged-status": true },
    };
    const own = await answering(json({ "/api/config": config }));
    expect(await ask(own.url)).toMatchObject({ dialect: "official-selfhost", staging: true });
    const other = await answering(json({ "/api/config": { ...config, server: { name: "Vaultwarden" } } }));
    expect(await ask(other.url)).toMatchObject({ dialect: "vaultwarden", staging: false });
  });

  it("may have its API elsewhere", async () => {
    const api = await answering(json({ "/config": { object: "config", environment: {} } }));
    expect(await ask("https://vault.example.test", { apiUrl: api.url, identityUrl: `${api.url}/id` })).toEqual({
      dialect: "official-selfhost",
      api: api.url,
      identity: `${api.url}/id`,
      vault: "https://vault.example.test",
      staging: false,
    });
  });

  it.each([
    ["1.20.0", "vaultwarden"],
    ["2021.5.1", "official-selfhost"],
  ])("too old for a config, is told by its version: %s", async (version, dialect) => {
    const server = await answering(json({ "/api/version": version }));
    expect(await ask(server.url)).toMatchObject({ dialect, version });
  });

  it("tolerates fields it does not know and fields that are absent", async () => {
    const server = await answering(
      json({ "/api/config": { environment: {}, extra: [1], featureStates: null, server: null } }),
    );
    expect(await ask(server.url)).toMatchObject({ dialect: "official-selfhost", staging: false });
  });
});

describe("what else may answer", () => {
  const status =
    (code: number, body = "", headers: Record<string, string> = {}): Handler =>
    (response) =>
      void response.writeHead(code, headers).end(body);

  it.each([
    ["a web page", status(200, "<html><title>Intranet</title></html>"), "page"],
    ["a web page that is not there", status(404, "<html></html>"), "page"],
    ["other JSON", status(200, `{"hello":"world"}`), "other"],
    ["nothing", status(404), "other"],
    [
      "a bare version",
      (response, request) => void response.writeHead(request.url === "/api/version" ? 200 : 404).end(`"v3"`),
      "other",
    ],
    ["a log-in page elsewhere", status(302, "", { location: "https://sso.example.test/login" }), "redirect"],
  ] as [string, Handler, string][])("given %s, then it is no such server: %s", async (_what, handle, reason) => {
    const server = await answering(handle);
    expect(await faultOf(ask(server.url))).toMatchObject({
      code: "organization.not_bitwarden",
      params: { server: new URL(server.url).host, reason },
    });
  });

  it.each([
    [500, "organization.unavailable"],
    [503, "organization.unavailable"],
    [429, "organization.rate_limited"],
  ])("given %i, then it cannot be told: %s", async (code, expected) => {
    const server = await answering(status(code));
    expect(await faultOf(ask(server.url))).toMatchObject({ code: expected });
  });

  it("given nobody, then it cannot be reached", async () => {
    const server = await serve(() => {});
    await server[Symbol.asyncDispose]();
    expect(await faultOf(ask(server.url))).toMatchObject({
      code: "organization.unreachable",
      params: { reason: "refused" },
    });
    expect(await faultOf(ask("https://nobody.invalid"))).toMatchObject({
      code: "organization.unreachable",
      params: { reason: "name_unknown" },
    });
  });

  it("given one that does not encrypt, then the secure connection failed", async () => {
    const server = await answering(status(200));
    expect(await faultOf(ask(server.url.replace("http:", "https:")))).toMatchObject({
      code: "organization.tls",
      params: { reason: "not_tls" },
    });
  });
});
