/** Asking for a token: what each server wants, and how it says no. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { askToken, call, readAnswer, startTestSandbox } from "./testing.ts";
import type { TestSandbox } from "./testing.ts";

const accessToken = (json: unknown): string => {
  if (typeof json === "object" && json !== null && "access_token" in json && typeof json.access_token === "string")
    return json.access_token;
  throw new Error("no access token");
};

const claimsOf = (token: string): unknown =>
  JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));

let sandbox: TestSandbox;
afterEach(() => sandbox.close());

describe("the official server", () => {
  beforeEach(async () => {
    sandbox = await startTestSandbox({ dialect: "official-cloud" });
  });

  it("gives a token for an hour that the API takes", async () => {
    const answer = await askToken(sandbox);
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({ expires_in: 3600, token_type: "Bearer", scope: "api.organization" });
    const token = accessToken(answer.json);
    expect(claimsOf(token)).toMatchObject({
      client_id: sandbox.clientId,
      client_sub: sandbox.organizationId,
      client_type: "Organization",
    });
    expect(
      (await call(sandbox, "GET", "/public/members", undefined, { authorization: `Bearer ${token}` })).status,
    ).toBe(200);
  });

  it.each([
    { given: "a wrong secret", fields: { client_secret: "wrong" }, error: "invalid_client" },
    {
      given: "an unknown organization",
      fields: { client_id: "organization.00000000-0000-4000-8000-000000000000" },
      error: "invalid_client",
    },
    { given: "no GUID", fields: { client_id: "organization." }, error: "invalid_client" },
    { given: "another scope", fields: { scope: "api" }, error: "invalid_scope" },
    { given: "a grant of people", fields: { grant_type: "password" }, error: "unauthorized_client" },
    { given: "an unknown grant", fields: { grant_type: "magic" }, error: "unsupported_grant_type" },
    { given: "no grant", fields: { grant_type: undefined }, error: "invalid_request" },
  ])("given $given, answers $error", async ({ fields, error }) => {
    expect(await askToken(sandbox, fields)).toMatchObject({ status: 400, json: { error } });
  });

  it.each([{ enabled: false }, { useApi: false }])(
    "given an organization with %j, answers as to a wrong secret",
    async (change) => {
      Object.assign(sandbox.state.organization, change);
      expect(await askToken(sandbox)).toMatchObject({ status: 400, json: { error: "invalid_client" } });
    },
  );

  it("wants no device and no scope, and takes a GUID in capitals and HTTP Basic", async () => {
    const bare = { deviceIdentifier: undefined, deviceName: undefined, deviceType: undefined, scope: undefined };
    expect(
      (await askToken(sandbox, { ...bare, client_id: `organization.${sandbox.organizationId.toUpperCase()}` })).status,
    ).toBe(200);
    const basic = Buffer.from(`${sandbox.clientId}:${sandbox.clientSecret}`).toString("base64");
    expect(
      (
        await askToken(
          sandbox,
          { ...bare, client_id: undefined, client_secret: undefined },
          { authorization: `Basic ${basic}` },
        )
      ).status,
    ).toBe(200);
  });

  it("refuses a JSON body as invalid_request", async () => {
    const response = await fetch(`${sandbox.identityUrl}/connect/token`, {
      method: "POST",
      body: "{}",
      headers: { "content-type": "application/json" },
    });
    expect(await readAnswer(response)).toMatchObject({ status: 400, json: { error: "invalid_request" } });
  });

  it.each([
    { given: "no token", header: "", status: 401 },
    { given: "garbage", header: "Bearer abc.def.ghi", status: 401 },
  ])("answers an API call with $given with $status and no body", async ({ header, status }) => {
    const answer = await call(sandbox, "GET", "/public/members", undefined, { authorization: header });
    expect(answer).toMatchObject({ status, text: "" });
    expect(answer.headers.get("www-authenticate")).toMatch(/^Bearer/);
  });

  it("answers 403 to another scope and 404 to another organization", async () => {
    const user = sandbox.issueToken({ scope: "api" });
    expect(await call(sandbox, "GET", "/public/members", undefined, { authorization: `Bearer ${user}` })).toMatchObject(
      { status: 403, text: "" },
    );
    const other = sandbox.issueToken({ organizationId: "00000000-0000-4000-8000-000000000000" });
    const answer = await call(sandbox, "GET", "/public/members", undefined, { authorization: `Bearer ${other}` });
    expect(answer).toMatchObject({ status: 404, json: { message: "Resource not found." } });
  });

  it("takes a token until five minutes after its end, and after the key was rotated", async () => {
    const authorization = `Bearer ${sandbox.issueToken()}`;
    sandbox.byHand.rotateKey();
    sandbox.clock.now += 3_900_000;
    expect((await call(sandbox, "GET", "/public/groups", undefined, { authorization })).status).toBe(200);
    sandbox.clock.now += 1_000;
    expect((await call(sandbox, "GET", "/public/groups", undefined, { authorization })).status).toBe(401);
  });

  it("refuses the old secret after a rotation", async () => {
    const old = sandbox.clientSecret;
    expect(sandbox.byHand.rotateKey()).toMatch(/^[A-Za-z0-9]{30}$/);
    expect((await askToken(sandbox, { client_secret: old })).json).toEqual({ error: "invalid_client" });
    expect((await askToken(sandbox)).status).toBe(200);
  });

  it("with limits on, lets ten requests a minute through", async () => {
    sandbox.control.rateLimits = true;
    for (let count = 0; count < 10; count += 1) {
      expect((await askToken(sandbox)).status).toBe(200);
      sandbox.clock.now += 1_000;
    }
    const refused = await askToken(sandbox);
    expect(refused).toMatchObject({
      status: 429,
      json: { message: "Slow down! Too many requests. Try again in 1m.", validationErrors: null },
    });
    expect(refused.headers.get("retry-after")).toBe("50");
    sandbox.clock.now += 50_000;
    expect((await askToken(sandbox)).status).toBe(200);
  });

  it("with limits on, counts each verb and path of the API by itself", async () => {
    sandbox.control.rateLimits = true;
    for (let count = 0; count < 200; count += 1) await call(sandbox, "GET", "/public/members");
    expect((await call(sandbox, "GET", "/public/members")).status).toBe(429);
    expect((await call(sandbox, "GET", "/public/groups")).status).toBe(200);
  });
});

describe("Vaultwarden", () => {
  beforeEach(async () => {
    sandbox = await startTestSandbox({ dialect: "vaultwarden", basePath: "/vw" });
  });

  it("gives a token of its own issuer", async () => {
    const answer = await askToken(sandbox);
    expect(answer.status).toBe(200);
    expect(claimsOf(accessToken(answer.json))).toMatchObject({
      iss: `${new URL(sandbox.url).origin}|api.organization`,
      sub: sandbox.state.organization.apiKeyRow,
    });
  });

  it("takes names in any case, with and without underscores, and empty device fields", async () => {
    const devices = {
      deviceIdentifier: undefined,
      deviceName: undefined,
      deviceType: undefined,
      DEVICE_IDENTIFIER: "",
      devicename: "",
      Device_Type: "",
    };
    expect((await askToken(sandbox, devices)).status).toBe(200);
  });

  it.each([
    { fields: { client_id: undefined }, message: "client_id cannot be blank" },
    { fields: { client_secret: undefined }, message: "client_secret cannot be blank" },
    { fields: { scope: undefined }, message: "scope cannot be blank" },
    { fields: { deviceIdentifier: undefined }, message: "device_identifier cannot be blank" },
    { fields: { deviceName: undefined }, message: "device_name cannot be blank" },
    { fields: { deviceType: undefined }, message: "device_type cannot be blank" },
    { fields: { scope: "api.other" }, message: "Scope not supported" },
    { fields: { scope: "api" }, message: "Malformed client_id" },
    { fields: { client_id: "user.1" }, message: "Malformed client_id" },
    { fields: { client_id: "organization.1" }, message: "Invalid client_id" },
    { fields: { client_secret: "wrong" }, message: "Incorrect client_secret" },
    { fields: { grant_type: "magic" }, message: "Invalid type" },
  ])("given $fields, answers $message in its own shape", async ({ fields, message }) => {
    const answer = await askToken(sandbox, fields);
    expect(answer).toMatchObject({
      status: 400,
      json: {
        message,
        validationErrors: { "": [message] },
        errorModel: { message, object: "error" },
        error: "",
        error_description: "",
        object: "error",
      },
    });
  });

  it("compares the GUID as text and does not trim the secret", async () => {
    expect(
      (await askToken(sandbox, { client_id: `organization.${sandbox.organizationId.toUpperCase()}` })).text,
    ).toContain("Invalid client_id");
    expect((await askToken(sandbox, { client_secret: `${sandbox.clientSecret} ` })).text).toContain(
      "Incorrect client_secret",
    );
  });

  it("answers 422 without a grant and 415 to another content type", async () => {
    expect(await askToken(sandbox, { grant_type: undefined })).toMatchObject({
      status: 422,
      json: { error: { code: 422 } },
    });
    const response = await fetch(`${sandbox.identityUrl}/connect/token`, {
      method: "POST",
      body: "{}",
      headers: { "content-type": "application/json" },
    });
    expect(response.status).toBe(415);
  });

  it("with limits on, has ten logins in a bucket that fills by one a minute, and no Retry-After", async () => {
    sandbox.control.rateLimits = true;
    for (let count = 0; count < 10; count += 1)
      expect((await askToken(sandbox, { client_secret: "wrong" })).status).toBe(400);
    const refused = await askToken(sandbox);
    expect(refused).toMatchObject({ status: 429, json: { message: "Too many login requests" } });
    expect(refused.headers.has("retry-after")).toBe(false);
    expect((await askToken(sandbox, { client_id: undefined })).status).toBe(400);
    sandbox.clock.now += 60_000;
    expect((await askToken(sandbox)).status).toBe(200);
    expect((await askToken(sandbox)).status).toBe(429);
  });

  it.each([
    { given: "no header", header: () => "" },
    { given: "garbage", header: () => "Bearer x" },
    { given: "a lower-case scheme", header: () => `bearer ${sandbox.issueToken()}` },
    { given: "another issuer", header: () => `Bearer ${sandbox.issueToken({ issuer: "http://127.0.0.1|login" })}` },
    {
      given: "another organization",
      header: () => `Bearer ${sandbox.issueToken({ organizationId: "00000000-0000-4000-8000-000000000000" })}`,
    },
    { given: "a token 5 s past its end", header: () => `Bearer ${sandbox.issueToken({ lifetimeSeconds: -5 })}` },
  ])("refuses an import with $given before it looks at the body", async ({ header }) => {
    const answer = await call(sandbox, "POST", "/public/organization/import", "no JSON", { authorization: header() });
    expect(answer).toMatchObject({ status: 401, json: { error: { code: 401, reason: "Unauthorized" } } });
  });

  it("takes a bare token, and none once the key's row is gone", async () => {
    const authorization = sandbox.issueToken();
    const body = { groups: [], members: [], overwriteExisting: false };
    expect((await call(sandbox, "POST", "/public/organization/import", body, { authorization })).status).toBe(200);
    sandbox.state.organization.apiKeyRow = null;
    expect((await call(sandbox, "POST", "/public/organization/import", body, { authorization })).status).toBe(401);
  });
});
