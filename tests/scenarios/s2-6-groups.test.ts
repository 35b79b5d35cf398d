/** Product §2.6: groups, on the official server. */
import { describe, expect, it } from "vitest";
import { group, many, person, type Group } from "./directory.ts";
import { createWorld, hours, minutes, type Settings, type World, type WorldOptions } from "./world.ts";

const begin = async (groups: readonly Group[], settings: Settings = {}, more: WorldOptions = {}): Promise<World> => {
  const world = await createWorld({ directory: { people: [...many(20), "bob"], groups }, settings, ...more });
  await world.review();
  world.pass(hours);
  return world;
};
const emails = (...ids: string[]): string => ids.map((id) => `${id}@firm.test`).join(",");

describe("nested groups", () => {
  it("given any depth and a cycle, then members of groups inside count, each once", async () => {
    const world = await begin([
      group("all", "sales", "p9"),
      group("sales", "p1", "inside"),
      group("inside", "p2", "sales", "bob"),
      group("empty"),
    ]);
    expect(world.groups()).toEqual([
      `all/all{${emails("bob", "p1", "p2", "p9")}}`,
      "empty/empty{}",
      `inside/inside{${emails("bob", "p1", "p2")}}`,
      `sales/sales{${emails("bob", "p1", "p2")}}`,
    ]);
  });

  it("given nested is off, then only direct members count", async () => {
    const world = await begin([group("all", "sales", "p9"), group("sales", "p1")], { sync: { nested: false } });
    expect(world.groups()).toEqual([`all/all{${emails("p9")}}`, `sales/sales{${emails("p1")}}`]);
  });

  it.each([
    ["off", 21],
    ["direct", 1],
    ["nested", 2],
  ])("given people are narrowed by the groups: %s, then %d take part", async (narrow, count) => {
    const groups = [group("all", "p9", "sales"), { ...group("sales", "p1"), selected: false }];
    const world = await begin(groups, { sync: { narrow } });
    expect(world.members()).toHaveLength(count);
  });
});

describe("a group inside another", () => {
  const inner = { ...group("sales", "p1", "p2"), selected: false };
  const outer = group("all", "sales", "p9");

  it("given it is missing from one read, then whoever is in the outer one through it stays, and the plan says so", async () => {
    const world = await begin([outer, inner]);
    world.directory.groups = [outer];
    const missing = await world.sync();
    expect(missing.changes).toEqual([]);
    expect(missing.notes).toContain("group.members_wait all");
    world.directory.groups = [outer, inner];
    world.pass(hours);
    expect((await world.sync()).changes).toEqual([]);
    expect(world.groups()).toEqual([`all/all{${emails("p1", "p2", "p9")}}`]);
  });

  it("given a second complete read misses it too, then they leave the outer one", async () => {
    const world = await begin([outer, inner]);
    world.directory.groups = [outer];
    await world.sync();
    world.pass(29 * minutes);
    expect((await world.sync()).changes).toEqual([]);
    world.pass(minutes);
    expect((await world.sync()).changes).toEqual(["change-members all -p1,p2"]);
  });

  it("given leavers wait for days, then they do as well, and the plan says until when", async () => {
    const world = await begin([outer, inner], { sync: { leavers: { wait: 2 } } });
    world.directory.groups = [outer];
    await world.sync();
    world.pass(25 * hours);
    const waiting = await world.sync();
    expect(waiting.changes).toEqual([]);
    const note = waiting.plan.notes.find(({ code }) => code === "group.members_wait");
    expect(note?.params).toMatchObject({
      unresolved: 1,
      count: 2,
      until: new Date(world.now() + 23 * hours).toISOString(),
    });
    world.pass(24 * hours);
    expect((await world.sync()).changes).toEqual(["change-members all -p1,p2"]);
  });

  it("given somebody is taken out of it, then they leave the outer one at once", async () => {
    const world = await begin([outer, inner]);
    world.directory.groups = [outer, { ...group("sales", "p1"), selected: false }];
    expect((await world.sync()).changes).toEqual(["change-members all -p2"]);
  });
});

describe("gone groups", () => {
  const both = [group("sales", "p1", "p2"), group("old", "p3", "bob")];

  it("given a group is missing in two complete reads 30 minutes apart, then it is emptied, and stays", async () => {
    const world = await begin(both);
    world.directory.groups = both.slice(0, 1);
    expect(await world.sync()).toMatchObject({ changes: [], kept: ["keep.missing_once old"] });
    world.pass(29 * minutes);
    expect((await world.sync()).changes).toEqual([]);
    world.pass(minutes);
    expect((await world.sync()).changes).toEqual(["empty-group old -bob,p3"]);
    expect(world.groups()).toEqual(["old/old{}", `sales/sales{${emails("p1", "p2")}}`]);
    world.pass(hours);
    expect((await world.sync({ full: true })).changes).toEqual([]);
  });

  it.each([
    ["keep", [], 2],
    ["remove", ["remove-group old -bob,p3"], 1],
  ])("given groupsGone %s, then that", async (groupsGone, changes, left) => {
    const world = await begin(both, { sync: { groupsGone } });
    world.directory.groups = both.slice(0, 1);
    await world.sync();
    world.pass(hours);
    expect((await world.sync()).changes).toEqual(changes);
    expect(world.groups()).toHaveLength(left);
  });

  it("given the group filter changed, then a group that left it is kept as it is, with a note", async () => {
    const world = await begin(both);
    world.set({ sync: { groupFilter: "include:sales" } });
    for (let run = 0; run < 3; run += 1) {
      world.pass(hours);
      const told = await world.sync();
      expect(told.changes).toEqual([]);
      expect(told.notes).toContain("group.kept old");
    }
    expect(world.groups()).toEqual([`old/old{${emails("bob", "p3")}}`, `sales/sales{${emails("p1", "p2")}}`]);
  });

  it("given a directory that does not show it and a selection that changed at the same time, then it is kept", async () => {
    const world = await begin(both);
    world.set({ sync: { userFilter: "exclude:nobody@firm.test" } });
    world.directory.groups = both.slice(0, 1);
    for (let run = 0; run < 3; run += 1) {
      world.pass(hours);
      expect((await world.sync()).changes).toEqual([]);
    }
    expect(world.groups()).toHaveLength(2);
  });
});

describe("members that others put in a group", () => {
  const seed = { members: [{ email: "hand@firm.test" }] };

  it("given somebody was added by hand, then they stay, and the group is written only by its members endpoint", async () => {
    const world = await begin([group("sales", "p1")], {}, { seed });
    world.sandbox.byHand.setGroupMembers("sales", ["p1", "hand@firm.test", "bob"]);
    world.directory.groups = [group("sales", "p2")];
    world.requests();
    expect((await world.sync()).changes).toEqual(["change-members sales +p2 -p1"]);
    expect(world.groups()).toEqual([`sales/sales{${emails("bob", "hand", "p2")}}`]);
    const writes = world.requests().filter((line) => !line.startsWith("GET") && !line.includes("token"));
    expect(writes).toEqual([`PUT /public/groups/${world.sandbox.byHand.findGroup("sales")?.id}/member-ids`]);
    const links = await world.store.links((await world.profile()).key);
    expect(links.groups).toMatchObject([{ id: "sales", writtenBy: "member-ids", members: ["p2"] }]);
    expect(links.groups[0]?.organizationId).toBe(world.sandbox.byHand.findGroup("sales")?.id);
  });

  it("given somebody is put there between the plan and its application, then they stay too", async () => {
    const world = await begin([group("sales", "p1")], {}, { seed });
    world.directory.groups = [group("sales", "p1", "p2")];
    const plan = await world.plan();
    world.sandbox.byHand.setGroupMembers("sales", ["p1", "hand@firm.test"]);
    await world.apply(plan);
    expect(world.groups()).toEqual([`sales/sales{${emails("hand", "p1", "p2")}}`]);
  });

  it("given somebody we manage is put there before a reviewed renaming is applied, then it is renamed with them in it", async () => {
    const world = await begin([group("sales", "p1")]);
    world.directory.groups = [{ id: "sales", name: "Sales & Service", members: ["p1"] }];
    const plan = await world.plan();
    world.sandbox.byHand.setGroupMembers("sales", ["p1", "bob"]);
    await world.apply(plan);
    expect(world.groups()).toEqual([`Sales & Service/sales{${emails("bob", "p1")}}`]);
  });

  it("given somebody to adopt was put there by hand, and the group has another name, then the reviewed plan does both", async () => {
    const world = await begin(
      [group("sales", "p1")],
      {},
      { seed: { members: [{ email: "cas@firm.test", externalId: "cas" }] } },
    );
    world.sandbox.byHand.setGroupMembers("sales", ["p1", "cas@firm.test"]);
    world.directory.people = [...many(20), "bob", "cas"];
    world.directory.groups = [{ id: "sales", name: "Sales & Service", members: ["p1", "cas"] }];
    await world.apply(await world.plan());
    expect(world.groups()).toEqual([`Sales & Service/sales{${emails("cas", "p1")}}`]);
    world.pass(hours);
    expect((await world.sync({ full: true })).changes).toEqual([]);
  });

  it("given such a group is renamed in the directory, then that is a note", async () => {
    const world = await begin([group("sales", "p1")], {}, { seed });
    world.sandbox.byHand.setGroupMembers("sales", ["p1", "hand@firm.test"]);
    world.directory.groups = [{ id: "sales", name: "Sales & Service", members: ["p1"] }];
    const run = await world.sync({ full: true });
    expect(run.changes).toEqual([]);
    expect(run.notes).toContain("group.rename_by_hand Sales & Service");
    expect(world.groups()).toEqual([`sales/sales{${emails("hand", "p1")}}`]);
  });

  it("given keepManualMembers is off, then they are taken out", async () => {
    const world = await begin([group("sales", "p1")], { sync: { keepManualMembers: false } }, { seed });
    world.sandbox.byHand.setGroupMembers("sales", ["p1", "hand@firm.test", "bob"]);
    expect((await world.sync({ full: true })).changes).toEqual(["change-members sales -bob,hand@firm.test"]);
    expect(world.groups()).toEqual([`sales/sales{${emails("p1")}}`]);
  });

  it("given invitations in the same run, then the union is written after them, with everybody in it", async () => {
    const world = await begin([group("sales", "p1")], {}, { seed });
    world.sandbox.byHand.setGroupMembers("sales", ["p1", "hand@firm.test"]);
    world.directory.people = [...many(20), "bob", "cas"];
    world.directory.groups = [group("sales", "p1", "cas")];
    world.requests();
    await world.sync();
    expect(world.groups()).toEqual([`sales/sales{${emails("cas", "hand", "p1")}}`]);
    const requests = world.requests();
    const invited = requests.indexOf("POST /public/organization/import");
    const written = requests.findIndex((line) => line.startsWith("PUT "));
    expect(invited).toBeGreaterThan(-1);
    expect(requests.slice(invited, written)).toContain("GET /public/members");
  });
});

describe("a group of the same name", () => {
  it.each([
    ["without an external id", undefined],
    ["with another external id", "other"],
  ])("%s, then it is proposed for adoption instead of making a second one", async (_name, externalId) => {
    const world = await createWorld({
      directory: { people: many(3), groups: [group("sales", "p1", "p2")] },
      seed: {
        members: [{ email: "hand@firm.test" }],
        groups: [{ name: "Sales", members: ["hand@firm.test"], ...(externalId === undefined ? {} : { externalId }) }],
      },
    });
    const run = await world.review();
    expect(run.notes).toContain("proposal.same_name sales");
    expect(world.groups()).toHaveLength(1);
    await world.adopt({ groups: true });
    await world.review();
    expect(world.groups()).toEqual([`Sales/${externalId ?? "-"}{${emails("hand", "p1", "p2")}}`]);
    world.pass(hours);
    expect((await world.sync({ full: true })).changes).toEqual([]);
  });

  it("given somebody removed a group of ours by hand, then it is made again with its members", async () => {
    const world = await begin([group("sales", "p1", "p2")]);
    world.sandbox.byHand.removeGroup("sales");
    expect((await world.sync({ full: true })).changes).toEqual(["create-group sales +p1,p2"]);
    expect(world.groups()).toEqual([`sales/sales{${emails("p1", "p2")}}`]);
  });
});

describe("a reviewed plan of another selection", () => {
  it("given a group that the directory no longer shows, then it is kept from then on", async () => {
    const world = await begin([group("sales", "p1"), group("old", "p3")]);
    world.directory.groups = [group("sales", "p1", "p2")];
    world.set({ sync: { nested: false } });
    expect((await world.review()).states).toEqual(["done change-members sales +p2"]);
    for (let run = 0; run < 3; run += 1) {
      world.pass(hours);
      expect((await world.sync({ full: true })).changes).toEqual([]);
    }
    expect(world.groups()).toContain(`old/old{${emails("p3")}}`);
  });

  it("given a gone group that somebody renamed by hand, then it is removed all the same", async () => {
    const world = await begin([group("sales", "p1"), group("old", "p3")], { sync: { groupsGone: "remove" } });
    world.directory.groups = [group("sales", "p1")];
    await world.plan();
    world.pass(hours);
    const theirs = world.sandbox.byHand.findGroup("old");
    if (theirs !== undefined) theirs.name = "By hand";
    expect(await world.apply(await world.plan({ full: true }))).toMatchObject({ fault: undefined, outcome: "done" });
    expect(world.groups()).toEqual([`sales/sales{${emails("p1")}}`]);
  });
});

describe("a renamed group", () => {
  it("given a new name in the directory, then it is renamed, with its members", async () => {
    const world = await begin([group("sales", "p1", "p2")]);
    world.directory.groups = [{ id: "sales", name: "Verkauf", members: ["p1", "p2"] }];
    expect((await world.sync()).changes).toEqual(["rename-group Verkauf"]);
    expect(world.groups()).toEqual([`Verkauf/sales{${emails("p1", "p2")}}`]);
  });

  it("given somebody is invited anew at another address and leaves the group with the same plan, then they are not in it", async () => {
    const world = await begin([group("sales", "p1", "bob")]);
    world.directory.people = [...many(20), person("bob", { email: "new@firm.test" })];
    world.directory.groups = [{ id: "sales", name: "Verkauf", members: ["p1"] }];
    expect((await world.review()).states).toEqual([
      "done readdress new@firm.test",
      "done rename-group Verkauf",
      "done change-members Verkauf -bob",
    ]);
    expect(world.groups()).toEqual([`Verkauf/sales{${emails("p1")}}`]);
    expect((await world.plan({ full: true })).changes).toEqual([]);
  });

  it("given somebody is invited anew at another address and stays in the group, then a reviewed plan puts them back into it", async () => {
    const world = await begin([group("sales", "p1", "bob")]);
    world.directory.people = [...many(20), person("bob", { email: "new@firm.test" })];
    expect((await world.review()).states).toEqual(["done readdress new@firm.test", "done change-members sales +bob"]);
    expect(world.groups()).toEqual([`sales/sales{new@firm.test,p1@firm.test}`]);
    expect((await world.plan({ full: true })).changes).toEqual([]);
  });

  it("given somebody in it gets our external id with the same plan, then the new name goes along with them", async () => {
    const world = await createWorld({
      directory: { people: ["ann"], groups: [{ id: "sales", name: "Verkauf", members: ["ann"] }] },
      settings: { sync: { keepManualMembers: false } },
      seed: {
        members: [{ email: "ann@firm.test" }],
        groups: [{ name: "Sales", externalId: "sales", members: ["ann@firm.test"] }],
      },
    });
    const run = await world.review();
    expect(run.states).toEqual(["done adopt Verkauf", "done stamp ann@firm.test", "done rename-group Verkauf"]);
    expect(world.groups()).toEqual([`Verkauf/sales{${emails("ann")}}`]);
    expect((await world.plan({ full: true })).changes).toEqual([]);
  });

  it("given somebody who gets our external id with the same plan and is to leave the group, then they leave it with that plan", async () => {
    const world = await createWorld({
      directory: { people: ["ann"], groups: [group("sales")] },
      settings: { sync: { keepManualMembers: false } },
      seed: {
        members: [{ email: "ann@firm.test" }],
        groups: [{ name: "sales", externalId: "sales", members: ["ann@firm.test"] }],
      },
    });
    const run = await world.review();
    expect(run.states).toContain("done change-members sales -ann");
    expect(world.groups()).toEqual(["sales/sales{}"]);
    expect((await world.plan({ full: true })).changes).toEqual([]);
  });

  it("given somebody without an id in it, then they are stamped and the group is adopted and renamed in one plan", async () => {
    const world = await createWorld({
      directory: { people: ["ann"], groups: [{ id: "sales", name: "Verkauf", members: ["ann"] }] },
      seed: {
        members: [{ email: "ann@firm.test" }],
        groups: [{ name: "Sales", externalId: "sales", members: ["ann@firm.test"] }],
      },
    });
    await world.review();
    expect(world.groups()).toEqual([`Verkauf/sales{${emails("ann")}}`]);
    expect((await world.plan({ full: true })).changes).toEqual([]);
  });

  it("given people are not synchronised, then a group with another name is adopted and renamed in one plan, with everybody in it", async () => {
    const world = await createWorld({
      directory: { people: ["ann"], groups: [{ id: "sales", name: "Verkauf", members: ["ann"] }] },
      settings: { sync: { users: false } },
      seed: {
        members: [{ email: "ann@firm.test", externalId: "ann" }],
        groups: [{ name: "Sales", externalId: "sales", members: ["ann@firm.test"] }],
      },
    });
    const run = await world.review();
    expect(run.states).toEqual(["done adopt Verkauf", "done rename-group Verkauf"]);
    expect(world.groups()).toEqual([`Verkauf/sales{${emails("ann")}}`]);
    expect((await world.plan({ full: true })).changes).toEqual([]);
  });

  it("given people who are left out or not managed, then they are simply not in it", async () => {
    const world = await createWorld({
      directory: {
        people: ["ann", person("nomail", { email: undefined })],
        groups: [group("sales", "ann", "nomail", "nobody")],
      },
    });
    await world.review();
    expect(world.groups()).toEqual([`sales/sales{${emails("ann")}}`]);
  });
});
