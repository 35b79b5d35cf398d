/** Product §7: SIGKILL at any moment loses nothing; the next run says what was surely done, and goes on. */
import { describe, expect, it } from "vitest";
import { isFault } from "../../src/core/fault.ts";
import { defaultLimits } from "../../src/engine/dependencies.ts";
import type { Plan } from "../../src/core/plan.ts";
import { applyPlan } from "../../src/engine/apply-plan.ts";
import { sync } from "../../src/engine/sync.ts";
import type { Lease, Store } from "../../src/store/store.ts";
import { disabled, group, many, person } from "./directory.ts";
import { createWorld, hours, type World, type WorldOptions } from "./world.ts";

/** Everybody is linked; then one of everything changes. */
const begin = async (options: WorldOptions = {}): Promise<World> => {
  const world = await createWorld({
    directory: {
      people: many(40),
      groups: [group("sales", "p1", "p2"), group("it", "p3"), group("old", "p5")],
    },
    settings: { guards: { identity: { percent: 50 } } },
    ...options,
  });
  const { digest } = await world.plan();
  expect((await world.sync({ accept: digest, baseline: "send" })).outcome).toBe("done");
  world.pass(hours);
  world.directory.people = [disabled("p1"), person("p2", { email: "two@firm.test" }), ...many(42).slice(2)];
  world.directory.groups = [
    { id: "sales", name: "Sales", members: ["p2", "p4", "p41"] },
    group("it", "p3", "p42"),
    group("new", "p6", "p41"),
    group("old", "p5"),
  ];
  world.sandbox.state.mails.length = 0;
  return world;
};

/** A store that a power cut takes away: from then on nothing is written, read, renewed or given back. */
const cuttable = (store: Store) => {
  let left = Number.POSITIVE_INFINITY;
  let calls = 0;
  const alive = (): void => {
    calls += 1;
    left -= 1;
    if (left < 0) throw new Error("power cut");
  };
  const guarded = <Arguments extends unknown[], Result>(
    call: (...given: Arguments) => Promise<Result>,
  ): ((...given: Arguments) => Promise<Result>) => {
    return async (...given) => {
      alive();
      return call(...given);
    };
  };
  const guardLease = (lease: Lease): Lease => ({
    ...lease,
    renew: guarded((now) => lease.renew(now)),
    check: guarded(() => lease.check()),
    release: guarded(() => lease.release()),
  });
  const acquire: Store["acquire"] = guarded(async (request) => {
    const answer = await store.acquire(request);
    return "heldBy" in answer ? answer : guardLease(answer);
  });
  const dying = new Proxy(store, {
    get: (target, name) => {
      if (name === "acquire") return acquire;
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function"
        ? async (...given: unknown[]): Promise<unknown> => {
            alive();
            return Reflect.apply(value, target, given);
          }
        : value;
    },
  });
  return { store: dying, calls: () => calls, cutAfter: (count: number) => void (left = count) };
};

/** A sync, or the applying of a plan, of a process that dies; what the server was asked, it finishes. */
const dieIn = async (
  world: World,
  cut: (power: ReturnType<typeof cuttable>) => void,
  what?: string | Plan,
): Promise<number> => {
  const power = cuttable(world.store);
  cut(power);
  const runtime = { signal: new AbortController().signal, progress: () => {}, onWait: () => {} };
  const engine = { ...world.engine, store: power.store };
  try {
    if (typeof what === "object") await applyPlan(engine, await world.profile(), what, { wait: false }, runtime);
    else await sync(engine, await world.profile(), { full: false, wait: false, accept: what }, runtime);
  } catch (error) {
    if (isFault(error) || !String(error).includes("power cut")) throw error;
  }
  world.sandbox.control.onRequest = undefined;
  world.pass(defaultLimits.stale + 30 * 60_000);
  return power.calls();
};

const goesOn = async (world: World, expected: string): Promise<void> => {
  const next = await world.sync();
  expect(next.fault).toBeUndefined();
  expect(["done", "unchanged"]).toContain(next.outcome);
  expect(JSON.stringify([world.members(), world.groups()])).toBe(expected);
  world.pass(hours);
  expect(await world.sync({ full: true })).toMatchObject({ outcome: "unchanged", changes: [] });
  const mailed = world.sandbox.state.mails.filter(({ kind }) => kind === "invitation").map(({ to }) => to);
  expect(mailed).toEqual([...new Set(mailed)]);
  world.directory.people = [person("p1"), ...world.directory.people.slice(1)];
  world.pass(hours);
  expect((await world.sync()).changes).toContain("restore p1@firm.test");
};

const undisturbed = async (
  options: WorldOptions = {},
): Promise<{ expected: string; calls: number; writes: number }> => {
  const world = await begin(options);
  let writes = 0;
  world.sandbox.control.onRequest = (when, { method, path }) => {
    if (when === "before" && method !== "GET" && path !== "/connect/token") writes += 1;
  };
  const calls = await dieIn(world, () => {});
  return { expected: JSON.stringify([world.members(), world.groups()]), calls, writes };
};

describe.each([["official-cloud" as const], ["vaultwarden" as const]])("a power cut on %s", (dialect) => {
  const options: WorldOptions = { dialect, organizationSettings: { owners: ["owner@sandbox.test"] } };

  it("given it comes at any step of the record, then the next run ends as if there had been none", async () => {
    const { expected, calls } = await undisturbed(options);
    expect(calls).toBeGreaterThan(20);
    // Every step of the part that writes; of the reading before it, every third.
    for (let step = 1; step < calls; step += step < 10 ? 3 : 1) {
      const world = await begin(options);
      await dieIn(world, ({ cutAfter }) => cutAfter(step));
      await goesOn(world, expected);
    }
  }, 120_000);

  it("given it comes with any request, before or after the server does it, then the same", async () => {
    const { expected, writes } = await undisturbed(options);
    expect(writes).toBeGreaterThan(1);
    for (let number = 1; number <= writes; number += 1)
      for (const moment of ["before", "after"] as const) {
        const world = await begin(options);
        await dieIn(world, ({ cutAfter }) => {
          let seen = 0;
          world.sandbox.control.onRequest = (when, { method, path }) => {
            if (method === "GET" || path === "/connect/token") return;
            if (when === "before") seen += 1;
            if (when === moment && seen === number) cutAfter(0);
          };
        });
        await goesOn(world, expected);
      }
  }, 120_000);
});

describe("what somebody accepted of a first plan", () => {
  it.each([
    [71, { outcome: "done", guards: [] }],
    [73, { outcome: "guard", guards: ["guard.first", "guard.invitations"] }],
  ])("given a power cut kept it from being sent and %d hours passed, then %j", async (passed, expected) => {
    const world = await createWorld({ directory: { people: many(20), groups: [] } });
    const { digest } = await world.plan();
    const path = "/public/organization/import";
    world.sandbox.control.faults.push({ path, fault: { kind: "close", when: "before" } });
    await dieIn(
      world,
      ({ cutAfter }) => {
        world.sandbox.control.onRequest = (_when, request) => {
          if (request.path === path) cutAfter(0);
        };
      },
      digest,
    );
    world.sandbox.control.faults.splice(0);
    // Looking in between takes nothing of it away.
    expect((await world.plan()).recovered).toMatchObject([{ surelyDone: 0, left: 20 }]);
    world.pass(passed * hours - defaultLimits.stale - 30 * 60_000);
    expect(await world.sync()).toMatchObject({ ...expected, recovered: [{ surelyDone: 0, left: 20 }] });
  });

  it.each([
    ["at once", async () => {}],
    ["after somebody looked", async (world: World) => void (await world.plan())],
  ])(
    "given a power cut anywhere once everybody was let in, and the next run begins %s, then whoever is hired later is no first plan",
    async (_when, before) => {
      const playThrough = async (step: number): Promise<{ calls: number; world: World }> => {
        const world = await createWorld({ directory: { people: many(3), groups: [group("sales", "p1")] } });
        const { digest } = await world.plan();
        return { calls: await dieIn(world, ({ cutAfter }) => cutAfter(step), digest), world };
      };
      const { calls } = await playThrough(Number.POSITIVE_INFINITY);
      let tried = 0;
      for (let step = calls - 1; step > 0; step -= 1) {
        const { world } = await playThrough(step);
        if (world.groups().length === 0) break;
        tried += 1;
        await before(world);
        await world.sync();
        world.directory.people = many(4);
        world.pass(hours);
        expect(await world.sync()).toMatchObject({ guards: [], outcome: "done", changes: ["invite p4@firm.test"] });
      }
      expect(tried).toBeGreaterThan(3);
    },
    60_000,
  );

  it("given a power cut anywhere while its file is applied, then applying it again ends the same", async () => {
    const playThrough = async (step: number): Promise<{ calls: number; world: World; plan: Plan }> => {
      const world = await createWorld({ directory: { people: many(3), groups: [group("sales", "p1")] } });
      const { plan } = await world.plan();
      return { calls: await dieIn(world, ({ cutAfter }) => cutAfter(step), plan), world, plan };
    };
    const { calls, world: whole } = await playThrough(Number.POSITIVE_INFINITY);
    for (let step = 1; step < calls; step += 1) {
      const { world, plan } = await playThrough(step);
      const { rows: runs } = await world.store.runs({ limit: 1 });
      // One that got to its end needs nobody to apply it again.
      const isOver = runs[0]?.outcome === "done";
      const { outcome } = isOver ? { outcome: "done" } : await world.apply(plan);
      expect([step, outcome]).toEqual([step, "done"]);
      expect([world.members(), world.groups()]).toEqual([whole.members(), whole.groups()]);
    }
  }, 60_000);
});
