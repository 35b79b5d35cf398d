/** Everything that can go wrong with a request has a name. */
import { describe, expect, it } from "vitest";
import type { Fault } from "../../src/organizations/sandbox/sandbox.ts";
import type { OrganizationWorld } from "../organization-world.ts";
import { faultOf, importPath, inviteRows, send, stageOf, type OrganizationHarness } from "./stage.ts";

export function describeFailures(harness: OrganizationHarness): void {
  const { start } = stageOf(harness);
  const cases: [string, Fault, object][] = [
    [
      "500 before anything",
      { kind: "status", status: 500, when: "before" },
      { outcome: "refused", status: 500, code: "organization.rejected" },
    ],
    [
      "500 after the people",
      { kind: "fail-after-step", step: harness.dialect === "vaultwarden" ? 1 : 5 },
      { outcome: "refused", status: 500 },
    ],
    [
      "504 after completing",
      { kind: "status", status: 504, when: "after" },
      { outcome: "unknown", reason: "HTTP 504" },
    ],
    [
      "502 before anything",
      { kind: "status", status: 502, when: "before" },
      { outcome: "unknown", reason: "HTTP 502" },
    ],
    [
      "503 before anything",
      { kind: "status", status: 503, when: "before" },
      { outcome: "unknown", reason: "HTTP 503" },
    ],
    ["a closed socket", { kind: "close", when: "before" }, { outcome: "unknown", reason: "closed" }],
    ["a closed socket after completing", { kind: "close", when: "after" }, { outcome: "unknown", reason: "closed" }],
    ["silence", { kind: "hang", when: "before" }, { outcome: "unknown", reason: "timeout" }],
    ["silence after completing", { kind: "hang", when: "after" }, { outcome: "unknown", reason: "timeout" }],
    [
      "an HTML page",
      { kind: "status", status: 400, when: "before", html: true },
      { outcome: "refused", status: 400, code: "organization.rejected" },
    ],
    [
      "413",
      { kind: "status", status: 413, when: "before", html: true },
      { outcome: "refused", status: 413, code: "organization.too_large" },
    ],
  ];

  describe("failing", () => {
    it.each(cases)("given %s, then a write is sent once and says what it knows", async (_what, fault, expected) => {
      const { open, sandbox } = await start();
      const organization = await open({}, { timeouts: { read: 2_000, write: 150 } });
      sandbox.control.faults.push({ path: importPath, fault });
      const { results } = await send(organization, inviteRows(2));
      expect(results).toEqual([expect.objectContaining(expected)]);
      expect(sandbox.requests.filter(({ path }) => path === importPath)).toHaveLength(1);
    });

    it("given a proxy that takes no more than a kilobyte, then the request is too large", async () => {
      const { open, sandbox } = await start();
      sandbox.control.bodyLimitBytes = 1_000;
      const { results } = await send(await open(), inviteRows(50));
      expect(results).toEqual([
        expect.objectContaining({ outcome: "refused", code: "organization.too_large", status: 413 }),
      ]);
    });

    it("given 429 with Retry-After, then waits as long, says so and goes on", async () => {
      const { open, sandbox, waits, sleeps } = await start();
      const organization = await open();
      sandbox.control.faults.push({ path: importPath, at: 1, fault: { kind: "throttle", retryAfterSeconds: 17 } });
      expect((await send(organization, inviteRows(2))).outcomes).toEqual(["done"]);
      expect(waits).toEqual([{ seconds: 17, reason: "rate_limited" }]);
      expect(sleeps).toEqual([17_000]);
    });

    it("given 429 without Retry-After, then waits a minute", async () => {
      const { open, sandbox, sleeps } = await start();
      const organization = await open();
      sandbox.control.faults.push({ path: importPath, at: 1, fault: { kind: "throttle" } });
      expect((await send(organization, inviteRows(2))).outcomes).toEqual(["done"]);
      expect(sleeps).toEqual([60_000]);
    });

    it("given a pause longer than a run may wait, then says how long", async () => {
      const { open, sandbox, sleeps } = await start();
      const organization = await open();
      sandbox.control.faults.push({ path: importPath, fault: { kind: "throttle", retryAfterSeconds: 7_200 } });
      expect(await faultOf(send(organization, inviteRows(2)))).toMatchObject({
        code: "organization.rate_limited",
        params: { server: new URL(sandbox.url).host, seconds: 7_200 },
      });
      expect(sleeps).toEqual([]);
    });

    it("given a redirect, then nothing is sent there and says where it leads", async () => {
      const { open, sandbox } = await start();
      const organization = await open();
      sandbox.control.faults.push({
        path: importPath,
        fault: { kind: "redirect", location: "https://evil.test/import" },
      });
      expect(await faultOf(send(organization, inviteRows(2)))).toMatchObject({
        code: "organization.not_bitwarden",
        params: { reason: "redirect", detail: "evil.test" },
      });
    });

    it("given a server that is gone, then says that it cannot be reached", async () => {
      const { open, sandbox } = await start();
      const organization = await open();
      await sandbox.close();
      // A connection that was kept may notice only while it is used: then the request counts as lost.
      await send(organization, inviteRows(1)).catch(() => undefined);
      expect(await faultOf(send(organization, inviteRows(2)))).toMatchObject({
        code: "organization.unreachable",
        params: { server: new URL(sandbox.url).host, reason: "refused" },
      });
    });

    it.each([
      ["a rate limit", { kind: "throttle" }, "organization.rate_limited"],
      ["500", { kind: "status", status: 500, when: "before" }, "organization.unavailable"],
      ["503 again and again", { kind: "status", status: 503, when: "before" }, "organization.unavailable"],
      ["no identity there", { kind: "status", status: 404, when: "before" }, "organization.not_bitwarden"],
      ["a page", { kind: "status", status: 200, when: "before", html: true }, "organization.not_bitwarden"],
      ["a firewall", { kind: "status", status: 403, when: "before", html: true }, "organization.forbidden"],
      ["a redirect", { kind: "redirect", location: "https://evil.test/token" }, "organization.not_bitwarden"],
      ["a closed socket", { kind: "close", when: "before" }, "organization.unreachable"],
    ] as [string, Fault, string][])("given %s at the log-in, then says what it is", async (_what, fault, code) => {
      const { open, sandbox } = await start();
      sandbox.control.faults.push({ path: "/connect/token", fault });
      expect(await faultOf(open())).toMatchObject({ code, params: { server: new URL(sandbox.url).host } });
    });

    it("given a log-in that is asked to wait, then waits and logs in", async () => {
      const { open, sandbox, sleeps } = await start();
      sandbox.control.faults.push({ path: "/connect/token", at: 1, fault: { kind: "throttle", retryAfterSeconds: 3 } });
      await open();
      expect(sleeps).toEqual([3_000]);
    });

    it.each([
      [
        "a server whose clock is wrong",
        (world: OrganizationWorld) => void (world.sandbox.control.clockSkewMs = -600_000),
      ],
      [
        "a server whose clock is ahead",
        (world: OrganizationWorld) => void (world.sandbox.control.clockSkewMs = 600_000),
      ],
      ["a slow server", (world: OrganizationWorld) => void (world.sandbox.control.latencyMs = 30)],
    ])("given %s, then all is well", async (_what, set) => {
      const world = await start();
      set(world);
      expect((await send(await world.open(), inviteRows(2))).outcomes).toEqual(["done"]);
    });

    it("given an abort, then rejects with its reason and sends nothing more", async () => {
      const { open, sandbox } = await start();
      const controller = new AbortController();
      const reason = new Error("stop");
      const organization = await open({}, { signal: controller.signal });
      controller.abort(reason);
      await expect(send(organization, inviteRows(1))).rejects.toBe(reason);
      expect(sandbox.requests.filter(({ path }) => path === importPath)).toEqual([]);
    });
  });
}
