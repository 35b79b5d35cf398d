/** Logging in with an organization's key. */
import { describe, expect, it } from "vitest";
import { membersOf } from "../../src/organizations/sandbox/testing.ts";
import { faultOf, importPath, inviteRows, send, stageOf, type OrganizationHarness } from "./stage.ts";

export function describeLogin(harness: OrganizationHarness): void {
  const { start } = stageOf(harness);
  describe("logging in", () => {
    it("asks for one token, which serves every request and every other client of this computer", async () => {
      const { open, sandbox } = await start();
      await send(await open(), inviteRows(3));
      await send(await open(), inviteRows(5));
      expect(sandbox.requests.filter(({ path }) => path === "/connect/token")).toHaveLength(1);
    });

    it("sends all fields that any server wants", async () => {
      const { open, sandbox } = await start();
      await open();
      expect(sandbox.requests.find(({ path }) => path === "/connect/token")?.body).toEqual({
        grant_type: "client_credentials",
        client_id: sandbox.clientId,
        client_secret: sandbox.clientSecret,
        scope: "api.organization",
        deviceIdentifier: "7f2c4c1e-0000-4000-8000-000000000001",
        deviceName: "linux",
        deviceType: "8",
      });
    });

    it("takes the id in any case, and both texts in one paste", async () => {
      const { open, sandbox } = await start();
      const clientId = `client_id: ${sandbox.clientId.toUpperCase()}\nclient_secret: ${sandbox.clientSecret}`;
      const organization = await open({ clientId, clientSecret: "" });
      expect(organization.organizationId).toBe(sandbox.organizationId);
    });

    it.each([
      ["a person's key", "user.0a1b2c3d-4e5f-4a6b-8c7d-9e8f7a6b5c4d", "organization.personal_key"],
      ["no key", "organization", "organization.key_invalid"],
    ])("given %s, then refuses it before anything is sent", async (_what, clientId, code) => {
      const { open, sandbox } = await start();
      expect(await faultOf(open({ clientId }))).toMatchObject({ code });
      expect(sandbox.requests).toHaveLength(0);
    });

    it("given a wrong secret, then says who refuses it, and never sends it twice", async () => {
      const { open, sandbox } = await start();
      const fault = await faultOf(open({ clientSecret: "WrongWrongWrongWrongWrongWrong" }));
      expect(fault).toMatchObject({ code: "organization.refused", params: { server: new URL(sandbox.url).host } });
      expect(sandbox.requests.filter(({ path }) => path === "/connect/token")).toHaveLength(1);
    });

    it("given a renewed secret, then the old one's token is not used with the new one", async () => {
      const { open, sandbox } = await start();
      await open();
      const clientSecret = sandbox.byHand.rotateKey();
      await open({ clientSecret });
      expect(sandbox.requests.filter(({ path }) => path === "/connect/token")).toHaveLength(2);
    });

    it("given a token of a few seconds, then renews it in time", async () => {
      const { open, sandbox } = await start();
      Object.assign(sandbox.control, { tokenLifetimeSeconds: 5, tokenToleranceSeconds: 0 });
      const organization = await open();
      for (let round = 0; round < 4; round += 1) {
        expect((await send(organization, inviteRows(1, `r${round}`))).outcomes).toEqual(["done"]);
        sandbox.clock.now += 4_000;
      }
    });

    it("given a token that is refused in between, then gets one new token and goes on", async () => {
      const { open, sandbox } = await start();
      const organization = await open();
      await send(organization, inviteRows(1, "a"));
      sandbox.control.faults.push({ path: importPath, at: 1, fault: { kind: "status", status: 401, when: "before" } });
      expect((await send(organization, inviteRows(1, "b"))).outcomes).toEqual(["done"]);
      expect(sandbox.requests.filter(({ path }) => path === "/connect/token")).toHaveLength(2);
      expect(membersOf(sandbox.state)).toHaveLength(2);
    });

    it("given a secret renewed while it runs, then says that the key is refused", async () => {
      const { open, sandbox } = await start();
      const organization = await open();
      sandbox.byHand.rotateKey();
      sandbox.control.faults.push({ path: importPath, fault: { kind: "status", status: 401, when: "before" } });
      expect(await faultOf(send(organization, inviteRows(1)))).toMatchObject({ code: "organization.refused" });
    });

    it("given new tokens that are refused as well, then says so and ends", async () => {
      const { open, sandbox } = await start();
      const organization = await open();
      sandbox.control.faults.push({ path: importPath, fault: { kind: "status", status: 401, when: "before" } });
      expect(await faultOf(send(organization, inviteRows(1)))).toMatchObject({
        code: "organization.forbidden",
        params: { what: "import", reason: "token" },
      });
      expect(sandbox.requests.filter(({ path }) => path === importPath)).toHaveLength(2);
    });
  });
}
