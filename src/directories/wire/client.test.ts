import { describe, expect, it } from "vitest";
import { z } from "zod";
import { createWorld } from "../../../tests/directory-world.ts";
import { createHttp } from "../../http/request.ts";
import { createNetwork } from "../../http/network.ts";
import { serve, type Handler } from "../../http/testing.ts";
import { createTokenMemory, createTokenSource } from "../../http/token.ts";
import { createClient, type Client } from "./client.ts";

const shape = z.object({ value: z.array(z.object({ id: z.string() })) });
const question = { what: "people", right: "users.read" } as const;

/** A client of a server that answers as told, with tokens t1, t2 … */
const withClient = async (
  handle: Handler,
  use: (
    client: Client,
    world: ReturnType<typeof createWorld>,
    requests: readonly { headers: Record<string, unknown> }[],
  ) => Promise<void>,
) => {
  await using server = await serve(handle);
  await using network = await createNetwork({ env: {} });
  const world = createWorld({ http: (clock) => createHttp({ network, clock, random: () => 0.5 }), network });
  const { http, now, log, signal } = world.dependencies;
  let logins = 0;
  const client = await createClient({
    http,
    now,
    log,
    signal,
    root: new URL(`${server.url}/v1`),
    limits: { source: "https://vendor.test", concurrency: 4, throttling: {} },
    share: 1,
    token: createTokenSource({
      key: "k",
      cache: createTokenMemory(),
      clock: now,
      request: () => Promise.resolve({ token: `t${(logins += 1)}-secret`, expiresAt: now.now() + 3_600_000 }),
    }),
    headers: (token) => ({ authorization: `Bearer ${token}` }),
    grant: "entra",
    secrets: ["hush"],
  });
  await use(client, world, server.requests);
};

const json = (
  response: Parameters<Handler>[0],
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void => {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(body));
};

const all = async (client: Client): Promise<string[]> => {
  const found: string[] = [];
  for await (const page of client.pages(client.url("/users"), shape, question))
    found.push(...page.value.map(({ id }) => id));
  return found;
};

describe("a vendor's API", () => {
  it("given pages, then all of them are read with the token, below the root", async () => {
    await withClient(
      (response, request) =>
        request.url === "/v1/users"
          ? json(response, 200, { value: [{ id: "a", mail: "unused" }] }, { link: '</v1/users?after=b>; rel="next"' })
          : json(response, 200, { value: [{ id: "b" }] }),
      async (client, _world, requests) => {
        expect(await all(client)).toEqual(["a", "b"]);
        expect(requests.map(({ headers }) => headers["authorization"])).toEqual([
          "Bearer t1-secret",
          "Bearer t1-secret",
        ]);
      },
    );
  });

  it("given a token that is no longer taken, then it is renewed once; given one that never is, then the log-in is refused", async () => {
    await withClient(
      (response, request) =>
        request.headers.authorization === "Bearer t2-secret"
          ? json(response, 200, { value: [] })
          : json(response, 401, { error: { message: "expired" } }),
      async (client) => expect(await all(client)).toEqual([]),
    );
    await withClient(
      (response) => json(response, 401, { error: { message: "No t1-secret, t2-secret or hush" } }),
      async (client) => {
        await expect(all(client)).rejects.toMatchObject({
          code: "directory.auth_failed",
          params: { detail: "No ***, *** or ***" },
        });
      },
    );
  });

  it.each([
    [
      403,
      { error: { message: "Insufficient privileges." } },
      { code: "directory.forbidden", params: { right: "users.read", detail: "Insufficient privileges" } },
    ],
    [500, { errorSummary: "Internal" }, { code: "directory.unavailable", params: { reason: "Internal" } }],
    [404, {}, { code: "directory.bad_response", params: { field: "people", reason: "HTTP 404" } }],
    [200, { value: [{ id: 7 }] }, { code: "directory.bad_response", params: { field: "people.value[0].id" } }],
    [200, "<html>", { code: "directory.bad_response", params: { field: "people" } }],
  ])("given an answer %s %j, then the fault says what it is and where", async (status, body, fault) => {
    await withClient(
      (response) => json(response, status, body),
      async (client) => {
        await expect(all(client)).rejects.toMatchObject(fault);
      },
    );
  });

  it("given a next page at another server, then nothing is sent there", async () => {
    await using other = await serve((response) => json(response, 200, { value: [] }));
    await withClient(
      (response) => json(response, 200, { value: [] }, { link: `<${other.url}/v1/users?after=b>; rel="next"` }),
      async (client) => {
        await expect(all(client)).rejects.toMatchObject({
          code: "directory.bad_response",
          params: { reason: "elsewhere", to: new URL(other.url).host },
        });
        expect(other.requests).toEqual([]);
      },
    );
  });

  it.each([
    ["<!doctype html><p>Log in to this network</p>", "web_page"],
    ["OK", "no_json"],
    ["", "no_json"],
  ])("given the answer %j instead of data, then it is said what it is", async (text, reason) => {
    await withClient(
      (response) => void response.writeHead(200, { "content-type": "text/html" }).end(text),
      async (client) => {
        await expect(all(client)).rejects.toMatchObject({
          code: "directory.bad_response",
          params: { field: "people", reason },
        });
      },
    );
  });

  it("given a redirect to another server, then nothing is sent there, and it is named", async () => {
    await using other = await serve((response) => json(response, 200, { value: [] }));
    await withClient(
      (response) => json(response, 302, {}, { location: `${other.url}/v1/users` }),
      async (client) => {
        await expect(all(client)).rejects.toMatchObject({
          code: "directory.bad_response",
          params: { reason: "elsewhere", to: new URL(other.url).host },
        });
        expect(other.requests).toEqual([]);
      },
    );
  });

  it("given a second page that never comes, then the whole read fails", async () => {
    await withClient(
      (response, request) =>
        request.url === "/v1/users"
          ? json(response, 200, { value: [] }, { link: '</v1/users?after=b>; rel="next"' })
          : void response.destroy(),
      async (client) => {
        await expect(all(client)).rejects.toMatchObject({ code: "directory.unreachable" });
      },
    );
  });

  it("given any request, then neither token nor secret is logged", async () => {
    await withClient(
      (response) => json(response, 200, { value: [] }),
      async (client, world) => {
        await all(client);
        expect(world.logged).not.toEqual([]);
        expect(world.logged.filter((line) => line.includes("secret"))).toEqual([]);
      },
    );
  });
});
