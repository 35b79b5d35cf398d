import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRedaction } from "./redact.ts";

const redactOf = (...secrets: string[]): ((text: string) => string) => {
  const { remember, redact } = createRedaction();
  for (const secret of secrets) remember(secret);
  return redact;
};

describe("taking secrets out of texts", () => {
  it("given nothing remembered, then a text stays as it is", () => {
    expect(redactOf()("password=hunter2")).toBe("password=hunter2");
  });

  it("given a secret, then it goes everywhere it stands and the rest stays", () => {
    expect(redactOf("hunter2")("a hunter2 b hunter2")).toBe("a *** b ***");
  });

  it("given a secret that another one begins with, then nothing of the longer one is left", () => {
    expect(redactOf("hunter2", "hunter2-and-more")("it is hunter2-and-more")).toBe("it is ***");
  });

  it("given a secret of three characters, then texts are left readable", () => {
    expect(redactOf("abc")("abc is in the alphabet")).toBe("abc is in the alphabet");
  });

  it.each([
    ["a query", (secret: string) => `https://x.test/?p=${encodeURIComponent(secret)}`],
    [
      "a query with small letters",
      (secret: string) => encodeURIComponent(secret).toLowerCase().replaceAll("secret", "Secret"),
    ],
    ["a form", (secret: string) => new URLSearchParams({ client_secret: secret }).toString()],
    ["JSON", (secret: string) => JSON.stringify({ password: secret })],
    ["base64", (secret: string) => Buffer.from(secret).toString("base64")],
    ["base64url", (secret: string) => Buffer.from(secret).toString("base64url")],
    ["a Basic header", (secret: string) => Buffer.from(`a:${secret}`).toString("base64")],
    ["a Basic header with a longer name", (secret: string) => Buffer.from(`ab:${secret}`).toString("base64")],
    ["a Basic header with a name longer still", (secret: string) => Buffer.from(`abc:${secret}`).toString("base64")],
  ])("given a secret with quotes, spaces and accents in %s, then it goes", (_, encode) => {
    const secret = 'Secret "päss" word+/1\\x ?';
    const text = redactOf(secret)(`before ${encode(secret)} after`);
    expect(text).toContain("***");
    expect(text).not.toContain(encode(secret));
    expect(text.startsWith("before ")).toBe(true);
    expect(text.endsWith(" after")).toBe(true);
  });

  it("given a key of several lines, then a single line of it goes too, and its headings stay", () => {
    const key =
      "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0B\nAQEFAASCBKcwggSjAgEAAoIB\n-----END PRIVATE KEY-----\n";
    expect(redactOf(key)("line MIIEvQIBADANBgkqhkiG9w0B of -----BEGIN PRIVATE KEY-----")).toBe(
      "line *** of -----BEGIN PRIVATE KEY-----",
    );
  });

  it("given a credentials file with a key in it, then the key's lines go wherever they are quoted", () => {
    const file = JSON.stringify({ private_key: "-----BEGIN\nMIIEvQIBADANBgkqhkiG9w0B\nEND" });
    expect(redactOf(file)("MIIEvQIBADANBgkqhkiG9w0B")).toBe("***");
  });

  it("given any secret in any text, then it is not in what comes back", () => {
    const text = fc.string({ unit: "binary" }).filter((each) => !each.includes("*"));
    fc.assert(
      fc.property(text, text, text, (secret, before, after) => {
        fc.pre(secret.length >= 4);
        const redact = redactOf(secret);
        expect(redact(`${before}${secret}${after}`)).not.toContain(secret);
        expect(redact(JSON.stringify({ before, secret, after }))).not.toContain(JSON.stringify(secret).slice(1, -1));
        expect(redact(encodeURIComponent(secret.toWellFormed()))).not.toContain(
          encodeURIComponent(secret.toWellFormed()),
        );
      }),
    );
  });
});
