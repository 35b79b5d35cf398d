/** Product §2.1: what looking leaves behind, and that what stands costs no request. */
import { describe, expect, it } from "vitest";
import { disabled, group, many, person } from "./directory.ts";
import { createWorld, hours, minutes, type World } from "./world.ts";

const groups = [group("sales", "p1", "p2"), group("it", "p3")];
const begin = async (): Promise<World> => {
  const world = await createWorld({ directory: { people: many(50), groups }, seats: null });
  await world.review();
  for (const id of many(50)) world.sandbox.byHand.accept(id);
  world.pass(25 * hours);
  await world.sync();
  world.pass(hours);
  return world;
};

describe("a plan that nobody applies", () => {
  it("given it did not find somebody, then its read is a complete one: a sync 30 minutes later is the second", async () => {
    const world = await begin();
    world.directory.people = many(49);
    expect((await world.plan()).kept).toEqual(["keep.missing_once p50@firm.test"]);
    world.pass(29 * minutes);
    expect((await world.sync()).changes).toEqual([]);
    world.pass(minutes);
    expect((await world.sync()).changes).toEqual(["revoke p50@firm.test"]);
  });

  it.each([
    ["settings", (world: World) => world.set({ sync: { userFilter: "exclude:p50@firm.test" } })],
    ["a directory", (world: World) => Object.assign(world.directory, { identity: "other", people: many(49) })],
  ])("given it was made to try other %s, then nobody counts as missed by it", async (_, to) => {
    const world = await begin();
    to(world);
    await world.plan();
    world.pass(hours);
    expect((await world.plan({ kind: "test" })).changes).toEqual([]);
    world.set({ sync: {} });
    Object.assign(world.directory, { identity: "the directory", people: many(49) });
    world.pass(hours);
    expect(await world.sync()).toMatchObject({ changes: [], kept: ["keep.missing_once p50@firm.test"] });
    expect(world.members()).toContain("p50@firm.test/p50/accepted");
  });
});

describe("Clear Sync Cache", () => {
  it("given somebody was missed once and is waited for, then that goes on as if nothing had been cleared", async () => {
    const world = await begin();
    world.set({ sync: { leavers: { wait: 3 } } });
    world.directory.people = many(49);
    await world.sync();
    for (let day = 0; day < 3; day += 1) {
      expect((await world.sync()).changes).toEqual([]);
      await world.store.clearCache((await world.profile()).key);
      world.pass(24 * hours);
    }
    expect((await world.sync()).changes).toEqual(["revoke p50@firm.test"]);
  });

  it("given a run was stopped by a guard, then its plan can still be accepted", async () => {
    const world = await begin();
    world.directory.people = many(50).map((id, index) => (index < 5 ? disabled(id) : id));
    const stopped = await world.sync();
    await world.store.clearCache((await world.profile()).key);
    world.pass(minutes);
    expect(await world.sync({ accept: stopped.digest })).toMatchObject({ outcome: "done", guards: [] });
  });
});

describe("what stands", () => {
  it.each<[string, (world: World) => unknown]>([
    ["two people swapped addresses", ({ directory }) => (directory.people = swapped)],
    ["somebody linked is left out", ({ directory }) => (directory.people = [nobodys("p1"), ...many(50).slice(1)])],
    ["somebody new is left out", ({ directory }) => (directory.people = [...many(50), nobodys("new")])],
    ["somebody new is disabled", ({ directory }) => (directory.people = [...many(50), disabled("new")])],
    ["somebody was revoked", ({ directory }) => (directory.people = [disabled("p1"), ...many(50).slice(1)])],
    ["somebody is gone", ({ directory }) => (directory.people = many(49))],
    ["an accepted member's address changed", ({ directory }) => (directory.people = [moved, ...many(50).slice(1)])],
    ["a group is gone", ({ directory }) => (directory.groups = groups.slice(0, 1))],
    ["a group left the filter", (world) => world.set({ sync: { groupFilter: "exclude:it" } })],
    ["somebody was revoked by hand", ({ sandbox }) => sandbox.byHand.revoke("p1")],
    ["somebody was removed by hand", ({ sandbox }) => sandbox.byHand.removeMember("p1")],
    ["somebody was put in a group by hand", ({ sandbox }) => sandbox.byHand.setGroupMembers("it", ["p3", "p4"])],
  ])("given %s and nothing has changed since, then no request goes to the organization", async (_, happen) => {
    const world = await begin();
    happen(world);
    for (const full of [false, true, false]) {
      await world.sync({ full });
      world.pass(hours);
    }
    world.requests();
    expect(await world.sync()).toMatchObject({ outcome: "unchanged", changes: [] });
    expect(world.requests()).toEqual([]);
  });
});

const nobodys = (id: string) => person(id, { email: undefined });
const moved = person("p1", { email: "other@firm.test" });
const swapped = [
  person("p1", { email: "p2@firm.test" }),
  person("p2", { email: "p1@firm.test" }),
  ...many(50).slice(2),
];
