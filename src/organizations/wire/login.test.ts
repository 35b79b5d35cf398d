import { afterEach, describe, expect, it } from "vitest";
import { faultOf } from "../../../tests/organization-contract/stage.ts";
import { createOrganizationWorld, type OrganizationWorld } from "../../../tests/organization-world.ts";

let world: OrganizationWorld;
afterEach(() => world[Symbol.asyncDispose]());

const wrong = "WrongWrongWrongWrongWrongWrong";
const other = "organization.0a1b2c3d-4e5f-4a6b-8c7d-9e8f7a6b5c4d";

describe("a refused key", () => {
  it.each([
    ["a wrong secret", { clientSecret: wrong }, {}],
    ["another organization", { clientId: other }, {}],
    ["a disabled organization", {}, { enabled: false }],
    ["a plan without the API", {}, { useApi: false }],
  ])("on the official server %s is one answer, which the words spread out", async (_what, settings, organization) => {
    for (const [dialect, region] of [
      ["official-cloud", "US"],
      ["official-selfhost", "none"],
    ] as const) {
      world = await createOrganizationWorld({ dialect, organization });
      expect(await faultOf(world.open(settings))).toMatchObject({
        code: "organization.refused",
        params: { server: new URL(world.sandbox.url).host, region, reason: "unsaid" },
      });
      if (dialect === "official-cloud") await world[Symbol.asyncDispose]();
    }
  });

  it.each([
    ["a wrong secret", { clientSecret: wrong }, "secret"],
    ["another organization", { clientId: other }, "organization"],
  ])("on Vaultwarden %s is told apart: %s", async (_what, settings, reason) => {
    world = await createOrganizationWorld({ dialect: "vaultwarden" });
    expect(await faultOf(world.open(settings))).toMatchObject({ code: "organization.refused", params: { reason } });
  });

  it.each([
    [{ error: "invalid_scope" }, "organization.bad_response", { reason: "token: invalid_scope" }],
    [{ error: "unauthorized_client" }, "organization.bad_response", { reason: "token: unauthorized_client" }],
    [
      { message: "Closed for today.", error: "" },
      "organization.refused",
      { reason: "said", detail: "Closed for today" },
    ],
  ])("given %j, then %s", async (body, code, params) => {
    world = await createOrganizationWorld({ dialect: "official-selfhost" });
    world.sandbox.control.faults.push({
      path: "/connect/token",
      fault: { kind: "status", status: 400, when: "before", body: JSON.stringify(body) },
    });
    expect(await faultOf(world.open())).toMatchObject({ code, params });
  });

  it.each([
    ["no token in the answer", {}],
    ["a token without an end", { access_token: "x" }],
  ])("given %s, then it is no such server", async (_what, body) => {
    world = await createOrganizationWorld({ dialect: "official-selfhost" });
    world.sandbox.control.faults.push({
      path: "/connect/token",
      fault: { kind: "status", status: 200, when: "before", body: JSON.stringify(body) },
    });
    expect(await faultOf(world.open())).toMatchObject({
      code: "organization.not_bitwarden",
      params: { reason: "token" },
    });
  });

  it.each([
    ["windows", "6"],
    ["macos", "7"],
    ["linux", "8"],
    ["freebsd", "8"],
  ])("is asked for as a device of %s: %s", async (platform, deviceType) => {
    world = await createOrganizationWorld({ dialect: "vaultwarden" });
    await world.open({}, { platform });
    expect(world.sandbox.requests.at(-1)?.body).toMatchObject({ deviceType, deviceName: platform });
  });

  it("Vaultwarden's bucket of log-ins is waited for a minute at a time", async () => {
    world = await createOrganizationWorld({ dialect: "vaultwarden" });
    world.sandbox.control.rateLimits = true;
    const forgetful = { tokens: { get: () => Promise.resolve(undefined), set: () => Promise.resolve() } };
    for (let login = 0; login < 11; login += 1) await world.open({}, forgetful);
    expect(world.sleeps).toEqual([60_000]);
    expect(world.waits).toEqual([{ seconds: 60, reason: "rate_limited" }]);
  });
});
