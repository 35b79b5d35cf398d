import { describe, expect, it } from "vitest";
import { addressOf, choiceOf, placeOf, splitKey } from "./server.ts";

const id = "organization.5b1f0c2e-8d47-4a63-9f0a-b1c400f3a7d2";

describe("the server's address", () => {
  it.each([
    ["vault.example.com", "https://vault.example.com"],
    [" https://vault.example.com ", "https://vault.example.com"],
    ["http://127.0.0.1:8087", "http://127.0.0.1:8087"],
    ["", ""],
  ])("given %j typed, then it is %j", (typed, address) => expect(addressOf(typed)).toBe(address));

  it.each([
    ["vault.bitwarden.eu", "eu"],
    ["https://vault.bitwarden.com/", "us"],
    ["https://vault.example.com", "own"],
  ])("given %j, then the choice is %s", (typed, choice) => expect(choiceOf(typed)).toBe(choice));
});

describe("a pasted key", () => {
  it.each([
    [`${id}\nsecret123`],
    [`client_id: ${id}\nclient_secret: secret123\nscope: api.organization\ngrant_type: client_credentials`],
    [`secret123 ${id}`],
    [`{"client_id": "${id}", "client_secret": "secret123"}`.replaceAll(/[{}]/gu, "")],
  ])("given %j, then both parts", (text) => expect(splitKey(text)).toEqual({ clientId: id, secret: "secret123" }));

  it("given one part only, then it is left as it was pasted", () => {
    expect(splitKey(id)).toBeUndefined();
    expect(splitKey("secret123")).toBeUndefined();
  });
});

describe("a refusal", () => {
  it.each([
    ["organization.personal_key", "clientId"],
    ["organization.refused", "secret"],
    ["organization.unreachable", "server"],
    ["config.locked", undefined],
  ])("given %s, then it stands at %s", (code, place) => expect(placeOf(code)).toBe(place));
});
