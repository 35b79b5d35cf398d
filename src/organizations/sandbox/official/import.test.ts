/** What the official server does with an import, and what is left after a failure. */
import { afterEach, describe, expect, it } from "vitest";
import type { NewMember } from "../by-hand.ts";
import type { Organization } from "../sandbox.ts";
import { groupsOf, membersOf, sendImport, startTestSandbox } from "../testing.ts";
import type { TestSandbox } from "../testing.ts";

const add = (email: unknown, externalId: unknown, deleted = false) => ({ email, externalId, deleted });
const drop = (externalId: string) => add(null, externalId, true);
const group = (name: unknown, externalId: unknown, memberExternalIds: unknown) => ({
  name,
  externalId,
  memberExternalIds,
});

let sandbox: TestSandbox;
afterEach(() => sandbox.close());

async function cloud(
  organization: Partial<Organization> = {},
  members: readonly NewMember[] = [],
): Promise<TestSandbox> {
  sandbox = await startTestSandbox({ dialect: "official-cloud", organization, seed: { members } });
  return sandbox;
}

describe("from one import to the next", () => {
  const ids = ["a", "b"].map((id) => add(`${id}@x`, id));
  const remove = (email: string): void => {
    for (const [id, member] of sandbox.state.members) if (member.email === email) sandbox.state.members.delete(id);
  };
  it("somebody who was removed in between comes again", async () => {
    await cloud();
    await sendImport(sandbox, { members: ids });
    remove("b@x");
    await sendImport(sandbox, { members: ids });
    expect(membersOf(sandbox.state)).toEqual(["a@x/a/invited", "b@x/b/invited"]);
  });

  it("somebody may have got the id of one who was removed", async () => {
    await cloud();
    await sendImport(sandbox, { members: ids });
    remove("b@x");
    sandbox.byHand.addMember({ email: "c@x", externalId: "b" });
    await sendImport(sandbox, { members: ids, groups: [group("G", "g", ["a", "b"])] });
    expect(membersOf(sandbox.state)).toEqual(["a@x/a/invited", "c@x/b/confirmed"]);
    expect(groupsOf(sandbox.state)).toEqual(["G/g{a@x,c@x}"]);
  });

  it("somebody may have got another id, or lost it", async () => {
    await cloud({}, [
      { email: "c@x", externalId: "c" },
      { email: "d@x", externalId: "d" },
    ]);
    await sendImport(sandbox, { members: ids });
    for (const member of sandbox.state.members.values()) {
      if (member.email === "c@x") member.externalId = "cc";
      if (member.email === "d@x") member.externalId = null;
    }
    await sendImport(sandbox, { members: [add("d@x", "dd")], groups: [group("G", "g", ["c", "cc", "d", "dd"])] });
    expect(groupsOf(sandbox.state)).toEqual(["G/g{c@x,d@x}"]);
  });
});

describe("who is removed", () => {
  const known: readonly NewMember[] = [
    { email: "r@x", externalId: "r", status: -1 },
    { email: "s@x", externalId: "s", status: 3 },
    { email: "i@x", externalId: "i", status: 0 },
    { email: "c@x", externalId: "c" },
  ];
  it("is anybody by id, of whatever status, but nobody unknown and nobody also listed", async () => {
    await cloud({}, known);
    const members = [drop("r"), drop("s"), drop("i"), drop("nobody"), drop("c"), add("c@x", "c")];
    expect((await sendImport(sandbox, { members })).status).toBe(200);
    expect(membersOf(sandbox.state)).toEqual(["c@x/c/confirmed"]);
    expect(sandbox.state.events.map((event) => event.type)).toEqual([1503, 1503, 1503]);
  });

  it("loses their groups, and the ids are compared exactly", async () => {
    await cloud({}, [{ email: "a@x", externalId: "A" }]);
    sandbox.byHand.addGroup({ name: "G", externalId: "g", members: ["a@x"] });
    await sendImport(sandbox, { members: [drop("a")] });
    expect(groupsOf(sandbox.state)).toEqual(["G/g{a@x}"]);
    await sendImport(sandbox, { members: [drop("A")] });
    expect(groupsOf(sandbox.state)).toEqual(["G/g{}"]);
  });

  it("is, by an overwrite, nobody made by hand and no Owner; a staged one forbids it", async () => {
    await cloud({}, [
      { email: "a@x", externalId: "1" },
      { email: "h@x" },
      { email: "o@x", externalId: "2", type: 0 },
      { email: "m@x", externalId: "3", type: 1 },
    ]);
    expect((await sendImport(sandbox, { overwriteExisting: true, members: [add("a@x", "9")] })).status).toBe(200);
    expect(membersOf(sandbox.state)).toEqual(["a@x/9/invited", "h@x/-/confirmed", "o@x/2/confirmed/owner"]);
    sandbox.byHand.addMember({ email: "s@x", externalId: "4", status: 3 });
    expect((await sendImport(sandbox, { overwriteExisting: true, members: [add("a@x", "9")] })).status).toBe(400);
  });

  it("stamps nobody whose id another member has", async () => {
    await cloud({}, [{ email: "a@x", externalId: "1" }, { email: "h@x" }]);
    expect((await sendImport(sandbox, { members: [add("h@x", "1")] })).status).toBe(500);
    expect(membersOf(sandbox.state)).toEqual(["a@x/1/confirmed", "h@x/-/confirmed"]);
  });
});

describe("features the plan lacks", () => {
  it("refuses everything without the directory feature", async () => {
    await cloud({ useDirectory: false });
    expect((await sendImport(sandbox, {})).text).toContain("Organization cannot use directory syncing.");
  });

  it("refuses groups without the groups feature, the members being done", async () => {
    await cloud({ useGroups: false });
    expect((await sendImport(sandbox, { members: [add("a@x", "1")] })).status).toBe(200);
    const answer = await sendImport(sandbox, { members: [add("b@x", "2")], groups: [group("G", "g", [])] });
    expect(answer).toMatchObject({ status: 400, json: { message: "Organization cannot use groups." } });
    expect(membersOf(sandbox.state)).toEqual(["a@x/1/invited", "b@x/2/invited"]);
  });

  it("logs nothing without the events feature", async () => {
    await cloud({ useEvents: false });
    await sendImport(sandbox, { members: [add("a@x", "1")] });
    expect(sandbox.state.events).toEqual([]);
  });

  it("needs a confirmed Owner to invite anybody", async () => {
    await cloud();
    sandbox.byHand.revoke("owner@sandbox.test");
    expect((await sendImport(sandbox, {})).status).toBe(200);
    expect((await sendImport(sandbox, { members: [add("a@x", "1")] })).text).toContain(
      "Organization must have at least one confirmed owner.",
    );
  });
});

describe("groups", () => {
  it("are filled with new people of the same request, unknown ids left out, and stay the same when sent again", async () => {
    await cloud();
    const body = { members: [add("a@x", "1")], groups: [group("G", "g", ["1", "nobody", "1"])] };
    await sendImport(sandbox, body);
    expect(groupsOf(sandbox.state)).toEqual(["G/g{a@x}"]);
    await sendImport(sandbox, body);
    expect(groupsOf(sandbox.state)).toEqual(["G/g{a@x}"]);
    expect(sandbox.state.events.map((event) => event.type)).toEqual([1500, 1400, 1401]);
  });
});

describe("a failure on the way", () => {
  it.each([
    { step: 1, members: ["a@x/1/confirmed", "h@x/-/confirmed"], groups: [], events: [] },
    { step: 3, members: ["a@x/1/confirmed", "h@x/h/confirmed"], groups: [], events: [] },
    { step: 4, members: ["a@x/1/confirmed", "h@x/h/confirmed", "n@x/n/invited"], groups: [], events: [1500] },
    {
      step: 5,
      members: ["a@x/1/confirmed", "h@x/h/confirmed", "n@x/n/invited"],
      groups: ["G/g{n@x}"],
      events: [1500, 1400],
    },
    {
      step: 6,
      members: ["a@x/1/confirmed", "h@x/h/confirmed", "n@x/n/invited"],
      groups: ["G/g{n@x}"],
      events: [1500, 1400, 1503],
    },
  ])("after step $step leaves what was done", async ({ step, members, groups, events }) => {
    await cloud({}, [{ email: "a@x", externalId: "1" }, { email: "d@x", externalId: "d" }, { email: "h@x" }]);
    sandbox.control.faults.push({
      path: "/public/organization/import",
      at: 1,
      fault: { kind: "fail-after-step", step },
    });
    const body = {
      members: [add("a@x", "1"), drop("d"), add("h@x", "h"), add("n@x", "n")],
      groups: [group("G", "g", ["n"])],
    };
    expect((await sendImport(sandbox, body)).status).toBe(500);
    expect(membersOf(sandbox.state)).toEqual(members);
    expect(groupsOf(sandbox.state)).toEqual(groups);
    expect(sandbox.state.events.map((event) => event.type)).toEqual(events);
    expect((await sendImport(sandbox, body)).status).toBe(200);
  });
});
