/** What Vaultwarden does with an import: which bodies it takes, which addresses, and what comes of them. */
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { call, groupsOf, membersOf, sendImport, startTestSandbox } from "../testing.ts";
import type { TestSandbox } from "../testing.ts";

const add = (email: unknown, externalId: unknown) => ({ email, externalId, deleted: false });
const drop = (email: unknown, externalId: unknown) => ({ email, externalId, deleted: true });
const group = (name: string, externalId: string, ...memberExternalIds: string[]) => ({
  name,
  externalId,
  memberExternalIds,
});
const path = "/public/organization/import";
const whole = { groups: [], members: [], overwriteExisting: false };

let sandbox: TestSandbox;
beforeEach(async () => {
  sandbox = await startTestSandbox({ dialect: "vaultwarden" });
});
afterEach(() => sandbox.close());

describe("the body", () => {
  it.each<{ given: string; body: unknown }>([
    { given: "empty arrays", body: whole },
    { given: "largeImport null and unknown fields", body: { ...whole, largeImport: null, anything: 1 } },
    { given: "a deletion of nobody, without an address", body: { ...whole, members: [drop("", "9")] } },
  ])("is taken with $given", async ({ body }) => {
    expect(await call(sandbox, "POST", path, body, { "content-type": "text/plain" })).toMatchObject({
      status: 200,
      text: "",
    });
  });

  it.each<{ given: string; body: string | Uint8Array }>([
    { given: "empty", body: "" },
    { given: "not JSON", body: "hello" },
    { given: "truncated", body: '{"groups":[' },
    { given: "begun by a byte order mark", body: `\uFEFF${JSON.stringify(whole)}` },
    { given: "compressed", body: gzipSync(JSON.stringify(whole)) },
    { given: "not UTF-8", body: new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]) },
    {
      given: "holding half a surrogate",
      body: JSON.stringify({ ...whole, members: [add("a@x", "1")] }).replace("a@x", "\\ud800@x"),
    },
  ])("is 400 when $given", async ({ body }) => {
    expect(await call(sandbox, "POST", path, body)).toMatchObject({
      status: 400,
      json: { error: { code: 400, reason: "Bad Request" } },
    });
  });

  it.each<{ given: string; body: unknown }>([
    { given: "groups missing", body: { members: [], overwriteExisting: false } },
    { given: "members null", body: { ...whole, members: null } },
    { given: "overwriteExisting missing", body: { groups: [], members: [] } },
    { given: "text for a boolean", body: { ...whole, overwriteExisting: "false" } },
    { given: "names in PascalCase", body: { Groups: [], Members: [], OverwriteExisting: false } },
    { given: "an array on top", body: [] },
    { given: "a number for an id", body: { ...whole, members: [add("a@x", 1)] } },
    { given: "no id", body: { ...whole, members: [add("a@x", null)] } },
    { given: "no address, even for a deletion", body: { ...whole, members: [drop(null, "1")] } },
    { given: "deleted missing", body: { ...whole, members: [{ email: "a@x", externalId: "1" }] } },
    { given: "a group without members", body: { ...whole, groups: [{ name: "G", externalId: "g" }] } },
  ])("is 422 with $given, and nothing is done", async ({ body }) => {
    expect(await call(sandbox, "POST", path, body)).toMatchObject({
      status: 422,
      json: { error: { code: 422, reason: "Unprocessable Entity" } },
    });
    expect(membersOf(sandbox.state)).toEqual([]);
  });

  it("is answered in HTML unless JSON is preferred", async () => {
    for (const accept of ["*/*", "text/html", "application/json;q=0.5, text/html"]) {
      const answer = await call(sandbox, "POST", path, "{}", { accept });
      expect(answer.status).toBe(422);
      expect(answer.headers.get("content-type")).toContain("text/html");
    }
  });

  it("may have 20,000,000 bytes and not one more", async () => {
    const body = JSON.stringify(whole);
    expect((await call(sandbox, "POST", path, body.padEnd(20_000_000))).status).toBe(200);
    expect(await call(sandbox, "POST", path, body.padEnd(20_000_001))).toMatchObject({
      status: 413,
      json: { error: { code: 413 } },
    });
  });

  it("is the only thing under /public", async () => {
    for (const other of ["/public/members", "/public/groups", "/public/organization/subscription", "/public/events"]) {
      expect(await call(sandbox, "GET", other, undefined, { accept: "*/*" })).toMatchObject({
        status: 404,
        json: { error: { code: 404, reason: "Not Found" } },
      });
    }
  });
});

describe("the address of a new person", () => {
  it.each([
    "a@b",
    '"q q"@x.test',
    "ü@x.test",
    "a@ü.test",
    "a@x_y.test",
    "o'neil@x.test",
    "a+b@x.test",
    "a@xn--tda.test",
  ])("may be %s", async (email) => {
    expect((await sendImport(sandbox, { members: [add(email, "1")] })).status).toBe(200);
  });

  it.each([
    "",
    "ax",
    "a@b@x.test",
    "a b@x.test",
    " a@x.test",
    "a@x.test ",
    ".a@x.test",
    "a..b@x.test",
    "a@x..test",
    "a@-x.test",
    "a@1.2.3.4",
    "a@[1.2.3.4]",
    `${"l".repeat(65)}@x.test`,
    `a@${"d".repeat(64)}.test`,
    "İ@x.test",
  ])("may not be '%s'", async (email) => {
    const message = `User email ${email.toLowerCase()} is not a valid email address`;
    expect(await sendImport(sandbox, { members: [add(email, "1")] })).toMatchObject({ status: 400, json: { message } });
  });

  it("stops the import when it is bad: what came before stays, nothing else is done", async () => {
    sandbox.byHand.addMember({ email: "old@x.test", externalId: "o" });
    const members = [add("a@x.test", "1"), add("BAD", "2"), add("c@x.test", "3")];
    const answer = await sendImport(sandbox, { members, groups: [group("G", "g", "1")], overwriteExisting: true });
    expect(answer).toMatchObject({ status: 400, json: { message: "User email bad is not a valid email address" } });
    expect(membersOf(sandbox.state)).toEqual(["a@x.test/1/invited", "old@x.test/o/confirmed"]);
    expect(groupsOf(sandbox.state)).toEqual([]);
  });
});

describe("people", () => {
  it("arrive accepted when their account has a password and mail is off, invited and mailed when it is on", async () => {
    sandbox.byHand.addAccount("a@x", true);
    sandbox.byHand.addAccount("b@x", true);
    await sendImport(sandbox, { members: [add("a@x", "1")] });
    sandbox.state.organization.mailEnabled = true;
    await sendImport(sandbox, { members: [add("b@x", "2")] });
    expect(membersOf(sandbox.state)).toEqual(["a@x/1/accepted", "b@x/2/invited"]);
    expect(sandbox.state.mails.map((mail) => mail.to)).toEqual(["b@x"]);
  });

  it("are kept up to the one whose mail fails", async () => {
    sandbox.state.organization.mailEnabled = true;
    sandbox.control.mailFailsFor.add("b@x");
    const answer = await sendImport(sandbox, {
      members: [add("a@x", "1"), add("b@x", "2"), add("c@x", "3")],
      groups: [group("G", "g", "1")],
    });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain("Error sending invite: ");
    expect(membersOf(sandbox.state)).toEqual(["a@x/1/invited"]);
    expect(groupsOf(sandbox.state)).toEqual([]);
  });

  it.each([0, 1, 2] as const)("revoked by an import or by hand come back to status %i", async (status) => {
    sandbox.byHand.addMember({ email: "a@x", externalId: "1", status });
    sandbox.byHand.addGroup({ name: "G", externalId: "g", members: ["a@x"] });
    await sendImport(sandbox, { members: [drop("a@x", "1")] });
    expect(membersOf(sandbox.state)).toEqual(["a@x/1/revoked"]);
    await sendImport(sandbox, { members: [add("a@x", "1")] });
    expect(sandbox.byHand.findMember("a@x")?.status).toBe(status);
    sandbox.byHand.revoke("a@x");
    await sendImport(sandbox, { members: [add("a@x", "1")] });
    expect(sandbox.byHand.findMember("a@x")?.status).toBe(status);
    expect(groupsOf(sandbox.state)).toEqual(["G/g{a@x}"]);
  });

  it("without two-factor login stay revoked under its policy, the id still taken, unless only invited", async () => {
    sandbox.state.organization.twoFactorPolicy = true;
    sandbox.byHand.addMember({ email: "a@x", externalId: "1", status: -1, priorStatus: 1 });
    sandbox.byHand.addMember({ email: "b@x", externalId: "2", status: -1, priorStatus: 0 });
    sandbox.byHand.addMember({ email: "c@x", externalId: "3", status: -1, priorStatus: 2, twoFactor: true });
    expect((await sendImport(sandbox, { members: [add("a@x", "9"), add("b@x", "2"), add("c@x", "3")] })).status).toBe(
      200,
    );
    expect(membersOf(sandbox.state)).toEqual(["a@x/9/revoked", "b@x/2/invited", "c@x/3/confirmed"]);
  });

  it("removed by an overwrite come back as accepted, in no group", async () => {
    sandbox.byHand.addMember({ email: "a@x", externalId: "1" });
    sandbox.byHand.addMember({ email: "o@x", externalId: "2", type: 0 });
    sandbox.byHand.addGroup({ name: "G", externalId: "g", members: ["a@x"] });
    await sendImport(sandbox, { overwriteExisting: true });
    expect(membersOf(sandbox.state)).toEqual([]);
    await sendImport(sandbox, { members: [add("a@x", "1")] });
    expect(membersOf(sandbox.state)).toEqual(["a@x/1/accepted"]);
    expect(groupsOf(sandbox.state)).toEqual(["G/g{}"]);
  });

  it("never include the last confirmed Owner among those an overwrite removes", async () => {
    const only = sandbox.byHand.findMember("owner@sandbox.test");
    if (only !== undefined) only.externalId = "9";
    sandbox.byHand.addMember({ email: "p@x", externalId: "8", type: 0 });
    await sendImport(sandbox, { overwriteExisting: true });
    expect([...sandbox.state.members.values()].map((member) => member.type)).toEqual([0]);
  });
});

describe("a changed address under the same id", () => {
  const inG = () => groupsOf(sandbox.state)[0];
  const sync = (...members: unknown[]) => sendImport(sandbox, { members, groups: [group("G", "g", "u1")] });

  it("leaves the group with the row written longest ago", async () => {
    sandbox.byHand.addMember({ email: "old@x", externalId: "u1", status: 0 });
    await sync(add("new@x", "u1"));
    expect(inG()).toBe("G/g{old@x}");
    await sync(drop("old@x", "u1"), add("new@x", "u1"));
    expect(inG()).toBe("G/g{new@x}");
    sandbox.byHand.accept("new@x");
    await sync(drop("old@x", "u1"), add("new@x", "u1"));
    expect(inG()).toBe("G/g{old@x}");
    await sync(drop("old@x", "u1~old"), add("new@x", "u1"));
    expect(inG()).toBe("G/g{new@x}");
    expect(membersOf(sandbox.state)).toEqual(["new@x/u1/accepted", "old@x/u1~old/revoked"]);
    await sendImport(sandbox, { members: [add("new@x", "u1")], overwriteExisting: true });
    expect(membersOf(sandbox.state)).toEqual(["new@x/u1/accepted"]);
  });

  it("when both come in one request, leaves it with the old row", async () => {
    sandbox.byHand.addMember({ email: "old@x", externalId: "u1", status: 0 });
    await sync(drop("old@x", "u1"), add("new@x", "u1"));
    expect(inG()).toBe("G/g{old@x}");
    expect(membersOf(sandbox.state)).toEqual(["new@x/u1/invited", "old@x/u1/revoked"]);
  });
});

describe("groups", () => {
  it("are left out without a word when the server has none", async () => {
    sandbox.state.organization.useGroups = false;
    expect((await sendImport(sandbox, { members: [add("a@x", "1")], groups: [group("G", "g", "1")] })).status).toBe(
      200,
    );
    expect(groupsOf(sandbox.state)).toEqual([]);
  });

  it("given twice in a request are one, with the first name and the last members; a blank id makes a new one each time", async () => {
    const members = [add("a@x", "1"), add("b@x", "2")];
    const groups = [group("First", "g", "1"), group("Second", "g", "2", "2", "nobody"), group("Blank", "")];
    await sendImport(sandbox, { members, groups });
    await sendImport(sandbox, { members, groups });
    expect(groupsOf(sandbox.state)).toEqual(["Blank/-{}", "Blank/-{}", "First/g{b@x}"]);
  });

  it("compare ids by the letter, and keep names of any length", async () => {
    const name = "n".repeat(5000);
    await sendImport(sandbox, { members: [add("a@x", "A")], groups: [group(name, "g", "a"), group("H", "G", "A")] });
    expect(groupsOf(sandbox.state)).toEqual(["H/G{a@x}", `${name}/g{}`]);
  });
});
