import { describe, expect, it } from "vitest";
import { readRoot } from "./root.ts";

describe("the root of a vendor's API", () => {
  it.each([
    ["acme.okta.com", "https://acme.okta.com/"],
    [" https://acme.okta.com/ ", "https://acme.okta.com/"],
    ["https://graph.microsoft.com/v1.0", "https://graph.microsoft.com/v1.0"],
    ["http://127.0.0.1:8080", "http://127.0.0.1:8080/"],
    ["http://localhost", "http://localhost/"],
  ])("given %s, then %s", (text, expected) => {
    expect(readRoot(text).href).toBe(expected);
  });
  it.each([
    ["", "directory.unreachable"],
    ["ftp://acme.okta.com", "directory.unreachable"],
    ["https://user:word@acme.okta.com", "directory.unreachable"],
    ["https://acme.okta.com?x=1", "directory.unreachable"],
    ["http://acme.okta.com", "directory.plain_refused"],
    ["http://127.0.0.1.evil.test", "directory.plain_refused"],
  ])("given %s, then it is refused without repeating a password", (text, code) => {
    expect(() => readRoot(text)).toThrow(expect.objectContaining({ code }));
    expect(() => readRoot(text)).not.toThrow(/word@/u);
  });
});
