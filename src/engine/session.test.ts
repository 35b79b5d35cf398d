import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createWorld, type World } from "../../tests/scenarios/world.ts";
import { faultOf } from "../../tests/fault-of.ts";
import { defaultLimits, type EngineDependencies, type Runtime } from "./dependencies.ts";
import type { Profile } from "./profile.ts";
import { withProfile, type Session } from "./session.ts";

let world: World;
let profile: Profile;
beforeEach(async () => {
  world = await createWorld({ directory: { people: ["ann"], groups: [] } });
  profile = await world.profile();
});
let heart: { beat: () => void } = { beat: () => {} };
afterEach(() => {
  heart = { beat: () => {} };
});

/** The world's engine with a heart that beats when the test says so. */
const engine = (): EngineDependencies => ({
  ...world.engine,
  clock: {
    now: () => world.now(),
    sleep: (milliseconds, signal) =>
      milliseconds === defaultLimits.heartbeat
        ? new Promise((resolve, reject) => {
            heart = { beat: resolve };
            signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
          })
        : world.engine.clock.sleep(milliseconds, signal),
  },
});
const quiet = (signal = new AbortController().signal): Runtime => ({ signal, progress: () => {}, onWait: () => {} });
const hold = (work: (session: Session) => Promise<unknown>, options = {}, runtime = quiet()): Promise<unknown> =>
  withProfile(engine(), profile, { what: "sync", wait: false, applies: true, ...options }, runtime, work);
const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });

describe("a profile's lease", () => {
  it("given somebody holds it, then the second is told who, what and since when, and holds nothing", async () => {
    await hold(async () => {
      expect(await faultOf(hold(async () => "never", { what: "apply" }))).toMatchObject({
        code: "lease.held",
        params: { subject: "main", what: "sync", who: "jan", host: "here", pid: 1 },
      });
    });
    expect(await hold(async () => "free again")).toBe("free again");
  });

  it("given the second waits, then it gets its turn when the first is done, and is told about the wait once", async () => {
    const order: string[] = [];
    const waits: unknown[] = [];
    let finish = (): void => {};
    const first = hold(async () => {
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      order.push("first");
    });
    const second = hold(
      async () => order.push("second"),
      { wait: true },
      { ...quiet(), onHeld: (held) => waits.push(held) },
    );
    while (waits.length === 0) await new Promise((resolve) => setImmediate(resolve));
    finish();
    await Promise.all([first, second]);
    expect(order).toEqual(["first", "second"]);
    expect(waits).toEqual([
      { subject: "main", what: "sync", who: "jan", host: "here", pid: 1, since: expect.any(String) },
    ]);
  });

  it("given a holder without a heartbeat, then another takes over, and the first stops by itself at its next beat", async () => {
    const fault = faultOf(
      hold(async ({ runtime }) => {
        world.pass(defaultLimits.stale + 1);
        expect(
          await world.store.acquire({
            name: `profile:${profile.config.id}`,
            holder: { what: "sync", who: "piet", host: "there", pid: 2 },
            now: world.now(),
            staleMs: defaultLimits.stale,
          }),
        ).toHaveProperty("fence");
        heart.beat();
        await aborted(runtime.signal);
        throw new Error("whatever an aborted request makes of it");
      }),
    );
    expect((await fault).code).toBe("lease.lost");
  });

  it("given a holder that lost it, then its writes are refused even before it notices", async () => {
    const fault = faultOf(
      hold(async ({ lease }) => {
        world.pass(defaultLimits.stale + 1);
        const holder = { what: "sync", who: "piet", host: "there", pid: 2 };
        await world.store.acquire({ name: lease.name, holder, now: world.now(), staleMs: defaultLimits.stale });
        await world.store.saveState(profile.key, { generation: 99 }, lease);
      }),
    );
    expect((await fault).code).toBe("lease.lost");
    expect((await world.store.state(profile.key)).generation).toBe(0);
  });
});

describe("an organization's lease", () => {
  it("given a session may apply, then it is taken with the first use of the organization and given back at the end", async () => {
    const holder = () => world.store.holder(`organization:${profile.organizationId}`, world.now(), defaultLimits.stale);
    await hold(async ({ organization, leases }) => {
      expect(await holder()).toBeUndefined();
      expect(leases()).toHaveLength(1);
      await organization();
      expect(await holder()).toMatchObject({ what: "sync", who: "jan" });
      expect(leases()).toHaveLength(2);
    });
    expect(await holder()).toBeUndefined();
  });

  it("given a session only looks, then it is not taken", async () => {
    await hold(
      async ({ organization }) => {
        await organization();
        const name = `organization:${profile.organizationId}`;
        expect(await world.store.holder(name, world.now(), defaultLimits.stale)).toBeUndefined();
      },
      { applies: false },
    );
  });
});

describe("an interruption", () => {
  it("given the run's signal is aborted, then run.interrupted, whatever the work makes of it, and the lease is free", async () => {
    const stop = new AbortController();
    const fault = faultOf(
      hold(
        async ({ runtime }) => {
          stop.abort();
          await aborted(runtime.signal);
          throw new TypeError("fetch failed");
        },
        {},
        quiet(stop.signal),
      ),
    );
    expect((await fault).code).toBe("run.interrupted");
    expect(await hold(async () => "free")).toBe("free");
  });

  it("given it was aborted before, then nothing is begun", async () => {
    let begun = false;
    const work = async (): Promise<void> => {
      begun = true;
    };
    expect((await faultOf(hold(work, {}, quiet(AbortSignal.abort())))).code).toBe("run.interrupted");
    expect(begun).toBe(false);
  });
});
