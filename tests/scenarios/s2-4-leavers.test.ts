/** Product §2.4: what happens to a linked person, on the official server. */
import { describe, expect, it } from "vitest";
import { memberType } from "../../src/organizations/sandbox/sandbox.ts";
import { disabled, group, many, person } from "./directory.ts";
import { createWorld, days, hours, minutes, type Settings, type World } from "./world.ts";

/** Twenty people and a group with bob in it, all of them invited and accepted. */
const begin = async (settings: Settings = {}): Promise<World> => {
  const people = [...many(20), "bob"];
  const world = await createWorld({ directory: { people, groups: [group("sales", "p1", "bob")] }, settings });
  await world.review();
  for (const id of people) {
    world.sandbox.byHand.accept(id);
    world.sandbox.byHand.confirm(id);
  }
  world.pass(hours);
  return world;
};
const everybody = many(20);
const bob = (world: World): string | undefined => world.members().find((line) => line.startsWith("bob@"));
const salesWithBob = ["sales/sales{bob@firm.test,p1@firm.test}"];

describe("disabled in the directory", () => {
  it("given the default, then they are revoked and keep their groups", async () => {
    const world = await begin();
    world.directory.people = [...everybody, disabled("bob")];
    expect((await world.sync()).changes).toEqual(["revoke bob@firm.test"]);
    expect(bob(world)).toBe("bob@firm.test/bob/revoked");
    expect(world.groups()).toEqual(salesWithBob);
    world.pass(2 * days);
    expect(await world.sync()).toMatchObject({ outcome: "unchanged" });
    expect(world.groups()).toEqual(salesWithBob);
  });

  it("given remove, then they are removed; given keep, then nothing happens", async () => {
    const removing = await begin({ sync: { leavers: { disabled: "remove" } } });
    removing.directory.people = [...everybody, disabled("bob")];
    expect((await removing.sync()).changes).toEqual(["remove bob@firm.test"]);
    expect(bob(removing)).toBeUndefined();
    const keeping = await begin({ sync: { leavers: { disabled: "keep" } } });
    keeping.directory.people = [...everybody, disabled("bob")];
    expect(await keeping.sync()).toMatchObject({ outcome: "unchanged" });
    expect(bob(keeping)).toBe("bob@firm.test/bob/confirmed");
  });

  it("given somebody made them an owner just before, then they are not removed", async () => {
    const world = await begin({ sync: { leavers: { disabled: "remove" } } });
    world.directory.people = [...everybody, disabled("bob")];
    world.sandbox.control.onRequest = (when, { method, path }) => {
      if (when === "before" && method === "GET" && /members\/./u.test(path))
        world.sandbox.byHand.setType("bob", memberType.owner);
    };
    const run = await world.sync();
    expect(run.fault?.code).toBe("organization.moved_on");
    expect(bob(world)).toBe("bob@firm.test/bob/confirmed/owner");
  });
});

describe("missing", () => {
  it("given once, then nothing happens and they keep everything", async () => {
    const world = await begin();
    world.directory.people = everybody;
    const run = await world.sync();
    expect(run).toMatchObject({ outcome: "unchanged", changes: [], kept: ["keep.missing_once bob@firm.test"] });
    expect(world.groups()).toEqual(salesWithBob);
    world.directory.people = [...everybody, "bob"];
    world.pass(hours);
    expect(await world.sync()).toMatchObject({ changes: [], kept: [] });
  });

  it("given in two complete reads, then they are gone only when these are 30 minutes apart", async () => {
    const world = await begin();
    world.directory.people = everybody;
    await world.sync();
    world.pass(29 * minutes);
    expect(await world.sync()).toMatchObject({ changes: [], kept: ["keep.missing_once bob@firm.test"] });
    world.pass(minutes);
    expect((await world.sync()).changes).toEqual(["revoke bob@firm.test"]);
    expect(bob(world)).toBe("bob@firm.test/bob/revoked");
  });

  it("given a failed read in between, then it does not count", async () => {
    const world = await begin();
    world.directory.people = everybody;
    world.directory.broken = "no end";
    await world.sync();
    delete world.directory.broken;
    world.pass(hours);
    expect(await world.sync()).toMatchObject({ changes: [], kept: ["keep.missing_once bob@firm.test"] });
  });

  it("given a plan somebody accepts, then it is the second read, whenever it is made", async () => {
    const world = await begin();
    world.directory.people = everybody;
    await world.sync();
    world.pass(minutes);
    const plan = await world.plan();
    expect(plan.changes).toEqual(["revoke bob@firm.test"]);
    expect(bob(world)).toBe("bob@firm.test/bob/confirmed");
    expect(await world.apply(plan)).toMatchObject({ outcome: "done" });
    expect(bob(world)).toBe("bob@firm.test/bob/revoked");
  });

  it("given days to wait, then they are gone only after these", async () => {
    const world = await begin({ sync: { leavers: { wait: 3 } } });
    world.directory.people = everybody;
    await world.sync();
    world.pass(2 * days);
    expect(await world.sync()).toMatchObject({ changes: [], kept: ["keep.waiting bob@firm.test"] });
    world.pass(days);
    expect((await world.sync()).changes).toEqual(["revoke bob@firm.test"]);
  });

  it("given removeAfter, then they are removed that many days after the revocation, never before", async () => {
    const world = await begin({ sync: { leavers: { removeAfter: 5 } } });
    world.directory.people = everybody;
    await world.sync();
    world.pass(hours);
    await world.sync();
    world.pass(5 * days - minutes);
    expect(await world.sync()).toMatchObject({ outcome: "unchanged" });
    world.pass(minutes);
    expect((await world.sync()).changes).toEqual(["remove bob@firm.test"]);
    expect(bob(world)).toBeUndefined();
  });

  it("given no removeAfter, then the revoked are never removed", async () => {
    const world = await begin({ schedule: { every: "1d" } });
    world.directory.people = everybody;
    await world.sync();
    world.pass(hours);
    await world.sync();
    for (let month = 0; month < 3; month += 1) {
      world.pass(5 * days);
      expect(await world.sync()).toMatchObject({ outcome: "unchanged" });
    }
    expect(bob(world)).toBe("bob@firm.test/bob/revoked");
  });
});

describe("back", () => {
  it("given we had revoked them, then they are restored to what they were", async () => {
    const world = await begin();
    world.directory.people = [...everybody, disabled("bob")];
    await world.sync();
    world.directory.people = [...everybody, "bob"];
    world.pass(hours);
    expect((await world.sync()).changes).toEqual(["restore bob@firm.test"]);
    expect(bob(world)).toBe("bob@firm.test/bob/confirmed");
    world.pass(hours);
    expect(await world.sync({ full: true })).toMatchObject({ outcome: "unchanged", notes: [] });
  });
});

describe("changed by hand in the organization", () => {
  it("given revoked by hand, then it stands, with a note; restore is the reviewed way back", async () => {
    const world = await begin();
    world.sandbox.byHand.revoke("bob");
    for (const full of [false, true, false]) {
      world.pass(hours);
      expect(await world.sync({ full })).toMatchObject({ outcome: "unchanged", changes: [] });
    }
    world.pass(hours);
    expect((await world.sync({ full: true })).notes).toContain("drift.revoked_by_hand bob@firm.test");
    expect(bob(world)).toBe("bob@firm.test/bob/revoked");
    await world.restore("bob@firm.test");
    expect((await world.review()).changes).toEqual(["restore bob@firm.test"]);
    expect(bob(world)).toBe("bob@firm.test/bob/confirmed");
  });

  it("given removed by hand, then it stands, with a note, and costs no request at every run; restore invites anew", async () => {
    const world = await begin();
    world.sandbox.byHand.removeMember("bob");
    world.pass(hours);
    expect((await world.sync({ full: true })).notes).toContain("drift.removed_by_hand bob@firm.test");
    world.requests();
    world.pass(hours);
    expect(await world.sync()).toMatchObject({ outcome: "unchanged", changes: [] });
    expect(world.requests()).toEqual([]);
    expect(bob(world)).toBeUndefined();
    await world.restore("bob@firm.test");
    expect((await world.review()).changes).toEqual(["invite bob@firm.test", "change-members sales +bob"]);
    expect(bob(world)).toBe("bob@firm.test/bob/invited");
    expect(world.groups()).toEqual(salesWithBob);
  });

  it("given restored by hand after we revoked, then it stands, with a note, while they stay disabled", async () => {
    const world = await begin();
    world.directory.people = [...everybody, disabled("bob")];
    await world.sync();
    world.sandbox.byHand.restore("bob");
    for (let run = 0; run < 2; run += 1) {
      world.pass(hours);
      const told = await world.sync({ full: true });
      expect(told).toMatchObject({ outcome: "unchanged", changes: [] });
      expect(told.notes).toContain("drift.restored_by_hand bob@firm.test");
    }
    expect(bob(world)).toBe("bob@firm.test/bob/confirmed");
  });
});

describe("protected", () => {
  it("given an owner, then never revoked nor removed, and said in every plan when disabled or missing", async () => {
    const world = await begin({ sync: { leavers: { disabled: "remove", gone: "remove", removeAfter: 1 } } });
    world.sandbox.byHand.setType("bob", memberType.owner);
    world.directory.people = [...everybody, disabled("bob")];
    expect(await world.sync({ full: true })).toMatchObject({ changes: [], kept: ["keep.owner bob@firm.test"] });
    world.directory.people = everybody;
    for (let run = 0; run < 4; run += 1) {
      world.pass(days);
      const told = await world.sync({ full: true });
      expect(told).toMatchObject({ changes: [] });
      expect(told.kept.join()).toMatch(/keep\.(?:owner|missing_once) bob/u);
    }
    expect(bob(world)).toBe("bob@firm.test/bob/confirmed/owner");
  });

  it("given protect, then never revoked nor removed, whatever the letter case", async () => {
    const world = await begin({ protect: ["BOB@firm.test"] });
    world.directory.people = [...everybody, disabled("bob")];
    expect(await world.sync()).toMatchObject({ changes: [], kept: ["keep.protected bob@firm.test"] });
    expect(bob(world)).toBe("bob@firm.test/bob/confirmed");
  });
});

describe("a changed address", () => {
  const renamed = [...everybody, person("bob", { email: "robert@firm.test" })];

  it("given an accepted member, then nothing is sent, a note says so, and groups go on by id", async () => {
    const world = await begin();
    world.directory.people = renamed;
    world.directory.groups = [group("sales", "p1", "bob"), group("it", "bob")];
    world.requests();
    const run = await world.sync();
    expect(run.changes).toEqual(["readdress robert@firm.test", "create-group it +bob"]);
    expect(bob(world)).toBe("bob@firm.test/bob/confirmed");
    expect(world.groups()).toEqual(["it/it{bob@firm.test}", ...salesWithBob]);
    expect(world.requests().filter((line) => !line.startsWith("GET") && !line.includes("token"))).toEqual([
      "POST /public/organization/import",
    ]);
    world.pass(hours);
    expect((await world.sync({ full: true })).changes).toEqual([]);
  });

  it("given only an invitation, then it is taken back and made anew at the new address, in the same groups", async () => {
    const world = await createWorld({
      directory: { people: [...everybody, "bob"], groups: [group("sales", "p1", "bob")] },
    });
    await world.review();
    world.directory.people = renamed;
    world.pass(hours);
    expect((await world.sync()).changes).toEqual(["readdress robert@firm.test", "change-members sales +bob"]);
    expect(world.members()).toContain("robert@firm.test/bob/invited");
    expect(world.members().join()).not.toContain("bob@firm.test");
    expect(world.groups()).toEqual(["sales/sales{p1@firm.test,robert@firm.test}"]);
    world.pass(hours);
    expect((await world.sync({ full: true })).changes).toEqual([]);
  });

  it("given the address now belongs to somebody else, then it is held back until reviewed, and they keep their groups", async () => {
    const world = await begin();
    world.directory.people = [
      ...everybody.slice(1),
      person("bob", { email: "p1@firm.test" }),
      person("p1", { email: "first@firm.test" }),
    ];
    const run = await world.sync();
    expect(run.kept).toContain("held.address_taken p1@firm.test");
    expect(bob(world)).toBe("bob@firm.test/bob/confirmed");
    expect(world.groups()).toEqual(salesWithBob);
  });

  it("given the same address under a new id, then it is proposed for adoption: never a leaver and a joiner", async () => {
    const world = await begin();
    world.directory.people = [...everybody, person("bob2", { email: "bob@firm.test" })];
    world.directory.groups = [group("sales", "p1", "bob2")];
    for (let run = 0; run < 3; run += 1) {
      world.pass(hours);
      const told = await world.sync({ full: true });
      expect(told.changes).toEqual([]);
      expect(told.notes).toContain("proposal.same_address bob@firm.test");
    }
    expect(world.groups()).toEqual(salesWithBob);
    await world.adopt({ sameAddress: true });
    expect((await world.review()).changes).toEqual(["adopt bob@firm.test"]);
    world.pass(hours);
    expect((await world.sync({ full: true })).changes).toEqual([]);
    expect(bob(world)).toBe("bob@firm.test/bob/confirmed");
    expect(world.groups()).toEqual(salesWithBob);
  });
});

describe("who stays keeps their groups", () => {
  it.each([
    ["left out", person("bob", { email: undefined })],
    ["missing once", undefined],
    ["not selected any more", person("bob", { selected: false })],
  ])("given %s, also when the group changes otherwise", async (_name, entry) => {
    const world = await begin();
    world.directory.people = entry === undefined ? everybody : [...everybody, entry];
    world.directory.groups = [group("sales", "p1", "p2")];
    expect((await world.sync()).changes).toEqual(["change-members sales +p2"]);
    expect(world.groups()).toEqual(["sales/sales{bob@firm.test,p1@firm.test,p2@firm.test}"]);
  });
});
