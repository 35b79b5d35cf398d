import { describe, expect, it } from "vitest";
import { faultOf, invitation, send } from "../../../tests/organization-contract/stage.ts";
import { openedPerTest, refusedAs } from "../../../tests/organization-contract/opened.ts";
import { numberRows, type Change } from "../../core/plan.ts";
import type { Step } from "../organization.ts";
import { memberStatus, memberType } from "../sandbox/sandbox.ts";
import { groupsOf, membersOf } from "../sandbox/testing.ts";

const { begin, paths } = openedPerTest();
const cloud = { dialect: "official-cloud" } as const;
const about = (kind: "revoke" | "restore" | "remove", email: string, more: object = {}): Step => ({
  kind,
  member: { email, externalId: email.replace("@x.test", "") },
  rows: [0],
  ...more,
});

describe("revoking, restoring and removing", () => {
  const members = [
    { email: "a@x.test", externalId: "a" },
    { email: "r@x.test", externalId: "r", status: memberStatus.revoked },
    { email: "o@x.test", externalId: "o", type: memberType.owner },
    { email: "adm@x.test", externalId: "adm", type: memberType.admin },
    { email: "i@x.test", externalId: "i", status: memberStatus.invited },
  ];

  it.each([
    ["revoke", "a@x.test", "a@x.test/a/revoked"],
    ["revoke", "i@x.test", "i@x.test/i/revoked"],
    ["revoke", "adm@x.test", "adm@x.test/adm/revoked/admin"],
    ["restore", "r@x.test", "r@x.test/r/confirmed"],
    ["remove", "a@x.test", undefined],
  ] as const)("%s %s", async (kind, email, after) => {
    const { organization, sandbox } = await begin({ ...cloud, seed: { members } });
    expect(await organization.send(about(kind, email))).toEqual({ outcome: "done" });
    expect(membersOf(sandbox.state).find((line) => line.startsWith(email))).toBe(after);
  });

  it.each(["revoke", "remove"] as const)("an owner is never touched, whatever the plan says: %s", async (kind) => {
    const { organization, sandbox } = await begin({ ...cloud, seed: { members } });
    const before = membersOf(sandbox.state);
    expect(await organization.send(about(kind, "o@x.test"))).toEqual(
      refusedAs("organization.moved_on", "o@x.test", "owner"),
    );
    const id = sandbox.byHand.findMember("a@x.test")?.id ?? "";
    sandbox.byHand.setType("a@x.test", memberType.owner);
    const byId = about(kind, "a@x.test", { member: { email: "a@x.test", externalId: "a", organizationId: id } });
    expect(await organization.send(byId)).toEqual(refusedAs("organization.moved_on", "a@x.test", "owner"));
    expect(membersOf(sandbox.state)).toEqual(
      before.map((line) => line.replace("a@x.test/a/confirmed", "a@x.test/a/confirmed/owner")),
    );
    expect(paths("DELETE")).toEqual([]);
  });

  it("what is so already counts as done, and nothing is sent", async () => {
    const { organization } = await begin({ ...cloud, seed: { members } });
    for (const step of [
      about("revoke", "r@x.test"),
      about("restore", "a@x.test"),
      about("remove", "nobody@x.test"),
      about("revoke", "nobody@x.test"),
    ])
      expect(await organization.send(step)).toEqual({ outcome: "done" });
    expect(paths("POST")).toEqual(["/connect/token"]);
    expect(paths("DELETE")).toEqual([]);
  });

  it("what somebody else does in between counts as done", async () => {
    const { organization, sandbox } = await begin({ ...cloud, seed: { members } });
    sandbox.control.onRequest = (when, { method, path }) => {
      if (when === "before" && path.endsWith("/revoke")) sandbox.byHand.revoke("a@x.test");
      if (when === "before" && path.endsWith("/restore")) sandbox.byHand.restore("r@x.test");
      if (when === "before" && method === "DELETE") sandbox.byHand.removeMember("i@x.test");
    };
    for (const step of [about("revoke", "a@x.test"), about("restore", "r@x.test"), about("remove", "i@x.test")])
      expect(await organization.send(step)).toEqual({ outcome: "done" });
  });

  it("a leaver whose id was cleared by hand is found by address; one who has another id now is not taken for them", async () => {
    const { organization, sandbox } = await begin({
      ...cloud,
      seed: { members: [{ email: "a@x.test" }, { email: "b@x.test", externalId: "other" }] },
    });
    expect(await organization.send(about("revoke", "a@x.test"))).toEqual({ outcome: "done" });
    expect(await organization.send(about("revoke", "b@x.test"))).toEqual(
      refusedAs("organization.moved_on", "b@x.test", "other"),
    );
    expect(membersOf(sandbox.state)).toEqual(["a@x.test/-/revoked", "b@x.test/other/confirmed"]);
  });

  it("somebody who moved to the new address already is not taken out of it", async () => {
    const { organization, sandbox } = await begin({
      ...cloud,
      seed: { members: [{ email: "new@x.test", externalId: "old", status: memberStatus.invited }] },
    });
    expect(await organization.send(about("remove", "old@x.test", { onlyIf: "pending" }))).toEqual({ outcome: "done" });
    expect(membersOf(sandbox.state)).toEqual(["new@x.test/old/invited"]);
  });

  it("somebody who is gone cannot be restored", async () => {
    const { organization } = await begin({ ...cloud, seed: { members } });
    expect(await organization.send(about("restore", "nobody@x.test"))).toEqual(
      refusedAs("organization.moved_on", "nobody@x.test", "missing"),
    );
  });

  it("an invitation that has been accepted meanwhile is not replaced", async () => {
    const { organization, sandbox } = await begin({ ...cloud, seed: { members } });
    const pending = about("remove", "i@x.test", { onlyIf: "pending" });
    sandbox.byHand.accept("i@x.test");
    expect(await organization.send(pending)).toEqual(refusedAs("organization.moved_on", "i@x.test", "accepted"));
    expect(membersOf(sandbox.state)).toHaveLength(5);
  });

  it("looks people up when it is their turn, not before", async () => {
    const { organization, sandbox } = await begin({ ...cloud, seed: { members: members.slice(0, 1) } });
    const rows = numberRows([invitation("new", "new@x.test")]);
    await send(organization, rows);
    expect(await organization.send(about("revoke", "new@x.test"))).toEqual({ outcome: "done" });
    expect(membersOf(sandbox.state)).toContain("new@x.test/new/revoked");
  });

  it.each([
    ["is lost after it was done", { kind: "close", when: "after" }, { outcome: "unknown", reason: "closed" }],
    [
      "gets a proxy's answer",
      { kind: "status", status: 504, when: "after" },
      { outcome: "unknown", reason: "HTTP 504" },
    ],
    ["fails", { kind: "status", status: 500, when: "before" }, { outcome: "refused", status: 500 }],
  ] as const)("a removal that %s is sent once", async (_what, fault, expected) => {
    const { organization, sandbox } = await begin({ ...cloud, seed: { members } });
    sandbox.control.faults.push({ method: "DELETE", fault });
    expect(await organization.send(about("remove", "a@x.test"))).toMatchObject(expected);
    expect(paths("DELETE")).toHaveLength(1);
  });

  it("the last owner's organization says its own no", async () => {
    const { organization, sandbox } = await begin({ ...cloud, seats: 5, seed: { members } });
    sandbox.state.organization.seats = 4;
    Object.assign(sandbox.state.organization, { maxAutoscaleSeats: 4 });
    expect(await organization.send(about("restore", "r@x.test"))).toEqual(
      refusedAs("organization.seats", "Seat limit has been reached."),
    );
  });
});

describe("memberships of a group that others use too", () => {
  const seed = {
    members: [
      { email: "a@x.test", externalId: "a" },
      { email: "b@x.test", externalId: "b" },
      { email: "hand@x.test" },
      { email: "late@x.test" },
    ],
    groups: [{ name: "G", externalId: "g", members: ["a@x.test", "hand@x.test"] }],
  };
  const put = (more: object = {}): Step => ({
    kind: "group-members",
    group: { externalId: "g", name: "G" },
    members: ["b"],
    remove: ["a"],
    removeByEmail: [],
    rows: [0],
    ...more,
  });

  it("are a union: who was put in by hand stays, also when it happened a moment ago", async () => {
    const { organization, sandbox } = await begin({ ...cloud, seed });
    sandbox.byHand.setGroupMembers("g", ["a@x.test", "hand@x.test", "late@x.test"]);
    expect(await organization.send(put())).toEqual({ outcome: "done" });
    expect(groupsOf(sandbox.state)).toEqual(["G/g{b@x.test,hand@x.test,late@x.test}"]);
  });

  it("lose by address whom the plan names so", async () => {
    const { organization, sandbox } = await begin({ ...cloud, seed });
    expect(await organization.send(put({ removeByEmail: ["hand@x.test"] }))).toEqual({ outcome: "done" });
    expect(groupsOf(sandbox.state)).toEqual(["G/g{b@x.test}"]);
  });

  it("take who is there, and say whom they could not find", async () => {
    const { organization, sandbox, lines } = await begin({ ...cloud, seed });
    await organization.send(put({ members: ["b", "nobody"] }));
    expect(groupsOf(sandbox.state)).toEqual(["G/g{b@x.test,hand@x.test}"]);
    expect(lines.filter((line) => line.includes("nobody"))).toHaveLength(1);
  });

  it("of a group that is gone are not written", async () => {
    const { organization, sandbox } = await begin({ ...cloud, seed });
    sandbox.byHand.removeGroup("g");
    expect(await organization.send(put())).toEqual(refusedAs("organization.moved_on", "G", "missing"));
    const organizationId = "00000000-0000-4000-8000-000000000000";
    expect(await organization.send(put({ group: { externalId: "g", name: "G", organizationId } }))).toEqual(
      refusedAs("organization.moved_on", "G", "missing"),
    );
  });

  it("a group is removed; one that is gone already counts as removed", async () => {
    const { organization, sandbox } = await begin({ ...cloud, seed });
    const step: Step = { kind: "remove-group", group: { externalId: "g", name: "G" }, rows: [0] };
    expect(await organization.send(step)).toEqual({ outcome: "done" });
    expect(sandbox.state.groups.size).toBe(0);
    expect(await organization.send(step)).toEqual({ outcome: "done" });
    expect(paths("DELETE")).toEqual(["/public/groups/*"]);
  });
});

describe("staging", () => {
  const stage = (count: number): Change[] =>
    Array.from({ length: count }, (_, index) => ({
      ...invitation(`p${index}`, `p${index}@x.test`),
      action: "stage" as const,
    }));

  it("stages, one first, and looks at that one before the rest goes", async () => {
    const { organization, sandbox } = await begin({ ...cloud, organization: { stagedFlag: true } });
    expect((await send(organization, numberRows(stage(5)))).outcomes).toEqual(["done", "done"]);
    expect(membersOf(sandbox.state).every((line) => line.endsWith("/staged"))).toBe(true);
    expect(sandbox.state.mails).toEqual([]);
    expect(
      paths("POST")
        .concat(paths("GET"))
        .filter((path) => path === "/public/members"),
    ).toHaveLength(1);
  });

  it("a server without the flag is never asked", async () => {
    const { organization, sandbox } = await begin(cloud);
    expect(organization.abilities.stage).toEqual({ no: "ability.stage_flag" });
    expect(await faultOf(send(organization, numberRows(stage(5))))).toMatchObject({ code: "organization.no_staging" });
    expect(membersOf(sandbox.state)).toEqual([]);
  });

  it("a server that only says so mails one person, not all", async () => {
    const { organization, sandbox } = await begin({ ...cloud, organization: { stagedFlag: true } });
    sandbox.state.organization.stagedFlag = false;
    const { results } = await send(organization, numberRows(stage(5)));
    expect(results).toEqual([refusedAs("organization.no_staging", "p0@x.test")]);
    expect(sandbox.state.mails).toHaveLength(1);
  });
});
