/** Product §5: undo. */
import { describe, expect, it } from "vitest";
import { disabled, group, many, person } from "./directory.ts";
import { begin, line } from "./firm.ts";
import { hours } from "./world.ts";

describe("undo", () => {
  it("given a run that invited, revoked and changed groups, then its plan takes back what it can, says what it cannot, and pauses the schedule", async () => {
    const world = await begin(30);
    world.sandbox.byHand.accept("p1");
    world.directory.people = [disabled("p1"), person("p2", { email: "two@firm.test" }), ...many(31).slice(2)];
    world.directory.groups = [group("sales", "p3", "p31"), group("it", "p4")];
    const run = await world.sync();
    expect(run.outcome).toBe("done");
    const { plan, rows } = await world.undo(run);
    const reach = Object.fromEntries(
      rows.map(({ original, reach }) => [`${original.action} ${original.subject.id}`, reach]),
    );
    expect(reach).toEqual({
      "revoke p1": "fully",
      "readdress p2": "impossible",
      "invite p31": "fully",
      "create-group it": "fully",
      "change-members sales": "fully",
    });
    expect(await world.apply(plan)).toMatchObject({ outcome: "done" });
    expect(line(world, "p1")).toBe("p1@firm.test/p1/accepted");
    expect(line(world, "p31")).toBeUndefined();
    expect(world.groups()).toEqual(["sales/sales{p1@firm.test,two@firm.test}"]);
    expect((await world.sync()).fault?.code).toBe("profile.paused");
  });

  it("given a run that made a group and held back the invitation of its member, then the group is taken back", async () => {
    const world = await begin(30, { onGuard: "hold" });
    world.sandbox.state.organization.seats = 32;
    world.directory.people = many(33);
    world.directory.groups = [group("sales", "p1", "p2"), group("new", "p3", "p33")];
    const run = await world.sync();
    expect(run.states).toContain("done create-group new +p3,p33");
    expect(world.groups()).toContain("new/new{p3@firm.test}");
    const { plan } = await world.undo(run);
    expect(await world.apply(plan)).toMatchObject({ outcome: "done" });
    expect(world.groups().map((each) => each.split("/")[0])).toEqual(["sales"]);
  });

  it("given an invitation somebody accepted since, then it is revoked instead of removed", async () => {
    const world = await begin(30);
    world.directory.people = many(31);
    const run = await world.sync();
    world.sandbox.byHand.accept("p31");
    const { plan, rows } = await world.undo(run);
    expect(rows.map(({ because }) => because.code)).toEqual(["undo.accepted_since"]);
    await world.apply(plan);
    expect(line(world, "p31")).toBe("p31@firm.test/p31/revoked");
  });

  it("given a removal, then only a new invitation is possible", async () => {
    const world = await begin(30, { sync: { leavers: { disabled: "remove" } } });
    world.directory.people = [disabled("p1"), ...many(30).slice(1)];
    const run = await world.sync();
    const { plan, rows } = await world.undo(run);
    expect(rows.map(({ reach }) => reach)).toEqual(["new-invitation"]);
    await world.apply(plan);
    expect(line(world, "p1")).toBe("p1@firm.test/p1/invited");
  });

  it("given a removal where joiners are staged, then whoever comes back is staged", async () => {
    const sync = { joiners: "stage", leavers: { disabled: "remove" } };
    const world = await begin(30, { sync }, { organization: { stagedFlag: true } });
    world.directory.people = [disabled("p1"), ...many(30).slice(1)];
    const run = await world.sync();
    await world.apply((await world.undo(run)).plan);
    expect(line(world, "p1")).toBe("p1@firm.test/p1/staged");
  });

  it("given a run was undone, then there is nothing more to undo in it", async () => {
    const world = await begin(30);
    world.directory.people = many(31);
    const run = await world.sync();
    await world.apply((await world.undo(run)).plan);
    await expect(world.undo(run)).rejects.toMatchObject({ code: "run.nothing_to_undo" });
  });

  it("given somebody we restored by undoing is still disabled, then that stands until the schedule is let go on", async () => {
    const world = await begin(30);
    world.directory.people = [disabled("p1"), ...many(30).slice(1)];
    const run = await world.sync();
    await world.apply((await world.undo(run)).plan);
    expect(line(world, "p1")).toBe("p1@firm.test/p1/invited");
    world.pass(hours);
    expect((await world.sync()).fault?.code).toBe("profile.paused");
    expect((await world.plan()).changes).toEqual(["revoke p1@firm.test"]);
  });
});
