/** Product §2.4 and §5: `restore <address>`, the reviewed way back, whatever took the access away. */
import { describe, expect, it } from "vitest";
import { disabled, group, many, person, type Person } from "./directory.ts";
import { createWorld, hours, type World } from "./world.ts";

const others = many(20);
const begin = async (): Promise<World> => {
  const people = [...others, "bob"];
  const world = await createWorld({ directory: { people, groups: [group("sales", "p1", "bob")] } });
  await world.review();
  for (const id of people) world.sandbox.byHand.accept(id);
  world.pass(25 * hours);
  return world;
};
const bob = (world: World): string | undefined => world.members().find((line) => line.startsWith("bob@"));
const runs = async (world: World, count: number): Promise<string[]> => {
  const changes: string[] = [];
  for (let run = 0; run < count; run += 1) {
    world.pass(hours);
    changes.push(...(await world.sync()).changes);
  }
  return changes;
};

describe("somebody whom we revoked", () => {
  it.each<[string, Person | undefined]>([
    ["disabled in the directory", disabled("bob")],
    ["gone from the directory", undefined],
  ])(
    "given they are %s, then they come back with the next plan, and that stands until the directory has them",
    async (_, entry) => {
      const world = await begin();
      world.directory.people = entry === undefined ? others : [...others, entry];
      expect(await runs(world, 2)).toEqual(["revoke bob@firm.test"]);
      await world.restore("bob@firm.test");
      expect((await world.review()).changes).toEqual(["restore bob@firm.test"]);
      expect(bob(world)).toBe("bob@firm.test/bob/accepted");
      expect(await runs(world, 3)).toEqual([]);
      expect((await world.sync({ full: true })).notes).toContain("drift.restored_by_hand bob@firm.test");
      expect(world.groups()).toEqual(["sales/sales{bob@firm.test,p1@firm.test}"]);
      world.directory.people = [...others, "bob"];
      expect(await runs(world, 1)).toEqual([]);
      world.directory.people = [...others, disabled("bob")];
      expect(await runs(world, 1)).toEqual(["revoke bob@firm.test"]);
    },
  );

  it("given somebody restores them in a sync, then a guard does not count that as anything", async () => {
    const world = await begin();
    world.directory.people = [...others, disabled("bob")];
    await world.sync();
    await world.restore("bob");
    world.pass(hours);
    expect(await world.sync()).toMatchObject({ outcome: "done", changes: ["restore bob@firm.test"] });
    expect(await runs(world, 2)).toEqual([]);
  });
});

describe("somebody who comes back and lost their external id meanwhile", () => {
  const begun = async (): Promise<World> => {
    const world = await begin();
    world.directory.people = [...others, disabled("bob")];
    expect(await runs(world, 1)).toEqual(["revoke bob@firm.test"]);
    const member = world.sandbox.byHand.findMember("bob@firm.test");
    if (member === undefined) throw new Error("Bob is not a member.");
    member.externalId = null;
    world.directory.people = [...others, "bob"];
    // Until the next comparison of everything nobody looks at a member who did not change here.
    world.pass(25 * hours);
    return world;
  };

  it("then both are in one plan", async () => {
    const world = await begun();
    expect((await world.sync()).changes).toEqual(["restore bob@firm.test", "stamp bob@firm.test"]);
    expect(bob(world)).toBe("bob@firm.test/bob/accepted");
    expect(await runs(world, 2)).toEqual([]);
  });

  it("given the run is cut short between the two, then the next plan gives it back, and says so", async () => {
    const world = await begun();
    const stop = new AbortController();
    world.sandbox.control.onRequest = (when, { path }) => {
      if (when === "after" && path.endsWith("/restore")) stop.abort();
    };
    expect((await world.sync({}, { signal: stop.signal })).fault?.code).toBe("run.interrupted");
    world.sandbox.control.onRequest = undefined;
    world.pass(hours);
    const next = await world.sync({ full: true });
    expect(next.changes).toEqual(["stamp bob@firm.test"]);
    expect(next.plan.rows[0]?.because.code).toBe("stamp.lost");
    expect(bob(world)).toBe("bob@firm.test/bob/accepted");
  });
});

describe("somebody revoked by hand", () => {
  it("given they are disabled in the directory as well, then restore brings them back all the same", async () => {
    const world = await begin();
    world.sandbox.byHand.revoke("bob");
    world.directory.people = [...others, disabled("bob")];
    expect(await runs(world, 2)).toEqual([]);
    await world.restore("bob@firm.test");
    expect((await world.review()).changes).toEqual(["restore bob@firm.test"]);
    expect(bob(world)).toBe("bob@firm.test/bob/accepted");
    expect(await runs(world, 2)).toEqual([]);
  });

  it("given that happens after a plan to revoke them was made, then applying it does not make the revocation ours", async () => {
    const world = await begin();
    world.directory.people = [...others, disabled("bob")];
    const plan = await world.plan();
    world.sandbox.byHand.revoke("bob");
    expect(await world.apply(plan)).toMatchObject({ outcome: "done", states: ["done revoke bob@firm.test"] });
    world.directory.people = [...others, "bob"];
    expect(await runs(world, 3)).toEqual([]);
    expect(bob(world)).toBe("bob@firm.test/bob/revoked");
  });
});

describe("somebody disabled whose address is cleared, as many firms do when people leave", () => {
  it.each([undefined, "", "none"])(
    "given the address %s, then they are revoked like anybody disabled",
    async (email) => {
      const world = await begin();
      world.directory.people = [...others, person("bob", { email, state: "disabled" })];
      expect(await runs(world, 2)).toEqual(["revoke bob@firm.test"]);
      expect(bob(world)).toBe("bob@firm.test/bob/revoked");
      expect(world.groups()).toEqual(["sales/sales{bob@firm.test,p1@firm.test}"]);
      world.directory.people = [...others, person("bob", { email })];
      expect(await runs(world, 2)).toEqual([]);
      world.directory.people = [...others, "bob"];
      expect(await runs(world, 1)).toEqual(["restore bob@firm.test"]);
    },
  );
});

describe("somebody whom we removed, and who is managed no more", () => {
  const removed = async (): Promise<World> => {
    const world = await begin();
    world.set({ sync: { leavers: { disabled: "remove" } } });
    world.directory.people = [...others, disabled("bob")];
    expect((await world.sync()).changes).toEqual(["remove bob@firm.test"]);
    world.pass(hours);
    return world;
  };
  /** The plan that brings them back, where there is one. */
  const wayBack = async (world: World, who: string) => {
    const found = await world.restore(who);
    return "removed" in found ? world.undo(found.removed) : undefined;
  };

  it.each(["Bob@firm.test", "bob"])("given %s, then the way back is a plan of a new invitation", async (who) => {
    const world = await removed();
    const undo = await wayBack(world, who);
    expect(undo?.rows.map(({ reach, original }) => [reach, original.action])).toEqual([["new-invitation", "remove"]]);
    world.requests();
    expect(await world.apply(undo?.plan ?? fail())).toMatchObject({
      outcome: "done",
      changes: ["invite bob@firm.test"],
    });
    expect(bob(world)).toBe("bob@firm.test/bob/invited");
    expect((await world.sync()).fault?.code).toBe("profile.paused");
  });

  it("given others were removed in the same run, then these stay away", async () => {
    const world = await begin();
    world.set({ sync: { leavers: { disabled: "remove" } } });
    world.directory.people = [...others.slice(1), disabled("p1"), disabled("bob")];
    await world.sync();
    const undo = await wayBack(world, "bob");
    await world.apply(undo?.plan ?? fail());
    expect(world.members().filter((line) => line.startsWith("p1@"))).toEqual([]);
    expect(bob(world)).toBe("bob@firm.test/bob/invited");
  });

  it("given they came back that way, then they are known again, and to take it back twice is not possible", async () => {
    const world = await removed();
    await world.apply((await wayBack(world, "bob"))?.plan ?? fail());
    expect(await world.restore("bob")).toHaveProperty("link");
  });

  it.each(["eve@firm.test", "p1@elsewhere.test"])("given %s, whom no run ever knew, then that is said", async (who) => {
    await expect((await removed()).restore(who)).rejects.toMatchObject({ code: "person.unknown", params: { who } });
  });
});

const fail = (): never => {
  throw new Error("there is no way back");
};
