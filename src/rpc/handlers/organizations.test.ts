import { afterEach, describe, expect, it } from "vitest";
import { createAppWorld, type AppWorld } from "../../../tests/app-world.ts";
import { faultOf } from "../../../tests/fault-of.ts";
import { startTestSandbox } from "../../organizations/sandbox/testing.ts";

let world: AppWorld;
afterEach(() => world[Symbol.asyncDispose]());

const someone = { users: [{ id: "ann", email: "ann@firm.test" }], groups: [] };
const logIns = (): number => world.sandbox.requests.filter(({ path }) => path === "/connect/token").length;

describe("logging in", () => {
  it("given the organization's key, then it is kept, and what answered is told", async () => {
    world = await createAppWorld();
    const { sandbox, client } = world;
    const { url, clientId, clientSecret } = sandbox;
    const answer = await client.call("organizations.login", {
      server: url,
      clientId: `${clientId} ${clientSecret}`,
      clientSecret: "",
    });
    expect(answer).toMatchObject({
      name: "main",
      server: url,
      dialect: "official-cloud",
      organizationId: sandbox.organizationId,
      replaced: false,
      storedIn: "sealed",
    });
    expect(answer.findings.map(({ code }) => code)).toContain("check.organization.logged_in");
    expect(await client.call("organizations.list", {})).toEqual({
      organizations: [{ name: "main", server: url, clientId, loggedIn: true }],
    });
    expect(await world.store.audits({ limit: 10 })).toMatchObject([{ what: "login", who: "jan" }]);
  });

  it.each([
    ["a person's own key", "organization.personal_key", { clientId: "user.4ee0d1ae-8f0c-4f5b-8a9d-3f0c7a1b2c3d" }],
    ["something that is no key", "organization.key_invalid", { clientId: "acme" }],
    ["a wrong secret", "organization.refused", { clientSecret: "x".repeat(30) }],
    ["a server that does not answer", "organization.unreachable", { server: "http://127.0.0.1:1" }],
  ])("given %s, then it is refused and nothing is stored", async (_name, code, wrong) => {
    world = await createAppWorld();
    const { url, clientId, clientSecret } = world.sandbox;
    const before = await world.filesText();
    const fault = await faultOf(
      world.client.call("organizations.login", { server: url, clientId, clientSecret, ...wrong }),
    );
    expect(fault.code).toBe(code);
    expect(await world.client.call("organizations.list", {})).toEqual({ organizations: [] });
    expect(await world.filesText()).toBe(before);
  });

  it("given a personal key, then nobody is asked at all", async () => {
    world = await createAppWorld();
    await faultOf(
      world.client.call("organizations.login", {
        server: world.sandbox.url,
        clientId: "user.4ee0d1ae-8f0c-4f5b-8a9d-3f0c7a1b2c3d",
        clientSecret: "x".repeat(30),
      }),
    );
    expect(world.sandbox.requests).toEqual([]);
  });

  it("given a renewed secret, then it replaces the old one in place, and profiles stay", async () => {
    world = await createAppWorld();
    await world.addProfile(someone);
    const { client, sandbox } = world;
    const id = (await client.call("profiles.list", {})).profiles[0]?.id;
    sandbox.byHand.rotateKey();
    const { url, clientId, clientSecret } = sandbox;
    const answer = await client.call("organizations.login", { server: url, clientId, clientSecret });
    expect(answer).toMatchObject({ name: "acme", replaced: true });
    expect((await client.call("profiles.list", {})).profiles).toMatchObject([
      { name: "main", id, organization: "acme" },
    ]);
    expect((await client.call("plan.create", { kind: "plan" })).counts?.changes).toBe(1);
  });

  it("given a token is still cached, then the new secret is asked for all the same", async () => {
    world = await createAppWorld();
    await world.login();
    const { url, clientId } = world.sandbox;
    const fault = await faultOf(
      world.client.call("organizations.login", { server: url, clientId, clientSecret: "y".repeat(30) }),
    );
    expect(fault.code).toBe("organization.refused");
    await world.login();
    expect(logIns()).toBe(3);
  });

  it("given the key of another organization than the profiles' one, then it is refused and nothing changes", async () => {
    world = await createAppWorld();
    await world.addProfile(someone);
    const other = await startTestSandbox({ dialect: "official-cloud", randomSeed: 7 });
    try {
      const { url, clientId, clientSecret } = other;
      const given = { name: "acme", server: url, clientId, clientSecret };
      const fault = await faultOf(world.client.call("organizations.login", given));
      expect(fault).toMatchObject({
        code: "organization.other",
        params: { found: other.organizationId, expected: world.sandbox.organizationId },
      });
      expect(other.requests).toEqual([]);
      expect((await world.client.call("organizations.list", {})).organizations).toMatchObject([
        { clientId: world.sandbox.clientId },
      ]);
      const { name: _name, ...another } = given;
      expect((await world.client.call("organizations.login", another)).name).toBe("main");
    } finally {
      await other.close();
    }
  });

  it("given the secret comes from somewhere, then that place is kept instead of a copy", async () => {
    world = await createAppWorld();
    const { url, clientId, clientSecret } = world.sandbox;
    world.environment["ACME_SECRET"] = clientSecret;
    const answer = await world.client.call("organizations.login", {
      server: url,
      clientId,
      clientSecret,
      reference: "env:ACME_SECRET",
    });
    expect(answer.storedIn).toBe("env:ACME_SECRET");
    expect((await world.configuration.read()).config.organizations["main"]?.clientSecret).toEqual({
      env: "ACME_SECRET",
    });
    expect(await world.client.call("organizations.logout", {})).toEqual({
      name: "main",
      removed: false,
      reference: "env:ACME_SECRET",
    });
  });

  it("given owners, then they are kept trimmed and in lower case", async () => {
    world = await createAppWorld();
    const { url, clientId, clientSecret } = world.sandbox;
    await world.client.call("organizations.login", {
      server: url,
      clientId,
      clientSecret,
      owners: [" Boss@Firm.test"],
    });
    expect((await world.configuration.read()).config.organizations["main"]?.owners).toEqual(["boss@firm.test"]);
  });
});

describe("logging out", () => {
  it("removes the secret and the cached token, and keeps profiles and history", async () => {
    world = await createAppWorld();
    await world.addProfile(someone);
    const { client, store } = world;
    await client.call("plan.create", { kind: "plan" });
    expect(await store.value("tokens")).toBeDefined();
    expect(await client.call("organizations.logout", {})).toEqual({ name: "acme", removed: true, reference: "sealed" });
    expect(await store.value("tokens")).toBeUndefined();
    expect((await client.call("organizations.list", {})).organizations).toMatchObject([{ loggedIn: false }]);
    expect((await client.call("profiles.list", {})).profiles).toHaveLength(1);
    expect((await client.call("runs.list", {})).total).toBe(1);
    expect((await faultOf(client.call("plan.create", { kind: "plan" }))).code).toMatch(/^secret\./u);
    expect((await store.audits({ limit: 1 }))[0]).toMatchObject({ what: "logout", detail: "acme" });
  });

  it("given no organization, or one nobody knows, then that is said", async () => {
    world = await createAppWorld();
    expect((await faultOf(world.client.call("organizations.logout", {}))).code).toBe("organization.none");
    await world.login();
    expect((await faultOf(world.client.call("organizations.logout", { name: "other" }))).code).toBe(
      "organization.unknown",
    );
  });
});

describe("asking who answers", () => {
  it("needs no key", async () => {
    world = await createAppWorld({ dialect: "vaultwarden" });
    const {
      api: _api,
      identity: _identity,
      vault,
      ...answer
    } = await world.client.call("organizations.probe", {
      server: world.sandbox.url,
    });
    expect(answer).toMatchObject({ dialect: "vaultwarden", staging: false });
    expect(vault).toContain("127.0.0.1");
    expect(logIns()).toBe(0);
  });
});
