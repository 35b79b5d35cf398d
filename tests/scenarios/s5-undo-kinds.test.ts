/** Product §5: undo of each kind of change. */
import { describe, expect, it } from "vitest";
import { disabled, group, many, person } from "./directory.ts";
import { createWorld, hours, type Settings, type Told, type World } from "./world.ts";

const groups = [group("sales", "p1", "p2"), group("old", "p3", "p4")];
const begin = async (settings: Settings = {}): Promise<World> => {
  const world = await createWorld({ directory: { people: many(30), groups }, settings, seats: null });
  await world.review();
  for (const id of many(30)) world.sandbox.byHand.accept(id);
  world.pass(25 * hours);
  return world;
};
const picture = (world: World): string => JSON.stringify([world.members(), world.groups()]);
const undo = async (world: World, run: Told): Promise<string[]> => {
  const { plan, rows } = await world.undo(run);
  if (plan.rows.length > 0) expect(await world.apply(plan)).toMatchObject({ outcome: "done" });
  return rows.map(({ original, reach }) => `${original.action} ${reach}`);
};
/** A run in which the second complete read misses something. */
const twice = async (world: World): Promise<Told> => {
  await world.sync();
  world.pass(hours);
  return world.sync();
};

describe("fully back: the organization holds what it held before", () => {
  it.each<[string, (world: World) => unknown]>([
    ["invite", ({ directory }) => (directory.people = many(31))],
    ["revoke", ({ directory }) => (directory.people = [disabled("p1"), ...many(30).slice(1)])],
    ["create-group", ({ directory }) => (directory.groups = [...groups, group("it", "p5")])],
    [
      "rename-group",
      ({ directory }) => (directory.groups = [{ ...group("sales", "p1", "p2"), name: "Renamed" }, ...groups.slice(1)]),
    ],
    ["change-members", ({ directory }) => (directory.groups = [group("sales", "p2", "p9"), ...groups.slice(1)])],
    ["empty-group", ({ directory }) => (directory.groups = groups.slice(0, 1))],
  ])("%s", async (action, happen) => {
    const world = await begin();
    const before = picture(world);
    happen(world);
    const run = action === "empty-group" ? await twice(world) : await world.sync();
    expect(run.plan.rows.filter((row) => row.action !== "keep").map((row) => row.action)).toEqual([action]);
    expect(picture(world)).not.toBe(before);
    expect(await undo(world, run)).toEqual([`${action} fully`]);
    expect(picture(world)).toBe(before);
  });

  it("restore", async () => {
    const world = await begin();
    world.directory.people = [disabled("p1"), ...many(30).slice(1)];
    await world.sync();
    const before = picture(world);
    world.directory.people = many(30);
    world.pass(hours);
    expect(await undo(world, await world.sync())).toEqual(["restore fully"]);
    expect(picture(world)).toBe(before);
  });

  it("stage", async () => {
    const world = await createWorld({
      directory: { people: ["ann"], groups: [] },
      settings: { sync: { joiners: "stage" } },
      organization: { stagedFlag: true },
    });
    expect(await undo(world, await world.review())).toEqual(["stage fully"]);
    expect(world.members()).toEqual([]);
  });
});

describe("what cannot be given back is said, and nothing is sent for it", () => {
  it("stamp and adopt", async () => {
    const world = await createWorld({
      directory: { people: ["ann", "bob"], groups: [] },
      seed: { members: [{ email: "ann@firm.test" }, { email: "bob@firm.test", externalId: "bob" }] },
    });
    const run = await world.review();
    const before = picture(world);
    expect(await undo(world, run)).toEqual(["adopt impossible", "stamp impossible"]);
    expect(picture(world)).toBe(before);
  });

  it("remove-group", async () => {
    const world = await begin({ sync: { groupsGone: "remove" } });
    world.directory.groups = groups.slice(0, 1);
    const run = await twice(world);
    expect(run.changes).toEqual(["remove-group old -p3,p4"]);
    expect(await undo(world, run)).toEqual(["remove-group impossible"]);
    expect(world.groups()).toHaveLength(1);
  });

  it("readdress of an accepted member, and of an invitation", async () => {
    const world = await begin();
    world.directory.people = [person("p1", { email: "other@firm.test" }), ...many(31).slice(1)];
    await world.sync();
    world.directory.people = [...world.directory.people.slice(0, -1), person("p31", { email: "another@firm.test" })];
    world.pass(hours);
    const run = await world.sync();
    expect(run.changes).toEqual(["readdress another@firm.test"]);
    expect(await undo(world, run)).toEqual(["readdress impossible"]);
    expect(world.members()).toContain("another@firm.test/p31/invited");
  });
});

describe("an undo that meets what somebody did since", () => {
  it("given a revoked person was restored by hand, then their row is skipped or already so, never doubled", async () => {
    const world = await begin();
    world.directory.people = [disabled("p1"), ...many(30).slice(1)];
    const run = await world.sync();
    world.sandbox.byHand.restore("p1");
    const { plan } = await world.undo(run);
    world.requests();
    expect(await world.apply(plan)).toMatchObject({ outcome: "done", fault: undefined });
    expect(world.requests().filter((line) => line.endsWith("/restore"))).toEqual([]);
    expect(world.members()).toContain("p1@firm.test/p1/accepted");
  });

  it("given a group that we made has got other members, then it is not removed", async () => {
    const world = await begin();
    world.directory.groups = [...groups, group("it", "p5")];
    const run = await world.sync();
    const { plan } = await world.undo(run);
    world.sandbox.byHand.setGroupMembers("it", ["p5", "p6"]);
    expect((await world.apply(plan)).fault?.code).toBe("plan.stale");
    expect(world.groups()).toContain("it/it{p5@firm.test,p6@firm.test}");
  });
});
