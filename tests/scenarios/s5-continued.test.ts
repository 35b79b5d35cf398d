/** Product §5 and §7: what was accepted goes on after a kill, and nothing that nobody accepted goes with it. */
import { describe, expect, it } from "vitest";
import { disabled, many } from "./directory.ts";
import { begin } from "./firm.ts";
import { createWorld, hours, type World } from "./world.ts";

/** The run is cut short while its first request to a path is answered: what the server was asked, it does. */
const interruptAt = (world: World, path: RegExp): AbortSignal => {
  const stop = new AbortController();
  world.sandbox.control.onRequest = (when, request) => {
    if (when === "after" && path.test(request.path)) stop.abort();
  };
  return stop.signal;
};

describe("an accepted run that was cut short", () => {
  it("given a guard held invitations back in it, then the next run holds them back as well", async () => {
    const world = await begin(100, { onGuard: "hold" });
    const leavers = many(10).map(disabled);
    world.directory.people = [...leavers, ...many(100).slice(10)];
    const plan = await world.plan();
    world.directory.people = [...leavers, ...many(100).slice(10), ...many(30, "new")];
    const signal = interruptAt(world, /\/revoke$/u);
    const first = await world.sync({ accept: plan.digest }, { signal });
    expect(first.fault?.code).toBe("run.interrupted");
    expect(first.states.filter((line) => line.startsWith("skipped invite"))).toHaveLength(30);
    world.sandbox.control.onRequest = undefined;
    const second = await world.sync();
    expect(second.guards).toEqual(["guard.invitations"]);
    expect(world.members().filter((line) => line.startsWith("new"))).toEqual([]);
  });

  it("given a guard held leavers back in the run that went on with it, and that was cut short too, then they stay", async () => {
    const world = await begin(200, { onGuard: "hold" });
    const directory = (leavers: number): void => {
      world.directory.people = [...many(leavers).map(disabled), ...many(200).slice(leavers)];
    };
    directory(20);
    const plan = await world.plan();
    const signal = interruptAt(world, /\/revoke$/u);
    expect((await world.sync({ accept: plan.digest }, { signal })).fault?.code).toBe("run.interrupted");
    // Many more are disabled by the time the next run goes on.
    directory(100);
    world.pass(hours);
    const again = interruptAt(world, /\/revoke$/u);
    const second = await world.sync({}, { signal: again });
    expect(second.fault?.code).toBe("run.interrupted");
    expect(second.states.filter((line) => line.startsWith("skipped revoke"))).toHaveLength(80);
    world.sandbox.control.onRequest = undefined;
    world.pass(hours);
    const third = await world.sync();
    expect(third.guards).toEqual(["guard.access-lost"]);
    expect(world.members().filter((line) => line.endsWith("/revoked"))).toHaveLength(20);
  });
});

describe("how long an acceptance is gone on with", () => {
  const without = (count: number) => [...many(count).map(disabled), ...many(200).slice(count)];

  it("given a plan applied when it was nearly three days old, then no longer than the plan would have held", async () => {
    const world = await begin(200);
    world.directory.people = without(20);
    const plan = await world.plan();
    world.pass(71 * hours);
    const signal = interruptAt(world, /\/revoke$/u);
    expect((await world.apply(plan, { signal })).fault?.code).toBe("run.interrupted");
    world.sandbox.control.onRequest = undefined;
    world.pass(2 * hours);
    expect((await world.sync()).guards).toEqual(["guard.access-lost"]);
  });

  it("given the run that went on with it was cut short too, then it does not begin again with that one", async () => {
    const world = await begin(200);
    world.directory.people = without(20);
    const plan = await world.plan();
    const cutShort = async (accept?: string): Promise<void> => {
      const signal = interruptAt(world, /\/revoke$/u);
      const options = accept === undefined ? {} : { accept };
      expect((await world.sync(options, { signal })).fault?.code).toBe("run.interrupted");
      world.sandbox.control.onRequest = undefined;
    };
    await cutShort(plan.digest);
    world.pass(40 * hours);
    await cutShort();
    world.pass(40 * hours);
    expect((await world.sync()).guards).toEqual(["guard.access-lost"]);
  });
});

describe("an undo that was cut short", () => {
  it("given it took back a part, then the schedule is paused all the same, and the same undo goes on", async () => {
    const world = await begin(40);
    world.directory.people = [...many(2).map(disabled), ...many(40).slice(2)];
    const run = await world.sync();
    world.pass(hours);
    const { plan } = await world.undo(run);
    const signal = interruptAt(world, /\/restore$/u);
    expect((await world.apply(plan, { signal })).fault?.code).toBe("run.interrupted");
    world.sandbox.control.onRequest = undefined;
    expect((await world.sync()).fault?.code).toBe("profile.paused");
    expect((await world.apply(plan)).outcome).toBe("done");
    expect(world.members().filter((line) => line.endsWith("/revoked"))).toEqual([]);
  });
});

describe("a plan that was cut short, where nobody can look", () => {
  it("given an undo of it was begun since, then it is not gone on with: what it did may be taken back", async () => {
    const world = await createWorld({
      dialect: "vaultwarden",
      directory: { people: many(500), groups: [] },
      organizationSettings: { owners: ["owner@sandbox.test"] },
    });
    const plan = await world.plan({ baseline: "send" });
    let requests = 0;
    const stop = new AbortController();
    world.sandbox.control.onRequest = (when, { path }) => {
      if (when === "after" && path.endsWith("/import") && (requests += 1) === 2) stop.abort();
    };
    const first = await world.apply(plan, { signal: stop.signal });
    expect(first.fault?.code).toBe("run.interrupted");
    const undo = await world.undo(first);
    const again = interruptAt(world, /\/import$/u);
    expect((await world.apply(undo.plan, { signal: again })).fault?.code).toBe("run.interrupted");
    world.sandbox.control.onRequest = undefined;
    expect(world.members().filter((line) => line.endsWith("/revoked"))).not.toEqual([]);
    expect((await world.apply(plan)).fault?.code).toBe("plan.overtaken");
  });
});

describe("a first plan that somebody accepted", () => {
  it("given the directory is another one by then, then its first plan is still to be reviewed", async () => {
    const world = await createWorld({ directory: { people: ["ann"], groups: [], identity: "the trial" } });
    const { digest } = await world.plan();
    world.directory.identity = "the firm";
    world.directory.people = many(8);
    expect(await world.sync({ accept: digest })).toMatchObject({ outcome: "guard", guards: ["guard.first"] });
    expect(world.members()).toEqual([]);
  });
});
