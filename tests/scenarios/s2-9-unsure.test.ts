/** Product §2.9, §7: a request of which nobody knows whether it arrived, where nobody can look. */
import { describe, expect, it } from "vitest";
import { disabled, group, many, person, type Group, type Person } from "./directory.ts";
import { createWorld, hours, type World, type WorldOptions } from "./world.ts";

it.each(["sync", "plan, then sync"])(
  "given a revocation was cut short and the person is enabled again by the next %s, then they are sent as active",
  async (how) => {
    const world = await createWorld({
      dialect: "vaultwarden",
      directory: { people: many(30), groups: [] },
      organizationSettings: { owners: ["owner@sandbox.test"] },
    });
    await world.review({ baseline: "send" });
    world.pass(25 * hours);
    world.directory.people = [disabled("p1"), ...many(30).slice(1)];
    const stop = new AbortController();
    world.sandbox.control.onRequest = (when, { path }) => {
      if (when === "after" && path.endsWith("/import")) stop.abort();
    };
    expect((await world.sync({}, { signal: stop.signal })).fault?.code).toBe("run.interrupted");
    world.sandbox.control.onRequest = undefined;
    expect(world.members()).toContain("p1@firm.test/p1/revoked");
    world.directory.people = many(30);
    world.pass(hours);
    if (how !== "sync") await world.plan();
    expect((await world.sync()).changes).toEqual(["restore p1@firm.test"]);
    expect(world.members()).toContain("p1@firm.test/p1/invited");
    world.pass(hours);
    expect(await world.sync()).toMatchObject({ outcome: "unchanged", changes: [] });
  },
);

it("given a return was cut short and the person is disabled again by the next run, then they are revoked again", async () => {
  const world = await createWorld({
    dialect: "vaultwarden",
    directory: { people: many(30), groups: [] },
    organizationSettings: { owners: ["owner@sandbox.test"] },
  });
  await world.review({ baseline: "send" });
  world.pass(25 * hours);
  const without = [disabled("p1"), ...many(30).slice(1)];
  world.directory.people = without;
  await world.sync();
  world.directory.people = many(30);
  world.pass(hours);
  const stop = new AbortController();
  world.sandbox.control.onRequest = (when, { path }) => {
    if (when === "after" && path.endsWith("/import")) stop.abort();
  };
  expect((await world.sync({}, { signal: stop.signal })).fault?.code).toBe("run.interrupted");
  world.sandbox.control.onRequest = undefined;
  expect(world.members()).toContain("p1@firm.test/p1/invited");
  world.directory.people = without;
  world.pass(hours);
  expect((await world.sync()).changes).toEqual(["revoke p1@firm.test"]);
  expect(world.members()).toContain("p1@firm.test/p1/revoked");
});

it("given a return was cut short and a guard holds back that they are revoked again, then they are once it lets them", async () => {
  const world = await createWorld({
    dialect: "vaultwarden",
    directory: { people: many(100), groups: [] },
    organizationSettings: { owners: ["owner@sandbox.test"] },
    settings: { onGuard: "hold" },
  });
  await world.review({ baseline: "send" });
  world.pass(25 * hours);
  const without = (count: number) => [...many(count).map(disabled), ...many(100).slice(count)];
  world.directory.people = without(1);
  await world.sync();
  world.directory.people = many(100);
  world.pass(25 * hours);
  const stop = new AbortController();
  world.sandbox.control.onRequest = (when, { path }) => {
    if (when === "after" && path.endsWith("/import")) stop.abort();
  };
  expect((await world.sync({}, { signal: stop.signal })).fault?.code).toBe("run.interrupted");
  world.sandbox.control.onRequest = undefined;
  world.directory.people = [...without(40), "new"];
  world.pass(hours);
  const held = await world.sync();
  expect(held.guards).toEqual(["guard.access-lost"]);
  expect(held.states).toContain("skipped revoke p1@firm.test");
  expect(held.states).toContain("done invite new@firm.test");
  world.directory.people = [...without(1), "new"];
  world.pass(hours);
  expect((await world.sync()).changes).toEqual(["revoke p1@firm.test"]);
  expect(world.members()).toContain("p1@firm.test/p1/revoked");
  world.pass(hours);
  expect(await world.sync()).toMatchObject({ outcome: "unchanged", changes: [] });
});

describe("given a request that brings something was cut short, and the directory takes it back before the next run", () => {
  const sales = group("sales", "p1", "p2");
  const begin = async (settings: WorldOptions["settings"] = {}): Promise<World> => {
    const world = await createWorld({
      dialect: "vaultwarden",
      directory: { people: many(30), groups: [sales] },
      organizationSettings: { owners: ["owner@sandbox.test"] },
      settings,
    });
    await world.review({ baseline: "send" });
    world.pass(25 * hours);
    return world;
  };
  const cutShort = async (
    world: World,
    people: readonly (Person | string)[],
    groups: readonly Group[],
  ): Promise<void> => {
    Object.assign(world.directory, { people, groups });
    const stop = new AbortController();
    world.sandbox.control.onRequest = (when, { path }) => {
      if (when === "after" && path.endsWith("/import")) stop.abort();
    };
    expect((await world.sync({}, { signal: stop.signal })).fault?.code).toBe("run.interrupted");
    world.sandbox.control.onRequest = undefined;
    Object.assign(world.directory, { people: many(30), groups: [sales] });
    world.pass(hours);
  };

  it("then somebody who was perhaps invited loses access like any leaver", async () => {
    const world = await begin();
    await cutShort(world, [...many(30), "eva"], [sales]);
    expect(world.members()).toContain("eva@firm.test/eva/invited");
    expect(await world.sync()).toMatchObject({ changes: [], kept: ["keep.missing_once eva@firm.test"] });
    world.pass(hours);
    expect((await world.sync()).changes).toEqual(["revoke eva@firm.test"]);
    expect(world.members()).toContain("eva@firm.test/eva/revoked");
  });

  it("then somebody who was perhaps put into a group is taken out", async () => {
    const world = await begin();
    await cutShort(world, many(30), [group("sales", "p1", "p2", "p3")]);
    expect(world.groups()).toEqual(["sales/sales{p1@firm.test,p2@firm.test,p3@firm.test}"]);
    expect((await world.sync()).changes).toEqual(["change-members sales -p3"]);
    expect(world.groups()).toEqual(["sales/sales{p1@firm.test,p2@firm.test}"]);
    world.pass(hours);
    expect(await world.sync()).toMatchObject({ outcome: "unchanged", changes: [] });
  });

  it("then somebody who was perhaps taken out of a group is put in again", async () => {
    const world = await begin();
    await cutShort(world, many(30), [group("sales", "p1")]);
    expect(world.groups()).toEqual(["sales/sales{p1@firm.test}"]);
    expect((await world.sync()).changes).toEqual(["change-members sales +p2"]);
    expect(world.groups()).toEqual(["sales/sales{p1@firm.test,p2@firm.test}"]);
  });

  it("then somebody who was perhaps invited at another address has the old one again, and the other is told", async () => {
    const world = await begin({ sync: { addressChange: "replace" } });
    const moved = person("p3", { email: "new@firm.test" });
    await cutShort(world, [...many(30).filter((one) => one !== "p3"), moved], [sales]);
    const again = await world.sync();
    expect(again.changes).toEqual(["restore p3@firm.test"]);
    expect(again.notes).toContain("address.perhaps_invited p3@firm.test");
    expect(world.members()).toContain("p3@firm.test/p3/invited");
    world.pass(hours);
    expect(await world.sync()).toMatchObject({ outcome: "unchanged", changes: [] });
  });

  it("then a group that was perhaps made is emptied after a second read", async () => {
    const world = await begin();
    await cutShort(world, many(30), [sales, group("new", "p4")]);
    expect(world.groups()).toContain("new/new{p4@firm.test}");
    expect(await world.sync()).toMatchObject({ changes: [], kept: ["keep.missing_once new"] });
    world.pass(hours);
    expect((await world.sync()).changes).toEqual(["empty-group new -p4"]);
    expect(world.groups()).toContain("new/new{}");
  });

  it("then, should the directory bring it again first, it is sent again as it was", async () => {
    const world = await begin();
    const more = group("sales", "p1", "p2", "eva");
    await cutShort(world, [...many(30), "eva"], [more, group("new", "p4")]);
    Object.assign(world.directory, { people: [...many(30), "eva"], groups: [more, group("new", "p4")] });
    expect((await world.sync()).changes).toEqual([
      "invite eva@firm.test",
      "create-group new +p4",
      "change-members sales +eva",
    ]);
    world.pass(hours);
    expect(await world.sync()).toMatchObject({ outcome: "unchanged", changes: [] });
  });
});
