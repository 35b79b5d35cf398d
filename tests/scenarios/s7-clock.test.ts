/** Product §7: a clock that is set back, between two runs or within one, wrongs nobody and stops nothing for good. */
import { describe, expect, it } from "vitest";
import { disabled, group, many } from "./directory.ts";
import { createWorld, hours, minutes, type World, type WorldOptions } from "./world.ts";

const groups = [group("sales", "p1", "p2"), group("it", "p3")];
const back = -5 * hours;

const begin = async (options: WorldOptions = {}): Promise<World> => {
  const world = await createWorld({ directory: { people: many(50), groups }, seats: null, ...options });
  const { digest } = await world.plan();
  await world.sync({ accept: digest, baseline: "send" });
  for (const id of many(50)) world.sandbox.byHand.accept(`${id}@firm.test`);
  world.pass(hours);
  await world.sync();
  world.pass(hours);
  return world;
};

describe.each([["official-cloud" as const], ["vaultwarden" as const]])("on %s, set back by hours", (dialect) => {
  const options: WorldOptions = { dialect, organizationSettings: { owners: ["owner@sandbox.test"] } };

  it("given it happens between two runs, then the next one goes on and the one after it has nothing to do", async () => {
    const world = await begin(options);
    world.pass(back);
    world.directory.people = many(52);
    world.directory.groups = [group("sales", "p1", "p2", "p51"), group("it", "p3")];
    expect(await world.sync()).toMatchObject({ outcome: "done", fault: undefined });
    world.pass(hours);
    expect(await world.sync({ full: true })).toMatchObject({ outcome: "unchanged", changes: [] });
  });

  it("given it happens while a run is sending, then the run is done and the next one has nothing to do", async () => {
    const world = await begin(options);
    world.directory.people = [disabled("p1"), ...many(52).slice(1)];
    let set = false;
    world.sandbox.control.onRequest = (when, { method, path }) => {
      if (set || when !== "before" || method === "GET" || path === "/connect/token") return;
      set = true;
      world.pass(back);
    };
    expect(await world.sync()).toMatchObject({ outcome: "done", fault: undefined });
    expect(set).toBe(true);
    world.sandbox.control.onRequest = undefined;
    world.pass(hours);
    expect(await world.sync({ full: true })).toMatchObject({ outcome: "unchanged", changes: [] });
  });

  it("given somebody was missed once by a clock that ran ahead, then they are not gone before it has caught up", async () => {
    const world = await begin(options);
    world.directory.people = many(49);
    await world.sync();
    world.pass(back);
    for (let hour = 0; hour < 5; hour += 1) {
      expect((await world.sync()).changes).toEqual([]);
      world.pass(hours);
    }
    world.pass(31 * minutes);
    expect((await world.sync()).changes).toEqual(["revoke p50@firm.test"]);
  });

  it("given the second of three runs that disable two each came by a clock set back, then the guard still counts", async () => {
    const world = await begin(options);
    const without = (count: number): void => {
      world.directory.people = many(50).map((id, index) => (index < count ? disabled(id) : id));
    };
    without(2);
    expect((await world.sync()).outcome).toBe("done");
    world.pass(back);
    without(4);
    expect(await world.sync()).toMatchObject({ outcome: "guard", guards: ["guard.access-lost"] });
  });

  it("given a plan of a clock that ran ahead, then it can be applied, and not twice", async () => {
    const world = await begin(options);
    world.directory.people = many(51);
    const plan = await world.plan();
    world.pass(back);
    expect((await world.apply(plan)).outcome).toBe("done");
    expect((await world.apply(plan)).fault?.code).toBe("plan.overtaken");
  });
});

describe("set back after somebody was to be restored", () => {
  it("given they are restored, then a revocation by hand afterwards stands", async () => {
    const world = await begin();
    world.sandbox.byHand.revoke("p1@firm.test");
    world.pass(25 * hours);
    await world.sync();
    await world.restore("p1@firm.test");
    world.pass(back);
    expect((await world.sync()).changes).toEqual(["restore p1@firm.test"]);
    world.sandbox.byHand.revoke("p1@firm.test");
    for (let hour = 0; hour < 8; hour += 1) {
      world.pass(hours);
      expect((await world.sync({ full: true })).changes).toEqual([]);
    }
    expect(world.members()).toContain("p1@firm.test/p1/revoked");
  });
});
