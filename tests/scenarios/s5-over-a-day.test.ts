/** Product §5: what guards count over a day, and kinds of change that are easily missed. */
import { describe, expect, it } from "vitest";
import { disabled, group, many, person } from "./directory.ts";
import { createWorld, hours, type Settings, type World, type WorldOptions } from "./world.ts";

const begin = async (
  count: number,
  settings: Settings = {},
  groups = [group("sales", "p1", "p2")],
  more: WorldOptions = {},
): Promise<World> => {
  const world = await createWorld({ directory: { people: many(count), groups }, settings, seats: null, ...more });
  expect((await world.review()).outcome).toBe("done");
  for (const id of many(count)) world.sandbox.byHand.accept(id);
  world.pass(25 * hours);
  return world;
};
const moved = (count: number) =>
  many(50).map((id, index) => (index < count ? person(id, { email: `new-${id}@firm.test` }) : id));

describe("what a profile did within 24 hours counts too", () => {
  it("given five invitations, then five more: stopped, until the first are a day old", async () => {
    const world = await begin(50);
    world.directory.people = [...many(50), ...many(5, "new")];
    expect((await world.sync()).outcome).toBe("done");
    world.pass(8 * hours);
    world.directory.people = [...many(50), ...many(10, "new")];
    expect((await world.sync()).fault).toMatchObject({ code: "guard.invitations", params: { now: 5, earlier: 5 } });
    world.pass(17 * hours);
    expect((await world.sync()).outcome).toBe("done");
  });

  it("given two changed addresses, then one more: stopped", async () => {
    const world = await begin(50);
    world.directory.people = moved(2);
    expect((await world.sync()).outcome).toBe("done");
    world.pass(8 * hours);
    world.directory.people = moved(3);
    expect((await world.sync()).fault).toMatchObject({ code: "guard.identity", params: { now: 1, earlier: 2 } });
  });

  it("given one group of ten is emptied, then another: stopped", async () => {
    const groups = many(10, "g").map((id) => group(id, "p1"));
    const world = await begin(50, {}, groups);
    world.directory.groups = groups.slice(0, 9);
    await world.sync();
    world.pass(hours);
    expect((await world.sync()).changes).toEqual(["empty-group g10 -p1"]);
    world.directory.groups = groups.slice(0, 8);
    await world.sync();
    world.pass(hours);
    expect((await world.sync()).guards).toEqual(["guard.groups"]);
  });

  it("given six of a group's eighteen members go, then four more: stopped", async () => {
    const others = many(30, "g").map((id) => group(id, ...many(20)));
    const world = await begin(50, {}, [...others, group("team", ...many(18))]);
    for (const [left, guards] of [
      [12, []],
      [8, ["guard.groups"]],
    ] as const) {
      world.directory.groups = [...others, group("team", ...many(left))];
      world.pass(hours);
      expect((await world.sync()).guards).toEqual(guards);
    }
  });

  it("given Clear Sync Cache in between, then it still counts", async () => {
    const world = await begin(50);
    const leave = (count: number) => many(50).map((id, index) => (index < count ? disabled(id) : id));
    world.directory.people = leave(2);
    await world.sync();
    await world.store.clearCache((await world.profile()).key);
    world.pass(hours);
    world.directory.people = leave(3);
    expect((await world.sync()).guards).toEqual(["guard.access-lost"]);
  });
});

describe("onGuard: hold", () => {
  it.each<[string, (world: World) => unknown]>([
    ["guard.age", (world) => world.pass(8 * 24 * hours)],
    ["guard.selection", (world) => world.set({ sync: { userFilter: "exclude:nobody@firm.test" } })],
    ["guard.directory", (world) => (world.directory.groups = [])],
  ])("given %s, then the run stops all the same: what it is about is everything", async (code, happen) => {
    const world = await begin(50, { onGuard: "hold" });
    await world.sync();
    world.directory.people = [...many(50), "new"];
    happen(world);
    expect(await world.sync()).toMatchObject({ outcome: "guard", guards: [code] });
    expect(world.members()).toHaveLength(50);
  });
});

describe("groups whose member lists become empty", () => {
  it.each([
    [1, false],
    [2, true],
  ])("given %d of ten, as when the right to read members is lost, stopped: %s", async (count, isStopped) => {
    const groups = many(10, "g").map((id) => group(id, "p1", "p2"));
    const world = await begin(20, {}, groups);
    world.directory.groups = groups.map((one, index) => (index < count ? group(one.id) : one));
    const run = await world.sync();
    expect(run.guards).toEqual(isStopped ? ["guard.groups"] : []);
    expect(world.groups().filter((line) => line.endsWith("{}"))).toHaveLength(isStopped ? 0 : count);
  });
});

describe("groups that are not synchronised", () => {
  it("given the directory shows none of them, then that stops nobody", async () => {
    const world = await begin(50);
    world.set({ sync: { groups: false } });
    await world.sync();
    world.directory.groups = [];
    world.directory.people = [...many(50), "new"];
    world.pass(hours);
    expect(await world.sync()).toMatchObject({ outcome: "done", changes: ["invite new@firm.test"] });
    expect(world.groups()).toEqual(["sales/sales{p1@firm.test,p2@firm.test}"]);
  });
});

describe("adoptions by address", () => {
  const seed = { members: many(3, "x").map((id) => ({ email: `${id}@firm.test`, externalId: `old-${id}` })) };
  /** Three people of another id, whom somebody wants to adopt. */
  const proposed = async (settings: Settings = {}): Promise<World> => {
    const world = await begin(50, settings, [group("sales", "p1")], { seed });
    world.directory.people = [...many(50), ...many(3, "x"), "n1"];
    world.directory.groups = [group("sales", "p1", "x1"), group("team", "p2", "x2")];
    await world.plan();
    await world.adopt({ sameAddress: true });
    return world;
  };

  it("given more than a twentieth and at least three, then stopped", async () => {
    const world = await proposed();
    expect((await world.sync()).guards).toEqual(["guard.identity"]);
  });

  it("given these are held, then nothing else is done with whom they would adopt", async () => {
    const world = await proposed({ onGuard: "hold" });
    const run = await world.sync();
    expect(run).toMatchObject({ outcome: "done", guards: ["guard.identity"] });
    expect(run.states.toSorted()).toEqual([
      "done create-group team +old-x2,p2",
      "done invite n1@firm.test",
      "skipped adopt x1@firm.test",
      "skipped adopt x2@firm.test",
      "skipped adopt x3@firm.test",
      "skipped change-members sales +old-x1",
    ]);
    expect(world.groups()).toEqual(["sales/sales{p1@firm.test}", "team/team{p2@firm.test}"]);
  });
});

describe("seats of an over-full organization", () => {
  it("given a new group, whose import would need seats, then stopped, and the numbers add up", async () => {
    const world = await createWorld({ directory: { people: many(9), groups: [group("sales", "p1")] }, seats: 10 });
    await world.review();
    world.sandbox.state.organization.seats = 5;
    world.directory.groups = [group("sales", "p1"), group("it", "p3")];
    world.pass(hours);
    const run = await world.sync();
    expect(run.fault).toMatchObject({ code: "guard.seats", params: { need: 5, have: 0, short: 5, total: 5 } });
    expect(world.groups()).toHaveLength(1);
  });
});
