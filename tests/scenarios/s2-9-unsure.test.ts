/** Product §2.9, §7: a request of which nobody knows whether it arrived, where nobody can look. */
import { expect, it } from "vitest";
import { disabled, many } from "./directory.ts";
import { createWorld, hours } from "./world.ts";

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
