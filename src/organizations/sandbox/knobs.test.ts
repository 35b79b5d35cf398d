/** Everything that can be made to go wrong, seen from the client. */
import { request } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import type { RequestInfo } from "./knobs.ts";
import { askToken, call, membersOf, sendImport, startTestSandbox, startOfTime } from "./testing.ts";
import type { TestSandbox } from "./testing.ts";

const path = "/public/organization/import";
const body = { members: [{ email: "a@x.test", externalId: "1", deleted: false }] };
const dialects = ["official-cloud", "vaultwarden"] as const;

let sandbox: TestSandbox;
afterEach(() => sandbox.close());

describe.each(dialects)("on %s", (dialect) => {
  it("closes the socket before or after doing the work", async () => {
    sandbox = await startTestSandbox({ dialect });
    sandbox.control.faults.push(
      { path, at: 1, fault: { kind: "close", when: "before" } },
      { path, at: 2, fault: { kind: "close", when: "after" } },
    );
    await expect(sendImport(sandbox, body)).rejects.toThrow("fetch failed");
    expect(membersOf(sandbox.state)).toEqual([]);
    await expect(sendImport(sandbox, body)).rejects.toThrow("fetch failed");
    expect(membersOf(sandbox.state)).toEqual(["a@x.test/1/invited"]);
    expect((await sendImport(sandbox, body)).status).toBe(200);
  });

  it("answers 504 with a page after doing the work", async () => {
    sandbox = await startTestSandbox({ dialect });
    sandbox.control.faults.push({
      method: "POST",
      path: /import$/,
      times: 1,
      fault: { kind: "status", status: 504, when: "after" },
    });
    const answer = await sendImport(sandbox, body);
    expect(answer.status).toBe(504);
    expect(answer.headers.get("content-type")).toBe("text/html");
    expect(membersOf(sandbox.state)).toEqual(["a@x.test/1/invited"]);
    expect((await sendImport(sandbox, body)).status).toBe(200);
  });

  it("hangs until it is closed, the work done when asked so", async () => {
    sandbox = await startTestSandbox({ dialect });
    sandbox.control.faults.push({ path, fault: { kind: "hang", when: "after" } });
    let done: () => void = () => undefined;
    const handled = new Promise<void>((resolve) => {
      done = resolve;
    });
    sandbox.control.onRequest = (when) => {
      if (when === "after") done();
    };
    const waiting = sendImport(sandbox, body).then(
      () => "answered",
      () => "cut",
    );
    await handled;
    expect(membersOf(sandbox.state)).toEqual(["a@x.test/1/invited"]);
    await sandbox.close();
    expect(await waiting).toBe("cut");
  });

  it("says 429 with and without Retry-After", async () => {
    sandbox = await startTestSandbox({ dialect });
    sandbox.control.faults.push(
      { path, at: 1, fault: { kind: "throttle", retryAfterSeconds: 7 } },
      { path, at: 2, fault: { kind: "throttle" } },
    );
    const first = await sendImport(sandbox, body);
    const second = await sendImport(sandbox, body);
    expect([first.status, first.headers.get("retry-after")]).toEqual([429, "7"]);
    expect([second.status, second.headers.get("retry-after")]).toEqual([429, null]);
    expect(membersOf(sandbox.state)).toEqual([]);
  });

  it("refuses a body over a proxy's limit with its page, even without a token", async () => {
    sandbox = await startTestSandbox({ dialect });
    sandbox.control.bodyLimitBytes = 1_000_000;
    const members = Array.from({ length: 20_000 }, (_, index) => ({
      email: `p${index}@x.test`,
      externalId: `p${index}`,
      deleted: false,
    }));
    const answer = await call(sandbox, "POST", path, { ...body, members }, { authorization: "" });
    expect(answer.status).toBe(413);
    expect(answer.text).toContain("nginx");
    expect((await sendImport(sandbox, body)).status).toBe(200);
  });

  it("redirects", async () => {
    sandbox = await startTestSandbox({ dialect });
    sandbox.control.faults.push({ fault: { kind: "redirect", location: "https://elsewhere.test/login", status: 302 } });
    const answer = await sendImport(sandbox, body);
    expect([answer.status, answer.headers.get("location")]).toEqual([302, "https://elsewhere.test/login"]);
  });

  it("shows an error page of a proxy", async () => {
    sandbox = await startTestSandbox({ dialect });
    sandbox.control.faults.push({
      path: "/connect/token",
      at: 1,
      fault: { kind: "status", status: 500, when: "before", html: true, body: "<h1>Oops</h1>" },
    });
    expect(await askToken(sandbox)).toMatchObject({ status: 500, text: "<h1>Oops</h1>", json: undefined });
    expect((await askToken(sandbox)).status).toBe(200);
  });

  it("gives tokens of a few seconds, by a clock that may be wrong", async () => {
    sandbox = await startTestSandbox({ dialect });
    Object.assign(sandbox.control, { tokenLifetimeSeconds: 3, tokenToleranceSeconds: 0, clockSkewMs: 600_000 });
    const answer = await askToken(sandbox);
    expect(answer.json).toMatchObject({ expires_in: 3 });
    expect(answer.headers.get("date")).toBe(new Date(startOfTime + 600_000).toUTCString());
    const { access_token: token } = z.object({ access_token: z.string() }).parse(answer.json);
    const authorization = `Bearer ${token}`;
    const wholeBody = { ...body, groups: [], overwriteExisting: false };
    expect((await call(sandbox, "POST", path, wholeBody, { authorization })).status).toBe(200);
    sandbox.clock.now += 4_000;
    expect((await call(sandbox, "POST", path, wholeBody, { authorization })).status).toBe(401);
  });

  it("finishes an import whose client has gone", async () => {
    sandbox = await startTestSandbox({ dialect });
    const gone = new Promise<void>((resolve) => {
      sandbox.control.onRequest = async (when) => {
        if (when !== "before") return resolve();
        client.destroy();
        await new Promise<void>((closed) => client.once("close", () => closed()));
      };
    });
    const client = request(`${sandbox.apiUrl}${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${sandbox.issueToken()}`, "content-type": "application/json" },
    });
    client.on("error", () => undefined);
    client.end(JSON.stringify({ ...body, groups: [], overwriteExisting: false }));
    await gone;
    expect(membersOf(sandbox.state)).toEqual(["a@x.test/1/invited"]);
  });

  it("serves the paths with and without prefix", async () => {
    sandbox = await startTestSandbox({ dialect });
    for (const url of [`${sandbox.url}/config`, `${sandbox.apiUrl}/config`]) {
      const config: unknown = await (await fetch(url)).json();
      expect(config).toMatchObject({
        object: "config",
        server: dialect === "vaultwarden" ? { name: "Vaultwarden" } : null,
      });
    }
    for (const name of ["alive", "version", "now"]) expect((await call(sandbox, "GET", `/${name}`)).status).toBe(200);
  });
});

it("tells the hook and the log about every request", async () => {
  sandbox = await startTestSandbox({ dialect: "official-cloud", keptRequests: 2 });
  const heard: [string, RequestInfo][] = [];
  sandbox.control.onRequest = (when, info) => void heard.push([when, info]);
  await askToken(sandbox);
  await sendImport(sandbox, body);
  await call(sandbox, "GET", "/public/members");
  expect(heard.map(([when, info]) => `${when} ${info.method} ${info.path} ${info.status ?? "-"}`)).toEqual([
    "before POST /connect/token -",
    "after POST /connect/token 200",
    "before POST /public/organization/import -",
    "after POST /public/organization/import 200",
    "before GET /public/members -",
    "after GET /public/members 200",
  ]);
  expect(sandbox.requests.map((entry) => entry.path)).toEqual(["/public/organization/import", "/public/members"]);
  expect(sandbox.requests[0]).toMatchObject({
    method: "POST",
    status: 200,
    body: { members: [{ email: "a@x.test" }] },
  });
  expect(sandbox.requests[0]?.bytes).toBeGreaterThan(50);
});

it("strikes the k-th matching request and as many as it is told", async () => {
  sandbox = await startTestSandbox({ dialect: "official-cloud" });
  sandbox.control.faults.push({
    method: "GET",
    path: "/public/groups",
    at: 2,
    times: 2,
    fault: { kind: "status", status: 503, when: "before" },
  });
  const statuses: number[] = [];
  for (let count = 0; count < 4; count += 1) {
    await call(sandbox, "GET", "/public/members");
    statuses.push((await call(sandbox, "GET", "/public/groups")).status);
  }
  expect(statuses).toEqual([200, 503, 503, 200]);
});

it("answers late by its latency", async () => {
  sandbox = await startTestSandbox({ dialect: "official-cloud", latencyMs: 30 });
  const start = performance.now();
  await call(sandbox, "GET", "/alive");
  expect(performance.now() - start).toBeGreaterThanOrEqual(28);
});
