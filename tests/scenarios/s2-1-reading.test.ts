/** Product §2.1: reading. */
import { describe, expect, it } from "vitest";
import { group, many } from "./directory.ts";
import { createWorld, hours, minutes } from "./world.ts";

const sales = { people: ["ann", "bob"], groups: [group("sales", "ann", "bob")] };

describe("reading", () => {
  it("given a directory whose read does not reach its end, then the run ends and nothing changes", async () => {
    const world = await createWorld({ directory: { ...sales } });
    await world.review();
    world.directory.people = ["ann"];
    for (const broken of ["no end", "fails"] as const) {
      world.directory.broken = broken;
      world.pass(hours);
      const run = await world.sync();
      expect(run).toMatchObject({ outcome: "failed", changes: [] });
      expect(run.fault?.code).toBe(broken === "fails" ? "directory.unreachable" : "directory.truncated");
    }
    delete world.directory.broken;
    world.pass(hours);
    expect((await world.sync()).kept).toEqual(["keep.missing_once bob@firm.test"]);
  });

  it("given no difference and no check due, then no request goes to the organization at all", async () => {
    const world = await createWorld({ directory: { ...sales } });
    await world.review();
    world.pass(hours);
    await world.sync();
    world.requests();
    world.pass(hours);
    expect(await world.sync()).toMatchObject({ outcome: "unchanged", changes: [] });
    expect(world.requests()).toEqual([]);
  });

  it("given a reviewed first plan was applied, then the next run asks the organization nothing", async () => {
    const world = await createWorld({ directory: { ...sales } });
    await world.review();
    world.requests();
    world.pass(hours);
    expect(await world.sync()).toMatchObject({ outcome: "unchanged" });
    expect(world.requests()).toEqual([]);
  });

  it("given a difference, then members, groups and only the memberships concerned are read", async () => {
    const world = await createWorld({
      directory: { people: ["ann", "bob"], groups: [group("sales", "ann"), group("it", "bob")] },
    });
    await world.review();
    world.requests();
    world.directory.groups = [group("sales", "ann", "bob"), group("it", "bob")];
    world.pass(hours);
    expect((await world.sync()).changes).toEqual(["change-members sales +bob"]);
    const sales = world.sandbox.byHand.findGroup("sales");
    const reads = world.requests().filter((line) => line.endsWith("/member-ids"));
    expect(reads).toEqual([`GET /public/groups/${sales?.id}/member-ids`]);
  });

  it.each([
    ["plan --full", { full: true }],
    ["test", { kind: "test" as const }],
  ])("given %s, then all of it is read", async (_name, options) => {
    const world = await createWorld({ directory: { ...sales, groups: [group("sales", "ann"), group("it", "bob")] } });
    await world.review();
    world.requests();
    world.pass(hours);
    await world.plan(options);
    expect(world.requests().filter((line) => line.endsWith("/member-ids"))).toHaveLength(2);
  });

  it("given Clear Sync Cache, then the next run reads and compares everything, and loses no link", async () => {
    const world = await createWorld({ directory: { ...sales } });
    await world.review();
    const { key } = await world.profile();
    await world.store.clearCache(key);
    world.requests();
    world.pass(hours);
    expect(await world.sync()).toMatchObject({ outcome: "unchanged", changes: [], notes: [] });
    expect(world.requests().some((line) => line.endsWith("/member-ids"))).toBe(true);
  });

  it("given a day has passed, then a drift check reads all of it and repairs names and memberships", async () => {
    const world = await createWorld({ directory: { ...sales } });
    await world.review();
    const { byHand } = world.sandbox;
    const sales1 = byHand.findGroup("sales");
    if (sales1 !== undefined) sales1.name = "Renamed by hand";
    byHand.setGroupMembers("sales", ["ann"]);
    world.pass(23 * hours);
    expect(await world.sync()).toMatchObject({ outcome: "unchanged" });
    world.pass(2 * hours);
    const drift = await world.sync();
    expect(drift.changes).toEqual(["rename-group sales", "change-members sales +bob"]);
    expect(world.groups()).toEqual(["sales/sales{ann@firm.test,bob@firm.test}"]);
    world.requests();
    world.pass(hours);
    expect(await world.sync()).toMatchObject({ outcome: "unchanged" });
    expect(world.requests()).toEqual([]);
  });

  it("given a comparison turns to a group nobody asked for, then its memberships are read before it is written", async () => {
    const world = await createWorld({
      directory: { people: many(12), groups: [group("sales", "p1", "p2")] },
      seed: { members: [{ email: "hand@firm.test" }] },
    });
    await world.review();
    const { byHand } = world.sandbox;
    byHand.setGroupMembers("sales", ["p1", "p2", "hand@firm.test"]);
    world.directory.people = [{ id: "p1", email: "new@firm.test", name: "p1" }, ...many(12).slice(1)];
    world.pass(30 * minutes);
    const run = await world.sync();
    expect(run.changes).toEqual(["readdress new@firm.test", "change-members sales +p1"]);
    expect(run.outcome).toBe("done");
    expect(world.groups()).toEqual(["sales/sales{hand@firm.test,new@firm.test,p2@firm.test}"]);
  });
});
