import { describe, expect, it } from "vitest";
import type { HttpReply } from "./request.ts";
import { createTokenMemory, createTokenSource, withToken, type Token } from "./token.ts";
import { createFakeClock } from "./testing.ts";

const answer = (status: number): HttpReply => ({
  kind: "answer",
  status,
  headers: {},
  text: "",
  json: () => undefined,
  url: "",
});

const setUp = (seconds: number) => {
  const clock = createFakeClock();
  const cache = createTokenMemory();
  let asked = 0;
  const request = (): Promise<Token> => {
    asked += 1;
    return Promise.resolve({ token: `t${asked}`, expiresAt: clock.now() + seconds * 1000 });
  };
  const source = () => createTokenSource({ key: "k", cache, clock, request });
  return { clock, cache, source, asked: () => asked };
};

describe("a token", () => {
  it("is asked for once, however many want it at once", async () => {
    const { source, asked } = setUp(3600);
    const one = source();
    expect(await Promise.all([one.current(), one.current(), one.current()])).toEqual(["t1", "t1", "t1"]);
    expect(asked()).toBe(1);
  });

  it("is renewed a minute before its end", async () => {
    const { clock, source } = setUp(3600);
    const one = source();
    await one.current();
    clock.advance(3539_000);
    expect(await one.current()).toBe("t1");
    clock.advance(1_000);
    expect(await one.current()).toBe("t2");
  });

  it("that lives for seconds only still serves most of them", async () => {
    const { clock, source } = setUp(8);
    const one = source();
    await one.current();
    clock.advance(5_000);
    expect(await one.current()).toBe("t1");
    clock.advance(1_500);
    expect(await one.current()).toBe("t2");
  });

  it("is shared through the cache", async () => {
    const { source, asked } = setUp(3600);
    await source().current();
    expect(await source().current()).toBe("t1");
    expect(asked()).toBe(1);
  });

  it("that cannot be had is asked for again by the next", async () => {
    const clock = createFakeClock();
    let asked = 0;
    const source = createTokenSource({
      key: "k",
      cache: createTokenMemory(),
      clock,
      request: () => {
        asked += 1;
        return asked === 1
          ? Promise.reject(new Error("no"))
          : Promise.resolve({ token: "t", expiresAt: clock.now() + 1e6 });
      },
    });
    await expect(source.current()).rejects.toThrow("no");
    expect(await source.current()).toBe("t");
  });
});

describe("a call with a token", () => {
  it("given 401, then renews the token and calls once more", async () => {
    const { source } = setUp(3600);
    const used: string[] = [];
    const reply = await withToken(source(), (token) => {
      used.push(token);
      return Promise.resolve(answer(used.length === 1 ? 401 : 200));
    });
    expect(used).toEqual(["t1", "t2"]);
    expect(reply).toMatchObject({ status: 200 });
  });

  it("given 401 again, then that is the answer", async () => {
    const { source, asked } = setUp(3600);
    const reply = await withToken(source(), () => Promise.resolve(answer(401)));
    expect(reply).toMatchObject({ status: 401 });
    expect(asked()).toBe(2);
  });

  it("given another process that has renewed it, then its token is used and none is asked for", async () => {
    const { source, cache, asked, clock } = setUp(3600);
    const mine = source();
    await mine.current();
    await cache.set("k", { token: "theirs", expiresAt: clock.now() + 3_600_000 });
    const used: string[] = [];
    await withToken(mine, (token) => {
      used.push(token);
      return Promise.resolve(answer(token === "theirs" ? 200 : 401));
    });
    expect(used).toEqual(["t1", "theirs"]);
    expect(asked()).toBe(1);
  });
});
