import { afterEach, describe, expect, it } from "vitest";
import { descriptionsFolder, loadDescription } from "./description.ts";
import { startCloud, type CloudServer, type Route } from "./server.ts";

const servers: CloudServer[] = [];
afterEach(async () => {
  await Promise.allSettled(servers.splice(0).map(async (server) => server[Symbol.asyncDispose]()));
});

const users: Route = {
  method: "GET",
  path: "/v1.0/users",
  answer: ({ query }) => ({
    status: 200,
    body: { value: [{ id: "a", mail: query.get("$top") === "7" ? 7 : null }] },
  }),
};
const start = async (route = users): Promise<CloudServer> => {
  const server = await startCloud({
    routes: [route],
    description: loadDescription("entra-graph", { base: "/v1.0" }),
    missing: { status: 404, body: {} },
  });
  servers.push(server);
  return server;
};
const ask = async (server: CloudServer, target: string): Promise<number | string> => {
  try {
    const response = await fetch(`${server.url}${target}`, { signal: AbortSignal.timeout(500) });
    return (await response.text()) === "" ? "empty" : response.status;
  } catch {
    return "no answer";
  }
};

describe("a vendor's server of ours", () => {
  const found = descriptionsFolder();

  it.skipIf("skip" in found)("given what the vendor describes, then nothing is said", async () => {
    const server = await start();
    expect(await ask(server, "/v1.0/users?$top=5&$select=id,mail")).toBe(200);
    expect(server.problems).toEqual([]);
    await servers.pop()?.[Symbol.asyncDispose]();
  });

  it.skipIf("skip" in found).each([
    ["/v1.0/users?limit=5", /limit is not described/u],
    ["/v1.0/users?$top=many", /\$top=many/u],
    ["/v1.0/users?$top=7", /GET \/users 200: .*mail/u],
    ["/v1.0/people", /no such route/u],
  ])("given %s, then the test that asked fails", async (target, problem) => {
    const server = await start();
    await ask(server, target);
    servers.pop();
    await expect(server[Symbol.asyncDispose]()).rejects.toThrow(problem);
  });

  it("given the folder of descriptions, then they are used", (context) => {
    if ("skip" in found) context.skip(found.skip);
    expect(["entra-graph", "google", "okta", "onelogin"].map((name) => loadDescription(name) === undefined)).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });

  it("given a misbehaviour, then it happens as often as told, and then no more", async () => {
    const server = await start();
    const matches = (): boolean => true;
    server.misbehave({ matches, reply: { status: 429, headers: { "retry-after": "1" }, body: {} }, times: 1 });
    server.misbehave({ matches, reply: "reset", times: 1 });
    server.misbehave({ matches, reply: "cut", times: 1 });
    server.misbehave({ matches, reply: "silent", times: 1 });
    const seen = [];
    for (let number = 0; number < 5; number += 1) seen.push(await ask(server, "/v1.0/users"));
    expect(seen).toEqual([429, "no answer", "no answer", "no answer", 200]);
    expect(server.requests).toHaveLength(5);
  });
});
