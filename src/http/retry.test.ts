import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { HttpReply, HttpRequest } from "./request.ts";
import { defaultPolicy, retryAfter, withRetries } from "./retry.ts";
import { createFakeClock } from "./testing.ts";

const answer = (status: number, headers: Record<string, string> = {}): HttpReply => ({
  kind: "answer",
  status,
  headers,
  text: "",
  json: () => undefined,
  url: "https://a.test/",
});
const failed = (failure: "unreachable" | "tls" | "timeout" | "lost" | "too_large", sent: boolean): HttpReply => ({
  kind: "failure",
  failure,
  sent,
  reason: "closed",
});

const run = async (
  replies: readonly HttpReply[],
  request: Partial<HttpRequest>,
  random: () => number = () => 0.5,
): Promise<{ reply: HttpReply; tries: number; waits: unknown[]; sleeps: readonly number[] }> => {
  const clock = createFakeClock();
  const waits: unknown[] = [];
  let tries = 0;
  const reply = await withRetries(
    { url: "https://a.test/", onWait: (wait) => waits.push(wait), ...request },
    { clock, random },
    () => {
      const next = replies[Math.min(tries, replies.length - 1)];
      tries += 1;
      return next === undefined ? Promise.reject(new Error("no reply")) : Promise.resolve(next);
    },
  );
  return { reply, tries, waits, sleeps: clock.sleeps };
};

describe("sending again", () => {
  it.each([
    [answer(429), 5, 5, 1],
    [answer(502), 5, 1, 1],
    [answer(503), 5, 1, 1],
    [answer(504), 5, 1, 1],
    [answer(500), 1, 1, 1],
    [answer(400), 1, 1, 1],
    [answer(401), 1, 1, 1],
    [answer(200), 1, 1, 1],
    [failed("unreachable", false), 5, 5, 1],
    [failed("timeout", false), 5, 5, 1],
    [failed("timeout", true), 5, 1, 1],
    [failed("lost", true), 5, 1, 1],
    [failed("tls", false), 1, 1, 1],
    [failed("too_large", true), 1, 1, 1],
  ])("given %j, then so many tries: a read %i, a write %i, otherwise %i", async (reply, read, write, never) => {
    expect((await run([reply], { repeat: "always" })).tries).toBe(read);
    expect((await run([reply], { repeat: "unprocessed" })).tries).toBe(write);
    expect((await run([reply], {})).tries).toBe(never);
  });

  it("given Retry-After in seconds, then it waits as long and says so", async () => {
    const { reply, sleeps, waits } = await run([answer(429, { "retry-after": "7" }), answer(200)], {
      repeat: "unprocessed",
    });
    expect(reply).toMatchObject({ status: 200 });
    expect(sleeps).toEqual([7000]);
    expect(waits).toEqual([{ seconds: 7, reason: "rate_limited" }]);
  });

  it("given Retry-After as a date, then it waits until then", async () => {
    const { sleeps } = await run([answer(503, { "retry-after": "Mon, 05 Jan 2026 09:00:30 GMT" }), answer(200)], {
      repeat: "always",
    });
    expect(sleeps).toEqual([30_000]);
  });

  it("given a 429 without Retry-After, then it waits a minute", async () => {
    expect((await run([answer(429), answer(200)], { repeat: "always" })).sleeps).toEqual([60_000]);
  });

  it("otherwise waits are drawn evenly below a bound that doubles", async () => {
    const most = await run([answer(503)], { repeat: "always" }, () => 0.999999);
    expect(most.sleeps).toEqual([500, 1000, 2000, 4000]);
    expect((await run([answer(503)], { repeat: "always" }, () => 0)).sleeps).toEqual([0, 0, 0, 0]);
    await fc.assert(
      fc.asyncProperty(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), async (drawn) => {
        const { sleeps } = await run([answer(503)], { repeat: "always" }, () => drawn);
        expect(sleeps.every((sleep, index) => sleep >= 0 && sleep <= defaultPolicy.base * 2 ** index)).toBe(true);
      }),
    );
  });

  it("given a wait that would pass the deadline, then it gives the last reply at once", async () => {
    const { reply, tries, sleeps } = await run([answer(429, { "retry-after": "3600" })], {
      repeat: "always",
      deadline: 600_000,
    });
    expect(reply).toMatchObject({ status: 429 });
    expect({ tries, sleeps }).toEqual({ tries: 1, sleeps: [] });
  });

  it("given an abort during a wait, then it ends with the signal's reason", async () => {
    const controller = new AbortController();
    const stopped = new Error("stopped");
    const request = { repeat: "always" as const, signal: controller.signal, onWait: () => controller.abort(stopped) };
    await expect(run([answer(503)], request)).rejects.toBe(stopped);
  });
});

describe("Retry-After", () => {
  const now = Date.UTC(2026, 0, 5, 9);
  it.each([
    ["0", 0],
    ["12", 12_000],
    ["1.5", 1500],
    ["Mon, 05 Jan 2026 09:00:10 GMT", 10_000],
    ["Mon, 05 Jan 2026 08:00:00 GMT", 0],
    ["soon", undefined],
    ["-5", undefined],
    ["", undefined],
  ])("%s is %s milliseconds", (text, expected) => {
    expect(retryAfter({ headers: { "retry-after": text } }, now)).toBe(expected);
  });
  it("as a date counts by the server's clock, where the answer shows it", () => {
    const headers = { "retry-after": "Mon, 05 Jan 2026 12:00:10 GMT", date: "Mon, 05 Jan 2026 12:00:00 GMT" };
    expect(retryAfter({ headers }, now)).toBe(10_000);
  });
  it("absent is none", () => {
    expect(retryAfter({ headers: {} }, now)).toBeUndefined();
  });
});
