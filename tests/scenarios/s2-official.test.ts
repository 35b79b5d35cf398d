/** Product §2 on both official servers, the cloud and a self-hosted one whose database does not find invitations by address. */
import { describe, expect, it } from "vitest";
import { memberStatus, memberType } from "../../src/organizations/sandbox/sandbox.ts";
import { disabled, group, many } from "./directory.ts";
import { createWorld, days, hours, minutes, type World, type WorldOptions } from "./world.ts";

const everybody = many(20);
const emails = (...ids: readonly string[]): string => ids.map((id) => `${id}@firm.test`).join(",");
const bob = (world: World): string | undefined => world.members().find((line) => line.startsWith("bob@"));
const writes = (world: World): string[] =>
  world.requests().filter((line) => !line.startsWith("GET") && !line.includes("token"));

describe.each(["official-cloud", "official-selfhost"] as const)("%s", (dialect) => {
  const create = async (options: Omit<WorldOptions, "dialect">): Promise<World> => {
    const world = await createWorld({ dialect, ...options });
    world.sandbox.state.organization.findsPendingByEmail = dialect === "official-cloud";
    return world;
  };

  /** Twenty people and bob, all of them confirmed, and a group. */
  const begin = async (options: Omit<WorldOptions, "dialect" | "directory"> = {}): Promise<World> => {
    const people = [...everybody, "bob"];
    const world = await create({ directory: { people, groups: [group("sales", "p1", "bob")] }, ...options });
    await world.review();
    for (const id of people) {
      world.sandbox.byHand.accept(id);
      world.sandbox.byHand.confirm(id);
    }
    world.pass(hours);
    world.requests();
    return world;
  };

  it("given equal ids, then people and groups are adopted at once, and nothing is sent", async () => {
    const world = await create({
      directory: { people: ["ann"], groups: [group("sales", "ann")] },
      seed: {
        members: [{ email: "ann@firm.test", externalId: "ann" }],
        groups: [{ name: "sales", externalId: "sales", members: ["ann"] }],
      },
    });
    expect(await world.sync()).toMatchObject({ outcome: "done", changes: ["adopt ann@firm.test", "adopt sales"] });
    expect(writes(world)).toEqual([]);
  });

  it("given the same address under another id, then it is proposed, and adopted when somebody says so", async () => {
    const world = await create({
      directory: { people: ["ann", "bob"], groups: [] },
      seed: { members: [{ email: "ann@firm.test", externalId: "old-ann" }] },
    });
    const first = await world.review();
    expect(first.changes).toEqual(["invite bob@firm.test"]);
    expect(first.notes).toContain("proposal.same_address ann@firm.test");
    await world.adopt({ addresses: ["ann@firm.test"] });
    expect((await world.review()).changes).toEqual(["adopt ann@firm.test"]);
    expect(world.members()).toContain("ann@firm.test/old-ann/confirmed");
  });

  it("given an adopted group that was made by hand, then its members endpoint gets the union, after the invitations and one more look", async () => {
    const world = await create({
      directory: { people: ["ann", "bob"], groups: [group("Board", "ann", "bob")] },
      seed: {
        members: [{ email: "ann@firm.test", externalId: "ann" }, { email: "hand@firm.test" }],
        groups: [{ name: "Board", members: ["hand@firm.test"] }],
      },
    });
    await world.plan();
    await world.adopt({ groups: true });
    const plan = await world.plan();
    world.requests();
    await world.apply(plan);
    const requests = world.requests();
    const invited = requests.indexOf("POST /public/organization/import");
    const written = requests.findIndex((line) => line.startsWith("PUT ") && line.endsWith("/member-ids"));
    expect(invited).toBeGreaterThan(-1);
    expect(requests.slice(invited, written)).toContain("GET /public/members");
    expect(requests.filter((line) => line.startsWith("PUT "))).toHaveLength(1);
    expect(world.groups()).toEqual([`Board/-{${emails("ann", "bob", "hand")}}`]);
    world.pass(hours);
    expect((await world.sync({ full: true })).changes).toEqual([]);
  });

  it("given a membership made by hand, then it stays when ours change", async () => {
    const world = await begin({ seed: { members: [{ email: "hand@firm.test" }] } });
    world.sandbox.byHand.setGroupMembers("sales", ["p1", "bob", "hand@firm.test"]);
    world.directory.groups = [group("sales", "p2", "bob")];
    expect((await world.sync()).changes).toEqual(["change-members sales +p2 -p1"]);
    expect(world.groups()).toEqual([`sales/sales{${emails("bob", "hand", "p2")}}`]);
    expect(writes(world).map((line) => line.split("/").at(-1))).toEqual(["member-ids"]);
  });

  it("given strangers, then they are listed and left alone, until adopt --gone makes them leavers in a reviewed plan", async () => {
    const world = await begin({
      seed: { members: [{ email: "scim@other.test", externalId: "scim" }, { email: "hand@other.test" }] },
    });
    expect((await world.plan({ full: true })).notes).toEqual(["stranger scim@other.test"]);
    await world.adopt({ gone: true });
    const plan = await world.plan();
    expect(plan.changes).toEqual(["adopt scim@other.test", "revoke scim@other.test"]);
    expect(world.members()).toContain("scim@other.test/scim/confirmed");
    await world.apply(plan);
    expect(world.members()).toContain("scim@other.test/scim/revoked");
    expect(world.members()).toContain("hand@other.test/-/confirmed");
  });

  it("given two leavers come back, one revoked by us and one by hand, then only ours is restored", async () => {
    const world = await begin();
    world.sandbox.byHand.revoke("p3");
    world.directory.people = [...everybody.filter((id) => id !== "p3"), disabled("p3"), disabled("bob")];
    expect((await world.sync()).changes).toEqual(["revoke bob@firm.test"]);
    world.directory.people = [...everybody, "bob"];
    world.pass(hours);
    expect((await world.sync()).changes).toEqual(["restore bob@firm.test"]);
    expect(bob(world)).toBe("bob@firm.test/bob/confirmed");
    expect(world.members()).toContain("p3@firm.test/p3/revoked");
  });

  it("given removeAfter, then whom we revoked is removed that many days later, whom somebody revoked by hand never", async () => {
    const world = await begin({ settings: { sync: { leavers: { removeAfter: 5 } } } });
    world.sandbox.byHand.revoke("p3");
    world.directory.people = [...everybody.filter((id) => id !== "p3"), disabled("p3"), disabled("bob")];
    await world.sync();
    world.pass(5 * days - minutes);
    expect((await world.sync()).changes).toEqual([]);
    world.pass(minutes);
    expect((await world.sync()).changes).toEqual(["remove bob@firm.test"]);
    expect(world.members()).toContain("p3@firm.test/p3/revoked");
  });

  it("given an owner, somebody protected and an administrator leave, then the first two keep everything and the third stops the run", async () => {
    const world = await begin({ settings: { protect: ["p2@firm.test"], sync: { leavers: { disabled: "remove" } } } });
    world.sandbox.byHand.setType("p1", memberType.owner);
    world.directory.people = [disabled("p1"), disabled("p2"), ...everybody.slice(2), "bob"];
    const run = await world.sync({ full: true });
    expect(run.changes).toEqual([]);
    expect(run.kept.toSorted()).toEqual(["keep.owner p1@firm.test", "keep.protected p2@firm.test"]);
    world.sandbox.byHand.setType("bob", memberType.admin);
    world.directory.people = [...world.directory.people.slice(0, -1), disabled("bob")];
    world.pass(hours);
    const stopped = await world.sync({ full: true });
    expect(stopped).toMatchObject({ outcome: "guard", guards: ["guard.access-lost"] });
    expect(stopped.fault?.params["admins"]).toBe(1);
    expect(writes(world)).toEqual([]);
  });

  it("given two members with one external id, then that is found before sending, and both are named", async () => {
    const world = await create({ directory: { people: ["ann"], groups: [] } });
    const { byHand } = world.sandbox;
    byHand.addMember({ email: "one@firm.test", externalId: "twice" });
    byHand.addMember({ email: "two@firm.test" }).externalId = "twice";
    // Before the review of a first plan is asked for: it could not be applied anyway.
    const outright = await world.sync();
    expect(outright.fault).toMatchObject({ code: "organization.duplicate_ids" });
    const plan = await world.plan();
    expect(plan.plan.header.applicable).toBe(false);
    const stopped = await world.apply(plan);
    expect(stopped.fault?.code).toBe("organization.duplicate_ids");
    expect(stopped.fault?.params["ids"]).toEqual(["twice (one@firm.test, two@firm.test)"]);
    const unattended = await world.sync({ accept: plan.digest });
    expect(unattended.fault?.params["ids"]).toEqual(["twice (one@firm.test, two@firm.test)"]);
    expect(writes(world)).toEqual([]);
  });

  it("given nobody is a confirmed owner, then that is found before an invitation is sent, and who has to act is named", async () => {
    const world = await create({ directory: { people: ["ann"], groups: [] } });
    const owner = world.sandbox.byHand.findMember("owner@sandbox.test");
    if (owner !== undefined) owner.status = memberStatus.accepted;
    expect((await world.sync()).fault).toMatchObject({ code: "organization.no_owner" });
    const plan = await world.plan();
    expect(plan.notes).toContain("organization.no_owner");
    const stopped = await world.apply(plan);
    expect(stopped.fault).toMatchObject({ code: "organization.no_owner", params: { owners: ["owner@sandbox.test"] } });
    expect(writes(world)).toEqual([]);
  });

  it("given the organization breaks between the plan and its application, then that is found before sending as well", async () => {
    const world = await create({ directory: { people: ["ann"], groups: [] } });
    const plan = await world.plan();
    const { byHand } = world.sandbox;
    byHand.addMember({ email: "one@firm.test", externalId: "twice" });
    byHand.addMember({ email: "two@firm.test" }).externalId = "twice";
    expect((await world.apply(plan)).fault?.code).toBe("organization.duplicate_ids");
    expect(writes(world)).toEqual([]);
  });

  describe("an invitation that nobody accepted yet is never doubled", () => {
    const rows = (world: World): string[] => world.members().filter((line) => line.startsWith("ann@"));

    it("given it was made by hand, then our id is put on it", async () => {
      const world = await create({ directory: { people: ["ann", "bob"], groups: [group("sales", "ann")] } });
      world.sandbox.byHand.addMember({ email: "ann@firm.test", status: memberStatus.invited });
      expect((await world.review()).changes).toContain("stamp ann@firm.test");
      expect(rows(world)).toEqual(["ann@firm.test/ann/invited"]);
      world.pass(hours);
      expect((await world.sync({ full: true })).changes).toEqual([]);
    });

    it("given it has another id, then it is proposed for adoption", async () => {
      const world = await create({ directory: { people: ["ann", "bob"], groups: [group("sales", "ann")] } });
      world.sandbox.byHand.addMember({ email: "ann@firm.test", externalId: "x", status: memberStatus.invited });
      expect((await world.review()).notes).toContain("proposal.same_address ann@firm.test");
      expect(rows(world)).toEqual(["ann@firm.test/x/invited"]);
    });

    it("given somebody made it between the plan and its application, then it is the only one", async () => {
      const world = await create({ directory: { people: ["ann", "bob"], groups: [group("sales", "ann")] } });
      const plan = await world.plan();
      world.sandbox.byHand.addMember({ email: "ann@firm.test", status: memberStatus.invited });
      await world.apply(plan);
      expect(rows(world)).toHaveLength(1);
      expect(bob(world)).toBe("bob@firm.test/bob/invited");
    });

    it("given the answer to the import was lost, then it is looked up before anything is sent again", async () => {
      const world = await create({ directory: { people: ["ann", "bob"], groups: [] } });
      const plan = await world.plan();
      world.sandbox.control.faults.push({
        path: "/public/organization/import",
        times: 1,
        fault: { kind: "close", when: "after" },
      });
      await world.apply(plan);
      expect(rows(world)).toEqual(["ann@firm.test/ann/invited"]);
      expect(world.sandbox.state.mails).toHaveLength(2);
    });
  });

  it("given names and memberships were changed by hand, then the daily comparison repairs them, and none before", async () => {
    const world = await begin();
    world.sandbox.byHand.setGroupMembers("sales", ["p1"]);
    world.pass(20 * hours);
    expect((await world.sync()).changes).toEqual([]);
    world.pass(4 * hours);
    expect((await world.sync()).changes).toEqual(["change-members sales +bob"]);
    expect(world.groups()).toEqual([`sales/sales{${emails("bob", "p1")}}`]);
  });
});
