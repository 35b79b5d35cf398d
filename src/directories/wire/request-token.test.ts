import { describe, expect, it } from "vitest";
import { createWorld } from "../../../tests/directory-world.ts";
import { Fault } from "../../core/fault.ts";
import { createNetwork } from "../../http/network.ts";
import { createHttp } from "../../http/request.ts";
import { serve, type TestServer } from "../../http/testing.ts";
import type { Token } from "../../http/token.ts";
import { requestToken, type TokenRequest } from "./request-token.ts";

/** Asks a server that answers as told; gives the token or throws, and what was sent. */
const ask = async (
  status: number,
  body: unknown,
  given: Partial<TokenRequest> = {},
): Promise<{
  readonly token: Token;
  readonly sent: TestServer["requests"][number] | undefined;
  readonly now: number;
}> => {
  await using server = await serve((response) => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(body));
  });
  await using network = await createNetwork({ env: {} });
  const { http, now, signal } = createWorld({
    http: (clock) => createHttp({ network, clock, random: () => 0.5 }),
  }).dependencies;
  const token = await requestToken({
    http,
    now,
    signal,
    url: new URL(`${server.url}/oauth2/token`),
    form: { grant_type: "client_credentials", client_id: "app", client_secret: "p@ss w&rd" },
    user: "app",
    secrets: ["p@ss w&rd"],
    ...given,
  });
  return { token, sent: server.requests[0], now: now.now() };
};

describe("a token", () => {
  it("given a secret with special characters, then it arrives as it is, and the token's end is known", async () => {
    const { token, sent, now } = await ask(200, { access_token: "t", expires_in: 3599, token_type: "Bearer" });
    expect(new URLSearchParams(sent?.body).get("client_secret")).toBe("p@ss w&rd");
    expect(sent?.headers["content-type"]).toBe("application/x-www-form-urlencoded");
    expect(token).toEqual({ token: "t", expiresAt: now + 3_599_000 });
  });

  it.each([
    [
      401,
      { error: "invalid_client", error_description: "Wrong secret p@ss w&rd." },
      { code: "directory.auth_failed", params: { user: "app", detail: "Wrong secret ***" } },
    ],
    [400, { error: "invalid_grant", error_description: "No." }, { code: "directory.auth_failed" }],
    [401, "nothing", { code: "directory.auth_failed" }],
    [404, {}, { code: "directory.bad_response", params: { field: "token" } }],
    [500, {}, { code: "directory.unavailable" }],
    [429, {}, { code: "directory.rate_limited" }],
    [302, {}, { code: "directory.bad_response" }],
    [200, { token: "t" }, { code: "directory.bad_response", params: { field: "token.access_token" } }],
  ])("given %s %j, then the fault says what it means and repeats no secret", async (status, body, fault) => {
    const error: unknown = await ask(status, body).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject(fault);
    expect(String(error)).not.toContain("p@ss");
  });

  it("given a vendor with words of its own, then those count", async () => {
    const own = new Fault("directory.forbidden", { host: "h", user: "app", what: "token", right: "delegation" });
    const judge: TokenRequest["judge"] = ({ code }) => (code === "unauthorized_client" ? own : undefined);
    await expect(ask(401, { error: "unauthorized_client" }, { judge })).rejects.toBe(own);
  });

  it("given a vendor that wants JSON, then that is sent", async () => {
    const { sent } = await ask(200, { access_token: "t", expires_in: 60 }, { encoding: "json", form: { a: "1" } });
    expect([sent?.headers["content-type"], sent?.body]).toEqual(["application/json", '{"a":"1"}']);
  });

  it("given a vendor with a meaning of its own for a failure, then that counts, and other failures stay what they are", async () => {
    const own = new Fault("directory.auth_failed", { host: "h", user: "app", reason: "credential_orphaned" });
    const judgeFailure: TokenRequest["judgeFailure"] = ({ status }) => (status === 500 ? own : undefined);
    await expect(ask(500, {}, { judgeFailure })).rejects.toBe(own);
    await expect(ask(503, {}, { judgeFailure })).rejects.toMatchObject({ code: "directory.unavailable" });
  });
});
