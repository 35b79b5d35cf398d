import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { errorCode, readErrors } from "./error-texts.ts";

const answer = (body: unknown, status = 400, type = "application/json") => {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return {
    status,
    text,
    headers: { "content-type": type },
    json: (): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        return undefined;
      }
    },
  };
};

const same = (text: string): string => text;

describe("the texts of an error", () => {
  it.each([
    [
      "official, plain",
      { object: "error", message: "Seat limit has been reached.", errors: null },
      ["Seat limit has been reached."],
    ],
    [
      "official, wrapped: the inner text, not the outer",
      {
        object: "error",
        message: "Errors have occurred.",
        errors: { "An error has occurred.": ["Plan does not allow additional seats."] },
      },
      ["Plan does not allow additional seats."],
    ],
    [
      "official, by field",
      {
        object: "error",
        message: "The request's model state is invalid.",
        errors: { "Members[0].Email": ["Bad.", "Worse."], "": ["Body is empty."] },
      },
      ["Members[0].Email: Bad.", "Members[0].Email: Worse.", "Body is empty."],
    ],
    [
      "official, too many requests",
      { message: "Slow down! Too many requests. Try again in 1m.", validationErrors: null, object: "error" },
      ["Slow down! Too many requests. Try again in 1m."],
    ],
    ["official, token", { error: "invalid_client" }, ["invalid_client"]],
    ["official, token with a description", { error: "invalid_request", error_description: "No grant." }, ["No grant."]],
    [
      "Vaultwarden",
      {
        message: "Incorrect client_secret",
        validationErrors: { "": ["Incorrect client_secret"] },
        errorModel: { message: "Incorrect client_secret", object: "error" },
        error: "",
        error_description: "",
        object: "error",
      },
      ["Incorrect client_secret"],
    ],
    ["Vaultwarden, only the model", { message: "", errorModel: { message: "M" }, error: "" }, ["M"]],
    [
      "Vaultwarden's framework",
      { error: { code: 422, reason: "Unprocessable Entity", description: "Could not be followed." } },
      ["Could not be followed."],
    ],
    ["only a reason", { error: { code: 404, reason: "Not Found" } }, ["Not Found"]],
    ["a bare JSON text", JSON.stringify("Only allowed when not self hosted."), ["Only allowed when not self hosted."]],
    ["empty lists", { message: "M", errors: {}, validationErrors: { a: [] } }, ["M"]],
  ])("%s", (_what, body, expected) => {
    expect(readErrors(answer(body), same)).toEqual(expected);
  });

  it.each([
    ["an empty body", "", "text/plain", ["HTTP 413"]],
    ["an empty object", "{}", "application/json", ["HTTP 413"]],
    ["null", "null", "application/json", ["HTTP 413"]],
    ["a list", "[]", "application/json", ["HTTP 413"]],
    [
      "a proxy's page",
      "<html><head><title>413 Request Entity Too Large</title></head></html>",
      "text/html",
      ["413 Request Entity Too Large"],
    ],
    ["a page with a heading", "<html><h1>Bad Gateway</h1>", "text/html", ["Bad Gateway"]],
    ["a page without a name", "<html><body>x</body></html>", "text/html", ["HTTP 413"]],
    ["plain text", "upstream timed out", "text/plain", ["upstream timed out"]],
    ["a great deal of plain text", "x".repeat(10_000), "text/plain", ["HTTP 413"]],
  ])("%s", (_what, body, type, expected) => {
    expect(readErrors(answer(body, 413, type), same)).toEqual(expected);
  });

  it("are one line each, of bearable length and number, each once", () => {
    const errors = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`f${index}`, ["a\n\tb".repeat(300)]]));
    const texts = readErrors(answer({ errors: { ...errors, f1: ["x", "x"] } }), same);
    expect(texts).toHaveLength(20);
    expect(texts.every((text) => text.length <= 501 && !/[\n\t]/u.test(text))).toBe(true);
  });

  it("hold no secret, not even one that shortening would cut in two", () => {
    const hide = (text: string): string => text.replaceAll("canary", "***");
    const texts = readErrors(answer({ errors: { f: [`${"x".repeat(495)}canary`, "canary"] } }), hide);
    expect(texts.join(" ")).not.toMatch(/can/u);
  });

  it("whatever the body, there is a text and nothing is thrown", () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (body) => {
        expect(readErrors(answer(body), same).length).toBeGreaterThan(0);
      }),
    );
  });
});

describe("the code of a token refusal", () => {
  it("is the error, where it is a text and not empty", () => {
    expect(errorCode(answer({ error: "invalid_client" }))).toBe("invalid_client");
    expect(errorCode(answer({ error: "" }))).toBeUndefined();
    expect(errorCode(answer({ error: { code: 1 } }))).toBeUndefined();
    expect(errorCode(answer("<html>"))).toBeUndefined();
  });
});
