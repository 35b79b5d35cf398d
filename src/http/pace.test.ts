import { describe, expect, it } from "vitest";
import { createPace, type Limits, type Pace } from "./pace.ts";
import type { Http, HttpReply } from "./request.ts";
import { withRetries } from "./retry.ts";
import { createFakeClock } from "./testing.ts";

const url = "https://a.test/";
const answer = (status: number, headers: Record<string, string> = {}): HttpReply => ({
  kind: "answer",
  status,
  headers,
  text: "",
  json: () => undefined,
  url,
});
const limits = (given: Partial<Limits> = {}): Limits => ({
  source: "https://vendor.test/limits",
  concurrency: 4,
  throttling: {},
  ...given,
});

/** A server that answers as told, one request after the other, and knows how many were under way at most. */
const scripted = (reply: (number: number) => HttpReply, clock = createFakeClock()) => {
  let sent = 0;
  let running = 0;
  const most: number[] = [];
  const at: number[] = [];
  const http: Http = {
    send: (request) =>
      withRetries(request, { clock, random: () => 0.5 }, async () => {
        const number = (sent += 1);
        running += 1;
        most.push(running);
        at.push(clock.now());
        await new Promise((resolve) => void setImmediate(resolve));
        running -= 1;
        return reply(number);
      }),
  };
  return { http, clock, at, most: () => Math.max(...most.splice(0)), sent: () => sent };
};

const many = (count: number, pace: Pace): Promise<HttpReply[]> =>
  Promise.all(Array.from({ length: count }, () => pace.send({ url, repeat: "always" })));

describe("the pace", () => {
  it("given many requests, then no more are under way than the vendor bears", async () => {
    const server = scripted(() => answer(200));
    const pace = await createPace({ ...server, limits: limits(), share: 1 });
    await many(20, pace);
    expect([server.most(), server.sent()]).toEqual([4, 20]);
  });

  it("given a published budget, then no window ever sees more than our share of it", async () => {
    const server = scripted(() => answer(200));
    const pace = await createPace({
      ...server,
      limits: limits({ window: { units: 100, seconds: 10 } }),
      share: 0.5,
    });
    await Promise.all(Array.from({ length: 60 }, () => pace.send({ url }, 5)));
    for (const start of server.at) {
      const units = server.at.filter((at) => at >= start && at < start + 10_000).length * 5;
      expect(units).toBeLessThanOrEqual(50);
    }
    // 300 units, 50 in each window, the first of them at once.
    expect(server.clock.now() - (server.at[0] ?? 0)).toBe(50_000);
  });

  it("given a request that costs more than the whole bucket, then it goes alone instead of never", async () => {
    const server = scripted(() => answer(200));
    const pace = await createPace({ ...server, limits: limits({ window: { units: 10, seconds: 1 } }), share: 0.5 });
    await pace.send({ url }, 50);
    await pace.send({ url }, 1);
    expect(server.sent()).toBe(2);
    expect((server.at[1] ?? 0) - (server.at[0] ?? 0)).toBe(1_000);
  });

  it("given an announced budget, then what is beyond our share of it is left to others until it is whole again", async () => {
    const budget = {
      budget: { limit: "limit", remaining: "remaining", reset: "reset", counts: "left" },
    } as const;
    const server = scripted((number) =>
      answer(200, { limit: "10", remaining: String(10 - (number % 10)), reset: "30" }),
    );
    const pace = await createPace({ ...server, limits: limits({ throttling: budget, concurrency: 1 }), share: 0.5 });
    await many(5, pace);
    expect(server.clock.sleeps).toEqual([]);
    await pace.send({ url });
    expect(server.clock.sleeps).toEqual([30_000]);
  });

  it("given a budget that ends while several are under way, then those count too, and none is refused", async () => {
    const budget = {
      budget: { limit: "limit", remaining: "remaining", reset: "reset", counts: "left" },
    } as const;
    const clock = createFakeClock();
    let [start, used, refused] = [clock.now(), 0, 0];
    // Counts on arrival and answers later, as a server does.
    const send: Http["send"] = async () => {
      if (clock.now() >= start + 60_000) [start, used] = [clock.now(), 0];
      used += 1;
      if (used > 10) refused += 1;
      const reset = String((start + 60_000 - clock.now()) / 1000);
      const reply = answer(used > 10 ? 429 : 200, { limit: "10", remaining: String(Math.max(0, 10 - used)), reset });
      await new Promise((resolve) => void setImmediate(resolve));
      return reply;
    };
    const pace = await createPace({
      clock,
      http: { send },
      limits: limits({ throttling: budget, concurrency: 4 }),
      share: 1,
    });
    const replies = await many(25, pace);
    expect([replies.length, refused]).toEqual([25, 0]);
  });

  it("given a pause that the vendor asks for in its own way, then nobody sends meanwhile", async () => {
    const server = scripted(() => answer(200));
    const pace = await createPace({ ...server, limits: limits(), share: 1 });
    pace.pause(7_000);
    await pace.send({ url });
    expect(server.clock.sleeps).toEqual([7_000]);
  });

  it("given a request that waits for its units while another is told to wait, then it waits for both", async () => {
    const server = scripted(() => answer(200));
    const pace = await createPace({ ...server, limits: limits({ window: { units: 1, seconds: 1 } }), share: 1 });
    await pace.send({ url });
    const waiting = pace.send({ url });
    pace.pause(9_000);
    await waiting;
    expect((server.at[1] ?? 0) - (server.at[0] ?? 0)).toBe(9_000);
  });

  it.each([
    ["a pause", {}],
    ["a window", { window: { units: 1, seconds: 10 } }],
  ])("given a clock that is set back during %s, then it lasts no longer than it was to", async (_what, given) => {
    const server = scripted(() => answer(200));
    const pace = await createPace({ ...server, limits: limits(given), share: 1 });
    await pace.send({ url });
    if (Object.keys(given).length === 0) pace.pause(10_000);
    server.clock.advance(-86_400_000);
    await pace.send({ url });
    expect(server.clock.sleeps).toEqual([10_000]);
  });

  it("given one that is told to wait, then nobody sends meanwhile, and everything arrives", async () => {
    const server = scripted((number) => (number === 1 ? answer(429, { "retry-after": "7" }) : answer(200)));
    const pace = await createPace({ ...server, limits: limits({ concurrency: 1 }), share: 1 });
    const replies = await many(6, pace);
    expect(replies.every((reply) => reply.kind === "answer" && reply.status === 200)).toBe(true);
    expect(server.sent()).toBe(7);
    expect(server.clock.sleeps).toEqual([7_000]);
  });

  it("given a refusal, then half as many go at a time, and slowly as many as before", async () => {
    let refuse = true;
    const server = scripted(() => (refuse ? answer(429, { "retry-after": "1" }) : answer(200)));
    const pace = await createPace({ ...server, limits: limits({ concurrency: 8 }), share: 1 });
    const refused = pace.send({ url, repeat: "always", onWait: () => (refuse = false) });
    await refused;
    server.most();
    await many(8, pace);
    const after = server.most();
    expect(after).toBeLessThan(8);
    await many(60, pace);
    server.most();
    await many(20, pace);
    expect(server.most()).toBe(8);
  });

  it("given a server under pressure, then it slows down before it is refused", async () => {
    const server = scripted(() => answer(200, { "x-ms-throttle-limit-percentage": "0.9" }));
    const pace = await createPace({
      ...server,
      limits: limits({ throttling: { pressure: "x-ms-throttle-limit-percentage" } }),
      share: 1,
    });
    await many(8, pace);
    server.most();
    await many(8, pace);
    expect(server.most()).toBe(1);
  });

  it("given an interruption, then what waits for its turn is never sent", async () => {
    const server = scripted(() => answer(200));
    const pace = await createPace({ ...server, limits: limits({ concurrency: 1 }), share: 1 });
    const controller = new AbortController();
    const first = pace.send({ url, signal: controller.signal });
    const second = pace.send({ url, signal: controller.signal });
    controller.abort(new Error("stop"));
    await expect(second).rejects.toThrow("stop");
    await first.catch(() => {});
    expect(server.sent()).toBeLessThanOrEqual(1);
  });
});
