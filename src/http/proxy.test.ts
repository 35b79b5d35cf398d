import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isFault } from "../core/fault.ts";
import { createRoute, isLoopback } from "./proxy.ts";

const through = (env: Record<string, string>, address: string, proxy?: string): string | undefined =>
  createRoute({ env, proxy })(new URL(address))?.href;

describe("the way out", () => {
  it.each([
    [{}, "https://a.test", undefined],
    [{ HTTPS_PROXY: "http://p.test:3128" }, "https://a.test", "http://p.test:3128/"],
    [{ HTTPS_PROXY: "http://p.test:3128" }, "http://a.test", undefined],
    [{ HTTP_PROXY: "http://p.test:3128" }, "http://a.test", "http://p.test:3128/"],
    [{ HTTP_PROXY: "http://p.test:3128" }, "https://a.test", undefined],
    [{ https_proxy: "http://low.test", HTTPS_PROXY: "http://up.test" }, "https://a.test", "http://low.test/"],
    [{ https_proxy: "", HTTPS_PROXY: "http://up.test" }, "https://a.test", "http://up.test/"],
    [{ HTTPS_PROXY: "p.test:3128" }, "https://a.test", "http://p.test:3128/"],
    [{ HTTPS_PROXY: "https://p.test" }, "https://a.test", "https://p.test/"],
    [{ ALL_PROXY: "http://all.test" }, "https://a.test", "http://all.test/"],
    [{ ALL_PROXY: "http://all.test", HTTPS_PROXY: "http://p.test" }, "https://a.test", "http://p.test/"],
    [{ HTTP_PROXY: "http://evil.test", REQUEST_METHOD: "GET" }, "http://a.test", undefined],
    [{ http_proxy: "http://p.test", REQUEST_METHOD: "GET" }, "http://a.test", "http://p.test/"],
  ])("given %j, then %s goes through %s", (env, address, expected) => {
    expect(through(env as Record<string, string>, address)).toBe(expected);
  });

  it("given a configured proxy, then the environment's does not count but its exceptions do", () => {
    const env = { HTTPS_PROXY: "http://env.test", NO_PROXY: "inside.test" };
    expect(through(env, "https://a.test", "http://own.test")).toBe("http://own.test/");
    expect(through(env, "https://inside.test", "http://own.test")).toBeUndefined();
  });

  it.each([
    ["a.test", "https://a.test", true],
    ["a.test", "https://x.a.test", true],
    ["a.test", "https://ba.test", false],
    [".a.test", "https://x.a.test", true],
    ["*.a.test", "https://x.a.test", true],
    ["A.TEST.", "https://a.test", true],
    ["b.test, a.test", "https://a.test", true],
    ["b.test a.test", "https://a.test", true],
    ["*", "https://a.test", true],
    ["a.test:8443", "https://a.test:8443", true],
    ["a.test:8443", "https://a.test", false],
    ["a.test:443", "https://a.test", true],
    ["10.1.2.3", "https://10.1.2.3", true],
    ["10.0.0.0/8", "https://10.1.2.3", true],
    ["10.0.0.0/8", "https://11.1.2.3", false],
    ["10.0.0.0/99", "https://10.1.2.3", false],
    ["fd00::/8", "https://[fd12::1]", true],
    ["fd12::1", "https://[fd12::1]", true],
    ["2.3", "https://10.1.2.3", false],
    ["", "https://a.test", false],
  ])("given NO_PROXY=%s, then %s goes straight: %s", (exceptions, address, straight) => {
    const env = { HTTPS_PROXY: "http://p.test", NO_PROXY: exceptions };
    expect(through(env, address)).toBe(straight ? undefined : "http://p.test/");
    expect(through({ HTTPS_PROXY: "http://p.test", no_proxy: exceptions }, address)).toBe(
      straight ? undefined : "http://p.test/",
    );
  });

  it.each(["http://localhost:1", "http://127.0.0.1:1", "http://127.9.9.9", "http://[::1]:1", "http://a.localhost"])(
    "this computer is never reached through a proxy: %s",
    (address) => {
      expect(through({ HTTP_PROXY: "http://p.test", HTTPS_PROXY: "http://p.test" }, address)).toBeUndefined();
    },
  );

  it.each(["ftp://p.test", "http://", "http://p test", "socks5://p.test"])(
    "given %s, then a Fault names the variable it came from",
    (proxy) => {
      expect(caught(() => createRoute({ env: { HTTPS_PROXY: proxy } }))).toEqual({ proxy, field: "HTTPS_PROXY" });
      expect(caught(() => createRoute({ env: {}, proxy }))).toEqual({ proxy, field: "network.proxy" });
    },
  );

  it.each(["ftp://user:canary@p.test", "http://user:canary@ p.test", "user:canary@p.test:99999"])(
    "given a bad proxy with a password, then the Fault does not hold it: %s",
    (proxy) => {
      expect(JSON.stringify(caught(() => createRoute({ env: {}, proxy })))).not.toContain("canary");
    },
  );

  it("whatever NO_PROXY holds, reading it does not throw", () => {
    fc.assert(
      fc.property(fc.string(), (exceptions) => {
        through({ HTTPS_PROXY: "http://p.test", NO_PROXY: exceptions }, "https://a.test");
      }),
    );
  });
});

describe("loopback", () => {
  it.each([
    ["localhost", true],
    ["LOCALHOST.", true],
    ["127.0.0.1", true],
    ["127.255.0.1", true],
    ["[::1]", true],
    ["128.0.0.1", false],
    ["localhost.evil.test", false],
    ["127.0.0.1.evil.test", false],
  ])("%s: %s", (host, expected) => {
    expect(isLoopback(host)).toBe(expected);
  });
});

const caught = (act: () => unknown): unknown => {
  try {
    act();
  } catch (error) {
    if (isFault(error, "network.proxy_invalid")) return error.params;
    throw error;
  }
  return undefined;
};
