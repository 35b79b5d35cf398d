/** Product §2.2: links. */
import { describe, expect, it } from "vitest";
import { memberStatus } from "../../src/organizations/sandbox/sandbox.ts";
import { group, person } from "./directory.ts";
import { createWorld, hours, type World } from "./world.ts";

describe("how a link begins", () => {
  it("given a new person, then by inviting", async () => {
    const world = await createWorld({ directory: { people: ["ann"], groups: [] } });
    expect((await world.review()).changes).toEqual(["invite ann@firm.test"]);
    const { people } = await world.store.links((await world.profile()).key);
    expect(people).toMatchObject([
      { id: "ann", externalId: "ann", email: "ann@firm.test", directoryEmail: "ann@firm.test" },
    ]);
  });

  it("given a member without an external id, then our id is stamped on them", async () => {
    const world = await createWorld({
      directory: { people: ["ann"], groups: [] },
      seed: { members: [{ email: "ann@firm.test" }] },
    });
    expect((await world.review()).changes).toEqual(["stamp ann@firm.test"]);
    expect(world.members()).toEqual(["ann@firm.test/ann/confirmed"]);
  });

  it("given equal external ids, then the first plan adopts, nothing is sent and nobody has to review it", async () => {
    const world = await createWorld({
      directory: { people: ["ann"], groups: [group("sales", "ann")] },
      seed: {
        members: [{ email: "ann@firm.test", externalId: "ann" }],
        groups: [{ name: "sales", externalId: "sales", members: ["ann"] }],
      },
    });
    const run = await world.sync();
    expect(run).toMatchObject({ outcome: "done", changes: ["adopt ann@firm.test", "adopt sales"] });
    expect(world.requests().filter((line) => !line.startsWith("GET"))).toEqual(["POST /connect/token"]);
    world.pass(hours);
    expect(await world.sync()).toMatchObject({ outcome: "unchanged" });
  });
});

describe("the same address, or the same group name, under another id", () => {
  const directory = { people: ["ann", "bob"], groups: [group("sales", "ann")] };
  const seed = {
    members: [
      { email: "ann@firm.test", externalId: "old-ann" },
      { email: "bob@firm.test", externalId: "old-bob" },
    ],
    groups: [{ name: "Sales", externalId: "old-sales", members: ["old-ann"] }],
  };

  it("given nobody said anything, then it is proposed as a note and nothing is done", async () => {
    const world = await createWorld({ directory: { ...directory }, seed });
    const plan = await world.plan();
    expect(plan.changes).toEqual([]);
    expect(plan.notes).toEqual([
      "proposal.same_address ann@firm.test",
      "proposal.same_address bob@firm.test",
      "proposal.same_name sales",
    ]);
    expect(await world.sync()).toMatchObject({ outcome: "unchanged" });
  });

  it("given adopt with an address, then the next plan carries that row only", async () => {
    const world = await createWorld({ directory: { ...directory }, seed });
    await world.plan();
    await world.adopt({ addresses: ["Ann@firm.test"] });
    const plan = await world.plan();
    expect(plan.changes).toEqual(["adopt ann@firm.test"]);
    expect(plan.notes).toContain("proposal.same_address bob@firm.test");
    expect(await world.apply(plan)).toMatchObject({ outcome: "done" });
    expect(world.members()).toContain("ann@firm.test/old-ann/confirmed");
  });

  it("given adopt --same-address and --groups, then all of them; the organization's ids stay for good", async () => {
    const world = await createWorld({ directory: { ...directory }, seed });
    await world.plan();
    await world.adopt({ sameAddress: true, groups: true });
    expect((await world.review()).changes).toEqual([
      "adopt ann@firm.test",
      "adopt bob@firm.test",
      "adopt sales",
      "rename-group sales",
    ]);
    world.directory.groups = [group("sales", "ann", "bob")];
    world.pass(hours);
    expect((await world.sync()).changes).toEqual(["change-members sales +old-bob"]);
    expect(world.members()).toEqual(["ann@firm.test/old-ann/confirmed", "bob@firm.test/old-bob/confirmed"]);
    expect(world.groups()).toEqual(["sales/old-sales{ann@firm.test,bob@firm.test}"]);
  });
});

describe("how a link ends", () => {
  it("given somebody we removed comes back, then they are invited again", async () => {
    const world = await createWorld({
      directory: { people: ["ann", "bob"], groups: [] },
      settings: { sync: { leavers: { disabled: "remove" } } },
    });
    await world.review();
    world.directory.people = ["ann", person("bob", { state: "disabled" })];
    world.pass(hours);
    expect((await world.sync()).changes).toEqual(["remove bob@firm.test"]);
    expect(world.members()).toEqual(["ann@firm.test/ann/invited"]);
    world.directory.people = ["ann", "bob"];
    world.pass(hours);
    expect((await world.sync()).changes).toEqual(["invite bob@firm.test"]);
    expect(world.members()).toEqual(["ann@firm.test/ann/invited", "bob@firm.test/bob/invited"]);
  });
});

describe("who is touched", () => {
  const seed = {
    members: [
      { email: "hand@firm.test" },
      { email: "scim@firm.test", externalId: "scim", status: memberStatus.confirmed },
    ],
    groups: [{ name: "Board", externalId: "board", members: ["scim", "hand@firm.test"] }],
  };

  it("given members and groups without a link, then they are listed as strangers and never changed", async () => {
    const world = await createWorld({ directory: { people: ["ann"], groups: [] }, seed });
    const run = await world.review();
    expect(run.changes).toEqual(["invite ann@firm.test"]);
    expect(run.notes).toEqual(["stranger scim@firm.test"]);
    world.directory.people = [];
    world.pass(hours);
    await world.sync({ full: true });
    world.pass(hours);
    await world.sync({ full: true });
    expect(world.members()).toContain("scim@firm.test/scim/confirmed");
    expect(world.members()).toContain("hand@firm.test/-/confirmed");
    expect(world.groups()).toEqual(["Board/board{hand@firm.test,scim@firm.test}"]);
  });

  it("given adopt --gone, then strangers are leavers, in a reviewed plan", async () => {
    const world = await createWorld({ directory: { people: ["ann"], groups: [] }, seed });
    await world.review();
    await world.adopt({ gone: true });
    world.pass(hours);
    const unattended = await world.sync();
    expect(unattended.changes).toEqual(["adopt scim@firm.test", "revoke scim@firm.test"]);
    expect(world.members()).toContain("scim@firm.test/scim/revoked");
  });
});

describe("several profiles of one organization", () => {
  it("given a person of another profile, then they are a reference: usable in groups, never changed", async () => {
    const world = await createWorld({ directory: { people: ["ann", "bob"], groups: [] } });
    await world.review();
    const second = world.addProfile("second", {
      people: ["ann", "cas"],
      groups: [group("project", "ann", "cas")],
    });
    const run = await second.review();
    expect(run.changes).toEqual(["invite cas@firm.test", "create-group project +ann,cas"]);
    expect(run.notes).toEqual(["reference.other_profile ann@firm.test", "stranger bob@firm.test"].slice(0, 1));
    const note = run.plan.notes.find(({ code }) => code === "reference.other_profile");
    expect(note?.params).toEqual({ profile: world.name });
    expect(world.groups()).toEqual(["project/project{ann@firm.test,cas@firm.test}"]);
    second.directory.people = [person("ann", { state: "disabled" }), "cas"];
    world.pass(hours);
    expect((await second.sync()).changes).toEqual([]);
    world.pass(hours);
    second.directory.people = ["cas"];
    expect((await second.sync()).changes).toEqual([]);
    expect(world.members()).toContain("ann@firm.test/ann/invited");
  });
});

/** Somebody in the organization changes the external id of a member. */
const giveId = ({ sandbox }: World, email: string, externalId: string): void => {
  const member = sandbox.byHand.findMember(email);
  if (member === undefined) throw new Error(`Nobody is called ${email}.`);
  member.externalId = externalId;
};

describe("a membership that somebody gave to another entry by hand", () => {
  it("given a new person with the external id it was given, then they take it over and its former holder loses nothing", async () => {
    const world = await createWorld({ directory: { people: ["ann", "dee"], groups: [] } });
    await world.review();
    world.directory.people = ["ann"];
    world.pass(hours);
    expect((await world.sync()).kept).toEqual(["keep.missing_once dee@firm.test"]);
    giveId(world, "dee@firm.test", "amy");
    world.directory.people = ["ann", "amy"];
    world.pass(25 * hours);
    expect((await world.review()).changes).toEqual(["adopt amy@firm.test"]);
    const { people } = await world.store.links((await world.profile()).key);
    expect(people.map(({ id }) => id).toSorted()).toEqual(["amy", "ann"]);
    expect((await world.plan()).changes).toEqual([]);
    expect(world.members()).toContain("dee@firm.test/amy/invited");
  });

  it("given somebody of the directory who lost theirs, then it is theirs and nobody is revoked; the plan says so", async () => {
    const world = await createWorld({ directory: { people: ["ann", "dee"], groups: [] } });
    await world.review();
    await world.sync({ full: true });
    const { byHand } = world.sandbox;
    byHand.removeMember(byHand.findMember("ann@firm.test")?.id ?? "");
    giveId(world, "dee@firm.test", "ann");
    world.directory.people = ["ann"];
    world.pass(hours);
    await world.sync();
    world.pass(hours);
    const plan = await world.plan();
    expect(plan.changes.filter((line) => line.startsWith("revoke"))).toEqual([]);
    expect(plan.notes).toContain("gone.same_member dee@firm.test");
  });
});
