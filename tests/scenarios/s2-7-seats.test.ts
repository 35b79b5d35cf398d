/** Product §2.7: seats. */
import { describe, expect, it } from "vitest";
import { disabled, group, many } from "./directory.ts";
import { createWorld, hours } from "./world.ts";

describe("seats", () => {
  it("given the cloud tells them, then a plan that needs more is stopped before anything is sent, and says how many are short", async () => {
    const world = await createWorld({ directory: { people: many(4), groups: [] }, seats: 3 });
    const plan = await world.plan();
    expect(plan.plan.header.seats).toMatchObject({ total: 3, used: 1, needs: 4, frees: 0, short: 2 });
    const run = await world.sync();
    expect(run.guards).toEqual(["guard.first", "guard.seats"]);
    expect(world.members()).toEqual([]);
  });

  it("given they cannot be looked up, then the number of the settings counts", async () => {
    const world = await createWorld({
      dialect: "official-selfhost",
      directory: { people: many(4), groups: [] },
      organizationSettings: { seats: 4 },
    });
    const plan = await world.plan();
    expect(plan.plan.header.seats).toMatchObject({ total: 4, used: 1, needs: 4, short: 1 });
    expect(plan.guards).toContain("guard.seats");
  });

  it("given neither, then nothing is known and nobody is stopped by it", async () => {
    const world = await createWorld({
      dialect: "official-selfhost",
      directory: { people: many(4), groups: [] },
    });
    const plan = await world.plan();
    expect(plan.plan.header.seats?.total).toBeUndefined();
    expect(plan.guards).toEqual(["guard.first"]);
  });

  it("given somebody leaves and somebody arrives in a full organization, then access is taken first and both go through", async () => {
    const world = await createWorld({ directory: { people: many(9), groups: [] }, seats: 10 });
    await world.review();
    world.sandbox.state.organization.planAllowsMoreSeats = false;
    world.directory.people = [...many(8), disabled("p9"), "new"];
    world.pass(hours);
    const run = await world.sync();
    expect(run).toMatchObject({ outcome: "done", changes: ["revoke p9@firm.test", "invite new@firm.test"] });
    const writes = world.requests().filter((line) => line.endsWith("/revoke") || line.endsWith("/import"));
    expect(writes.at(-2)).toMatch(/revoke$/u);
    expect(writes.at(-1)).toMatch(/import$/u);
  });

  it("given somebody comes back and somebody is new, then the restored one has the seat first", async () => {
    const world = await createWorld({ directory: { people: many(9), groups: [] }, seats: 10 });
    await world.review();
    world.directory.people = [...many(8), disabled("p9")];
    world.pass(hours);
    await world.sync();
    world.directory.people = [...many(9), "new"];
    world.pass(hours);
    world.sandbox.state.organization.seats = 11;
    world.requests();
    expect((await world.sync()).changes).toEqual(["restore p9@firm.test", "invite new@firm.test"]);
    const writes = world.requests().filter((line) => line.endsWith("/restore") || line.endsWith("/import"));
    expect(writes.map((line) => line.split("/").at(-1))).toEqual(["restore", "import"]);
  });

  it("given an over-full organization, then memberships go by the group's endpoint, since an import would need seats", async () => {
    const world = await createWorld({
      directory: { people: many(9), groups: [group("sales", "p1")] },
      seats: 10,
    });
    await world.review();
    world.sandbox.state.organization.seats = 5;
    world.sandbox.state.organization.planAllowsMoreSeats = false;
    world.directory.groups = [group("sales", "p1", "p2")];
    world.pass(hours);
    world.requests();
    expect(await world.sync()).toMatchObject({ outcome: "done", changes: ["change-members sales +p2"] });
    const writes = world.requests().filter((line) => !line.startsWith("GET") && !line.includes("token"));
    expect(writes).toEqual([`PUT /public/groups/${world.sandbox.byHand.findGroup("sales")?.id}/member-ids`]);
  });

  it("given buying is allowed up to a number, then it goes through up to that", async () => {
    const buy = { guards: { seats: { buy: 2 } } };
    const world = await createWorld({ directory: { people: many(11), groups: [] }, seats: 10, settings: buy });
    expect((await world.plan()).guards).not.toContain("guard.seats");
    await world.review();
    expect(world.members()).toHaveLength(11);
    world.directory.people = many(14);
    world.pass(hours);
    world.sandbox.state.organization.seats = 10;
    expect((await world.sync()).guards).toEqual(["guard.seats"]);
  });
});
