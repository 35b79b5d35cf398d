/** What people do in the web vault, done by a test. */
import { afterEach, expect, it } from "vitest";
import { groupsOf, membersOf, sendImport, startTestSandbox } from "./testing.ts";
import type { TestSandbox } from "./testing.ts";

let sandbox: TestSandbox;
afterEach(() => sandbox.close());

it.each(["official-cloud", "vaultwarden"] as const)(
  "an invited person of %s accepts, is confirmed, revoked, restored and removed",
  async (dialect) => {
    sandbox = await startTestSandbox({ dialect });
    const { byHand } = sandbox;
    await sendImport(sandbox, { members: [{ email: "a@x.test", externalId: "1", deleted: false }] });
    expect(byHand.accept("a@x.test")).toMatchObject({
      status: 1,
      hasMasterPassword: true,
      userId: expect.any(String),
      name: "a",
    });
    expect(byHand.confirm("1").status).toBe(2);
    expect(byHand.setType("1", 1).type).toBe(1);
    expect(byHand.revoke("1").status).toBe(-1);
    expect(byHand.restore("1").status).toBe(2);
    byHand.addGroup({ name: "Team" });
    byHand.setGroupMembers("Team", ["a@x.test"]);
    expect(groupsOf(sandbox.state)).toEqual(["Team/-{a@x.test}"]);
    byHand.removeMember("a@x.test");
    expect(groupsOf(sandbox.state)).toEqual(["Team/-{}"]);
    byHand.removeGroup("Team");
    expect([membersOf(sandbox.state), groupsOf(sandbox.state)]).toEqual([[], []]);
  },
);

it("names who is missing", async () => {
  sandbox = await startTestSandbox({ dialect: "official-cloud" });
  expect(() => sandbox.byHand.accept("nobody@x.test")).toThrow('no member "nobody@x.test"');
  expect(() => sandbox.byHand.setGroupMembers("None", [])).toThrow('no group "None"');
});
