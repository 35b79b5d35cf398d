import { describe, expect, it } from "vitest";
import type { HttpAnswer } from "./request.ts";
import { announcedBudget, isThrottled, type BudgetHeaders } from "./throttling.ts";

const answer = (status: number, body?: unknown, headers: Record<string, string> = {}): HttpAnswer => ({
  kind: "answer",
  status,
  headers,
  text: JSON.stringify(body) ?? "",
  json: () => body,
  url: "https://a.test/",
});

describe("whether an answer asks for a slower pace", () => {
  const byReason = { reasons: { status: 403, any: ["userRateLimitExceeded", "quotaExceeded"] } };
  const refusal = (reason: string) => ({ error: { code: 403, message: "No", errors: [{ domain: "global", reason }] } });

  it.each([
    ["429, whatever the vendor", answer(429), {}, true],
    ["403 with a reason that means pace", answer(403, refusal("quotaExceeded")), byReason, true],
    ["403 with a reason that means a missing right", answer(403, refusal("forbidden")), byReason, false],
    ["403 without a body", answer(403), byReason, false],
    ["another status with the same reason", answer(400, refusal("quotaExceeded")), byReason, false],
    ["403 of a vendor without such reasons", answer(403, refusal("quotaExceeded")), {}, false],
  ])("given %s", (_case, given, throttling, expected) => {
    expect(isThrottled(given, throttling)).toBe(expected);
  });
});

describe("an announced budget", () => {
  const names = (counts: BudgetHeaders["counts"]): BudgetHeaders => ({
    limit: "x-rate-limit-limit",
    remaining: "x-rate-limit-remaining",
    reset: "x-rate-limit-reset",
    counts,
  });
  const now = Date.UTC(2026, 0, 5, 9);
  const headers = (limit: string, remaining: string, reset: string, date?: string) => ({
    headers: {
      "x-rate-limit-limit": limit,
      "x-rate-limit-remaining": remaining,
      "x-rate-limit-reset": reset,
      ...(date === undefined ? {} : { date }),
    },
  });
  const epoch = (milliseconds: number): string => String(Math.floor(milliseconds / 1000));

  it("given a moment and the server's own clock, then our clock does not matter", () => {
    const theirs = now - 3_600_000;
    const given = headers("600", "12", epoch(theirs + 20_000), new Date(theirs).toUTCString());
    expect(announcedBudget(given, names("epoch"), now)).toEqual({ limit: 600, remaining: 12, resetIn: 21_000 });
  });
  it("given a moment alone, then our clock counts", () => {
    expect(announcedBudget(headers("600", "12", epoch(now + 5_000)), names("epoch"), now)?.resetIn).toBe(6_000);
  });
  it("given seconds left, then those count", () => {
    expect(announcedBudget(headers("5000", "0", "1799"), names("left"), now)?.resetIn).toBe(1_799_000);
  });
  it("given a moment that is past, then nothing is waited for", () => {
    expect(announcedBudget(headers("600", "0", epoch(now - 60_000)), names("epoch"), now)?.resetIn).toBe(0);
  });
  it.each([
    ["a limit of 0, as for too many at the same time", headers("0", "0", epoch(now + 9_000))],
    ["nonsense", headers("many", "12", "soon")],
    ["no headers", { headers: {} }],
  ])("given %s, then none is announced", (_case, given) => {
    expect(announcedBudget(given, names("epoch"), now)).toBeUndefined();
  });
});
