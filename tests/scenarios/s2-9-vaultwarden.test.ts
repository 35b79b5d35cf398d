/** Product §2.9: a server that cannot be read with the organization's key. */
import { describe, expect, it } from "vitest";
import { disabled, group, many, person } from "./directory.ts";
import { createWorld, hours, type Settings, type World } from "./world.ts";

const owners = { owners: ["owner@sandbox.test"] };
const begin = async (settings: Settings = {}): Promise<World> => {
  const world = await createWorld({
    dialect: "vaultwarden",
    directory: { people: [...many(20), "bob"], groups: [group("sales", "p1", "bob")] },
    settings,
    organizationSettings: owners,
  });
  const plan = await world.plan();
  const first = await world.sync({ baseline: "send", accept: plan.digest });
  expect(first.outcome).toBe("done");
  world.pass(hours);
  return world;
};
const everybody = many(20);
const bob = (world: World) => world.members().find((line) => line.startsWith("bob@"));
const imports = (world: World) => world.requests().filter((line) => line.endsWith("/import")).length;

describe("the first plan", () => {
  it("given nobody has said what to do with what is there, then a sync asks for a baseline and sends nothing; a plan is always allowed", async () => {
    const world = await createWorld({
      dialect: "vaultwarden",
      directory: { people: many(3), groups: [] },
      organizationSettings: owners,
    });
    expect((await world.plan()).outcome).toBe("planned");
    const run = await world.sync();
    expect(run.fault?.code).toBe("baseline.needed");
    expect(imports(world)).toBe(0);
    expect((await world.review()).fault?.code).toBe("baseline.needed");
    expect((await world.sync({ baseline: "send" })).fault?.code).toBe("guard.first");
    expect(world.members()).toEqual([]);
  });

  it("given send and an accepted plan, then everything goes; it was compared with what we sent, not with the organization", async () => {
    const world = await begin();
    expect(world.members()).toHaveLength(21);
    expect(world.groups()).toEqual(["sales/sales{bob@firm.test,p1@firm.test}"]);
    const { rows } = await world.store.runs({ limit: 1 });
    expect(rows[0]?.counts?.["compared"]).toBe(0);
  });
});

describe("later plans", () => {
  it("given nothing changed in the directory, then nobody is ever sent, whatever was done by hand", async () => {
    const world = await begin();
    imports(world);
    world.sandbox.byHand.revoke("bob");
    for (let day = 0; day < 4; day += 1) {
      world.pass(25 * hours);
      expect(await world.sync({ full: day === 2 })).toMatchObject({ outcome: "unchanged" });
    }
    expect(imports(world)).toBe(0);
    expect(bob(world)).toBe("bob@firm.test/bob/revoked");
  });

  it("given a plan that is the same as one an undo took back in the same instant, then it is sent, not taken for done", async () => {
    const world = await begin();
    world.directory.groups = [group("sales", "p1")];
    const run = await world.review();
    const { plan } = await world.undo(run);
    await world.apply(plan);
    expect(world.groups()).toEqual(["sales/sales{bob@firm.test,p1@firm.test}"]);
    const again = await world.plan();
    expect(again.digest).toBe(run.digest);
    expect((await world.apply(again)).states).toEqual(["done change-members sales -bob"]);
    expect(world.groups()).toEqual(["sales/sales{p1@firm.test}"]);
  });

  it("given somebody is disabled, then revoked, found by the address we sent; remove reads revoke; back, then sent as active", async () => {
    const world = await begin({ sync: { leavers: { disabled: "remove" } } });
    world.directory.people = [...everybody, disabled("bob")];
    expect((await world.sync()).changes).toEqual(["revoke bob@firm.test"]);
    expect(bob(world)).toBe("bob@firm.test/bob/revoked");
    world.directory.people = [...everybody, "bob"];
    world.pass(hours);
    expect((await world.sync()).changes).toEqual(["restore bob@firm.test"]);
    expect(bob(world)).toBe("bob@firm.test/bob/invited");
  });

  it("given owners were not named, then leavers are kept", async () => {
    const world = await createWorld({
      dialect: "vaultwarden",
      directory: { people: [...everybody, "bob"], groups: [] },
    });
    const plan = await world.plan();
    await world.sync({ baseline: "send", accept: plan.digest });
    world.directory.people = [...everybody, disabled("bob")];
    world.pass(hours);
    expect(await world.sync()).toMatchObject({ changes: [], kept: ["keep.owners_unknown bob@firm.test"] });
    expect(bob(world)).toBe("bob@firm.test/bob/invited");
  });

  it("given an owner by name, then never revoked", async () => {
    const world = await begin();
    const { owners: _owners, ...rest } = owners;
    expect(rest).toEqual({});
    world.set({ protect: ["bob@firm.test"] });
    world.directory.people = [...everybody, disabled("bob")];
    expect((await world.sync()).kept).toEqual(["keep.protected bob@firm.test"]);
  });

  it("given a changed address, then wait is a note; replace invites the new one and retires the old", async () => {
    const waiting = await begin();
    waiting.directory.people = [...everybody, person("bob", { email: "robert@firm.test" })];
    const run = await waiting.sync();
    expect(run).toMatchObject({ changes: [], kept: [] });
    expect(run.notes).toContain("address.waits robert@firm.test");
    const replacing = await begin({ sync: { addressChange: "replace" } });
    replacing.directory.people = [...everybody, person("bob", { email: "robert@firm.test" })];
    expect((await replacing.sync()).changes).toEqual(["readdress robert@firm.test"]);
    expect(replacing.members()).toContain("robert@firm.test/bob/invited");
    expect(replacing.members()).toContain("bob@firm.test/bob~old/revoked");
  });

  it("given a group is gone and should be removed, then it is emptied", async () => {
    const world = await begin({ sync: { groupsGone: "remove" } });
    world.directory.groups = [];
    world.directory.groups = [group("other", "p2")];
    await world.sync();
    world.pass(hours);
    const run = await world.sync();
    expect(run.changes).toEqual(["empty-group sales -bob,p1"]);
    expect(world.groups()).toContain("sales/sales{}");
  });

  it("given an answer is lost, then the same is sent again after a pause, and nobody is claimed to be done", async () => {
    const world = await begin();
    world.directory.people = [...everybody, "bob", "new"];
    world.sandbox.control.faults.push({
      path: "/public/organization/import",
      at: 1,
      fault: { kind: "close", when: "before" },
    });
    expect(await world.sync()).toMatchObject({ outcome: "done", changes: ["invite new@firm.test"] });
    expect(world.members()).toContain("new@firm.test/new/invited");
  });

  it("given the server is still at work on a request whose answer got lost, then waits longer each time, and goes on", async () => {
    const world = await begin();
    world.directory.people = [...everybody, "bob", "new"];
    const body = JSON.stringify({ message: "Error saving user", validationErrors: { "": ["Error saving user"] } });
    const path = "/public/organization/import";
    world.sandbox.control.faults.push(
      { path, at: 1, fault: { kind: "close", when: "before" } },
      { path, at: 2, fault: { kind: "status", status: 400, when: "before", body } },
    );
    const before = world.now();
    expect(await world.sync()).toMatchObject({ outcome: "done", changes: ["invite new@firm.test"] });
    expect(world.now() - before).toBe(15_000);
    expect(world.members()).toContain("new@firm.test/new/invited");
  });

  it("given a run was interrupted, then the next one sends again what it cannot look up", async () => {
    const world = await begin();
    world.directory.people = [...everybody, "bob", "new"];
    const stop = new AbortController();
    world.sandbox.control.onRequest = (when, { path }) => {
      if (when === "before" && path.endsWith("/import")) stop.abort();
    };
    world.sandbox.control.faults.push({
      path: "/public/organization/import",
      at: 1,
      fault: { kind: "close", when: "before" },
    });
    expect((await world.sync({}, { signal: stop.signal })).fault?.code).toBe("run.interrupted");
    world.sandbox.control.onRequest = undefined;
    world.pass(hours);
    const next = await world.sync();
    expect(next.recovered.map(({ surelyDone, left }) => [surelyDone, left])).toEqual([[0, 1]]);
    expect(next).toMatchObject({ outcome: "done", changes: ["invite new@firm.test"] });
  });
});
