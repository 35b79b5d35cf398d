/** Product §5: guards. Each story starts from a directory. */
import { describe, expect, it } from "vitest";
import { memberType } from "../../src/organizations/sandbox/sandbox.ts";
import { disabled, group, many, person, type Person } from "./directory.ts";
import { createWorld, days, hours, minutes, type Settings, type World } from "./world.ts";

const begin = async (count: number, settings: Settings = {}, groups = [group("sales", "p1", "p2")]): Promise<World> => {
  const world = await createWorld({ directory: { people: many(count), groups }, settings, seats: null });
  expect((await world.review()).outcome).toBe("done");
  world.pass(25 * hours);
  return world;
};
const disabling = (count: number, of: number, from = 1): (string | Person)[] =>
  many(of).map((id, index) => (index >= from - 1 && index < from - 1 + count ? disabled(id) : id));
const sent = (world: World): string[] =>
  world.requests().filter((line) => !line.startsWith("GET") && !line.includes("/connect/token"));

describe("access lost", () => {
  it.each([
    [50, 2, false],
    [50, 3, true],
    [100, 5, false],
    [100, 6, true],
    [20, 2, false],
    [20, 3, true],
    [2_200, 100, false],
    [2_200, 101, true],
  ])("given %d people of whom %d are disabled, stopped: %s", async (total, leaving, isStopped) => {
    const world = await begin(total);
    sent(world);
    world.directory.people = disabling(leaving, total);
    const run = await world.sync();
    expect(run.guards).toEqual(isStopped ? ["guard.access-lost"] : []);
    expect(sent(world)).toHaveLength(isStopped ? 0 : leaving);
  });

  it("given an administrator among them, then one is enough", async () => {
    const world = await begin(50);
    world.sandbox.byHand.setType("p1", memberType.admin);
    world.directory.people = disabling(1, 50);
    const run = await world.sync();
    expect(run.guards).toEqual(["guard.access-lost"]);
    expect(run.fault?.params["admins"]).toBe(1);
  });

  it("given what was done within 24 hours, then it counts too, until it is a day old", async () => {
    const world = await begin(50);
    world.directory.people = disabling(2, 50);
    expect((await world.sync()).outcome).toBe("done");
    world.pass(8 * hours);
    world.directory.people = disabling(3, 50);
    const run = await world.sync();
    expect(run.guards).toEqual(["guard.access-lost"]);
    expect(run.fault?.params).toMatchObject({ n: 3, now: 1, earlier: 2 });
    world.pass(17 * hours);
    expect((await world.sync()).outcome).toBe("done");
  });

  it("given somebody accepted what was done, then it does not count", async () => {
    const world = await begin(50);
    world.directory.people = disabling(4, 50);
    await world.review();
    world.pass(hours);
    world.directory.people = disabling(6, 50);
    expect(await world.sync()).toMatchObject({ outcome: "done", guards: [] });
  });

  it("given what was done was undone, then it does not count", async () => {
    const world = await begin(50);
    world.directory.people = disabling(2, 50);
    const run = await world.sync();
    expect((await world.apply((await world.undo(run)).plan)).outcome).toBe("done");
    const { key } = await world.profile();
    await world.store.saveState(key, { paused: undefined });
    world.pass(hours);
    world.directory.people = disabling(2, 50, 3);
    expect(await world.sync()).toMatchObject({ outcome: "done", guards: [] });
  });

  it("given the limits were changed, then those count", async () => {
    const world = await begin(50, { guards: { accessLost: { percent: 50 } } });
    world.directory.people = disabling(25, 50);
    expect((await world.sync()).guards).toEqual([]);
  });
});

describe("invitations", () => {
  it.each([
    [50, 9, false],
    [50, 10, true],
    [200, 20, false],
    [200, 21, true],
    [2_100, 200, false],
    [2_100, 201, true],
  ])("given %d people and %d new ones, stopped: %s", async (total, joining, isStopped) => {
    const world = await begin(total);
    world.directory.people = [...many(total), ...many(joining, "new")];
    const run = await world.sync();
    expect(run.guards).toEqual(isStopped ? ["guard.invitations"] : []);
    expect(world.members()).toHaveLength(isStopped ? total : total + joining);
  });

  it("given they are staged, then they count as well", async () => {
    const world = await createWorld({
      directory: { people: many(50), groups: [] },
      settings: { sync: { joiners: "stage" } },
      organization: { stagedFlag: true },
    });
    await world.review();
    world.pass(25 * hours);
    world.directory.people = [...many(50), ...many(10, "new")];
    expect((await world.sync()).guards).toEqual(["guard.invitations"]);
  });
});

describe("the first apply, and the first after a changed selection or directory", () => {
  it("given a first run, then it is always reviewed", async () => {
    const world = await createWorld({ directory: { people: ["ann"], groups: [] } });
    const run = await world.sync();
    expect(run).toMatchObject({ outcome: "guard", guards: ["guard.first"] });
    expect(world.members()).toEqual([]);
    expect((await world.sync({ accept: run.digest.slice(0, 6) })).outcome).toBe("done");
    expect(world.members()).toEqual(["ann@firm.test/ann/invited"]);
  });

  it.each([
    [3, true],
    [2, false],
  ])("given guards.first allows %d invitations, then three people go: %s", async (invite, goes) => {
    const world = await createWorld({
      directory: { people: many(3), groups: [] },
      settings: { guards: { first: { invite } } },
    });
    expect((await world.sync()).guards).toEqual(goes ? [] : ["guard.first"]);
  });

  it.each([
    [9, []],
    [10, ["guard.invitations"]],
  ])("given guards.first let everybody in, then %d more the same day: %j", async (hires, guards) => {
    const world = await createWorld({
      directory: { people: many(30), groups: [] },
      settings: { guards: { first: { invite: 30 } } },
      seats: null,
    });
    expect((await world.sync()).outcome).toBe("done");
    world.pass(hours);
    world.directory.people = [...many(30), ...many(hires, "new")];
    expect((await world.sync()).guards).toEqual(guards);
  });

  it("given the invitations of a second selection, then those count for a day although guards.first let them pass", async () => {
    const world = await begin(50, { guards: { first: { invite: 40 } } });
    world.directory.people = [...many(50), ...many(6, "x")];
    world.set({ sync: { userFilter: "exclude:nobody@firm.test" } });
    expect((await world.sync()).outcome).toBe("done");
    world.pass(hours);
    world.directory.people = [...many(50), ...many(6, "x"), ...many(4, "y")];
    expect((await world.sync()).guards).toEqual(["guard.invitations"]);
  });

  it("given guards.first and something is taken away, then it is reviewed", async () => {
    const world = await createWorld({
      directory: { people: [disabled("p1"), "p2"], groups: [] },
      settings: { guards: { first: { invite: 100 } } },
      seed: { members: [{ email: "p1@firm.test", externalId: "p1" }] },
    });
    expect((await world.sync()).guards).toContain("guard.first");
  });

  it("given another selection, then the first run with a change is reviewed, and names the setting; later ones are not", async () => {
    const world = await begin(50);
    world.set({ sync: { userFilter: "exclude:p9@firm.test" } });
    await world.sync();
    world.pass(hours);
    const run = await world.sync();
    expect(run).toMatchObject({ guards: ["guard.selection"], changes: ["revoke p9@firm.test"] });
    expect(run.fault?.params).toMatchObject({
      what: "selection",
      settings: "sync.userFilter",
      setting: "sync.userFilter",
      how: "noticed",
      who: world.engine.actor.who,
      at: new Date(world.now() - hours).toISOString(),
    });
    expect((await world.sync({ accept: run.digest })).outcome).toBe("done");
    world.directory.people = [...many(50), "new"];
    world.pass(hours);
    expect(await world.sync()).toMatchObject({ outcome: "done", guards: [] });
  });

  it.each([
    [2, []],
    [1, ["guard.selection"]],
  ])("given guards.first allows %d invitations, then two whom another selection shows: %j", async (invite, guards) => {
    const world = await begin(50, { guards: { first: { invite } }, sync: { userFilter: "exclude:x@firm.test" } });
    world.directory.people = [...many(50), "x", "y"];
    world.set({ sync: { userFilter: "" } });
    expect((await world.sync()).guards).toEqual(guards);
  });

  it("given guards.first and another selection that leaves somebody out, then that is reviewed once they are gone", async () => {
    const world = await begin(50, { guards: { first: { invite: 40 } } });
    world.directory.people = [...many(50), "x"];
    world.set({ sync: { userFilter: "exclude:p9@firm.test" } });
    expect(await world.sync()).toMatchObject({ outcome: "done", changes: ["invite x@firm.test"] });
    world.pass(hours);
    expect(await world.sync()).toMatchObject({ guards: ["guard.selection"], changes: ["revoke p9@firm.test"] });
  });

  it("given another directory, then nobody is a leaver, people are matched by address in a reviewed plan, and then it goes on", async () => {
    const world = await begin(20, {}, [group("sales", "p1", "p2")]);
    world.directory.identity = "another directory";
    world.directory.people = many(20).map((id) => person(`new-${id}`, { email: `${id}@firm.test` }));
    world.directory.groups = [group("new-sales", "new-p1", "new-p2")];
    for (let run = 0; run < 3; run += 1) {
      world.pass(hours);
      expect((await world.sync({ full: true })).changes.filter((line) => !line.startsWith("create-group"))).toEqual([]);
    }
    expect(world.members().every((line) => line.endsWith("/invited"))).toBe(true);
    await world.adopt({ sameAddress: true });
    const plan = await world.plan();
    expect(plan.changes.filter((line) => line.startsWith("adopt"))).toHaveLength(20);
    expect((await world.sync()).guards).toContain("guard.selection");
    expect((await world.apply(plan)).outcome).toBe("done");
    world.pass(hours);
    world.directory.people = world.directory.people.slice(1);
    await world.sync();
    world.pass(hours);
    expect((await world.sync()).changes).toEqual(["revoke p1@firm.test"]);
  });
});

describe("identity", () => {
  it.each([
    [50, 2, false],
    [50, 3, true],
  ])("given %d people of whom %d changed their address, stopped: %s", async (total, changing, isStopped) => {
    const world = await begin(total);
    world.directory.people = many(total).map((id, index) =>
      index < changing ? person(id, { email: `new-${id}@firm.test` }) : id,
    );
    expect((await world.sync()).guards.includes("guard.identity")).toBe(isStopped);
  });

  it("given the first address in a mail domain this profile never had, then one is enough, until accepted", async () => {
    const world = await begin(50);
    world.directory.people = [...many(50), person("x", { email: "x@other.test" })];
    const run = await world.sync();
    expect(run.guards).toEqual(["guard.identity"]);
    expect(run.fault?.params["domains"]).toBe("other.test");
    await world.sync({ accept: run.digest });
    world.directory.people = [...many(50), ...["x", "y"].map((id) => person(id, { email: `${id}@other.test` }))];
    world.pass(hours);
    expect(await world.sync()).toMatchObject({ outcome: "done", guards: [] });
  });
});

describe("groups", () => {
  const gone = async (groups: ReturnType<typeof group>[], left: number): Promise<World> => {
    const world = await begin(60, {}, groups);
    world.directory.groups = groups.slice(0, left);
    await world.sync();
    world.pass(hours);
    return world;
  };

  it("given a group with 10 members would be emptied, then stopped; with 9 it goes", async () => {
    const large = await gone([...many(20, "g").map((id) => group(id, "p1")), group("big", ...many(10))], 20);
    expect((await large.sync()).guards).toEqual(["guard.groups"]);
    const small = await gone([...many(20, "g").map((id) => group(id, "p1")), group("big", ...many(9))], 20);
    expect(await small.sync()).toMatchObject({ guards: [], outcome: "done" });
  });

  it("given more than a tenth of the groups and at least two, then stopped", async () => {
    const groups = many(10, "g").map((id) => group(id, "p1"));
    expect((await (await gone(groups, 9)).sync()).guards).toEqual([]);
    expect((await (await gone(groups, 8)).sync()).guards).toEqual(["guard.groups"]);
  });

  it("given more than half and at least 10 of a group's members would go, then stopped", async () => {
    const others = many(30, "g").map((id) => group(id, ...many(20)));
    const world = await begin(60, {}, [...others, group("team", ...many(19))]);
    world.directory.groups = [...others, group("team", ...many(9))];
    const run = await world.sync();
    expect(run.guards).toEqual(["guard.groups"]);
    expect(run.fault?.params).toMatchObject({ what: "members", n: 10, group: "team" });
    world.directory.groups = [...others, group("team", ...many(10))];
    expect(await world.sync()).toMatchObject({ guards: [], outcome: "done" });
  });

  it("given more than a tenth and at least 15 of all memberships would go, then stopped", async () => {
    const groups = many(10, "g").map((id) => group(id, ...many(10)));
    const world = await begin(60, {}, groups);
    world.directory.groups = groups.map(({ id }, index) => group(id, ...many(index < 8 ? 8 : 10)));
    expect((await world.sync()).fault?.params).toMatchObject({ what: "memberships", n: 16 });
  });
});

describe("the directory", () => {
  it("given nobody was read, then nothing happens and nobody is taken away later either", async () => {
    const world = await begin(2);
    world.directory.people = [];
    for (let run = 0; run < 3; run += 1) {
      world.pass(hours);
      const told = await world.sync();
      expect(told.states.filter((line) => line.startsWith("done"))).toEqual([]);
    }
    world.pass(hours);
    expect((await world.sync()).guards).toContain("guard.directory");
    expect(world.members()).toHaveLength(2);
  });

  it("given no group was read where there were some, then stopped", async () => {
    const world = await begin(50);
    world.directory.groups = [];
    await world.sync();
    world.pass(hours);
    expect((await world.sync()).guards).toContain("guard.directory");
    expect(world.groups()).toEqual(["sales/sales{p1@firm.test,p2@firm.test}"]);
  });
});

describe("age", () => {
  it("given the last good run is older than 7 days and ten intervals, then the next change is reviewed", async () => {
    const world = await begin(50);
    await world.sync();
    world.pass(7 * days + minutes);
    world.directory.people = [...many(50), "new"];
    expect((await world.sync()).guards).toEqual(["guard.age"]);
    const slow = await begin(50, { schedule: { every: "1d" } });
    await slow.sync();
    slow.pass(9 * days);
    slow.directory.people = [...many(50), "new"];
    expect((await slow.sync()).guards).toEqual([]);
  });
});

describe("a plan without changes", () => {
  it("is never stopped", async () => {
    const world = await begin(50);
    world.set({ sync: { userFilter: "exclude:nobody@firm.test" } });
    world.pass(30 * days);
    expect(await world.sync()).toMatchObject({ outcome: "unchanged", guards: [] });
  });
});

describe("onGuard: hold", () => {
  it("given a kind is caught, then all rows of it are left out, named, and the rest goes on", async () => {
    const world = await begin(50, { onGuard: "hold" }, [group("sales", "p1", "p2")]);
    world.directory.people = [...disabling(1, 50), ...many(10, "new")];
    world.directory.groups = [group("sales", "p1", "p2", "new1", "p5")];
    const run = await world.sync();
    expect(run).toMatchObject({ outcome: "done", guards: ["guard.invitations"] });
    expect(run.states.filter((line) => line.startsWith("skipped"))).toHaveLength(10);
    expect(run.states).toContain("done revoke p1@firm.test");
    expect(world.members()).toHaveLength(50);
    expect(world.groups()).toEqual(["sales/sales{p1@firm.test,p2@firm.test,p5@firm.test}"]);
    const { groups } = await world.store.links((await world.profile()).key);
    expect(groups[0]?.members).toEqual(["p1", "p2", "p5"]);
  });

  it("given everything is of that kind, then the run is stopped", async () => {
    const world = await begin(50, { onGuard: "hold" });
    world.directory.people = [...many(50), ...many(10, "new")];
    expect(await world.sync()).toMatchObject({ outcome: "guard", fault: { code: "guard.invitations" } });
  });

  it("given a held address in a new mail domain, then it is still new the next time", async () => {
    const world = await begin(50, { onGuard: "hold" });
    for (let run = 0; run < 2; run += 1) {
      world.directory.people = [...many(50), person("x", { email: "x@other.test" }), `new${run}`];
      world.pass(hours);
      expect(await world.sync()).toMatchObject({ outcome: "done", guards: ["guard.identity"] });
    }
    expect(world.members().join()).not.toContain("other.test");
  });

  it("given it is the first run, then it always stops", async () => {
    const world = await createWorld({ directory: { people: many(3), groups: [] }, settings: { onGuard: "hold" } });
    expect(await world.sync()).toMatchObject({ outcome: "guard", guards: ["guard.first"] });
  });
});
