import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Config } from "../config/schema.ts";
import { Fault, type FaultCode } from "../core/fault.ts";
import { openSqliteStore } from "../store/sqlite/index.ts";
import type { Store } from "../store/store.ts";
import { createBell, type Bell } from "./bell.ts";
import { defaultLimits, type EngineDependencies } from "./dependencies.ts";
import { findProfile } from "./profile.ts";
import { driveSchedules, turnOff, turnOn, viewSchedule } from "./schedule.ts";

const minute = 60_000;
const hour = 60 * minute;

let folder: string;
let store: Store;
let time: ReturnType<typeof createTime>;
let driver: ReturnType<typeof startDriver> | undefined;
let every: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "schedule-"));
  store = await openSqliteStore({ path: join(folder, "state.db"), version: "1.0.0" });
  time = createTime();
  every = "60m";
});
afterEach(async () => {
  await driver?.end();
  driver = undefined;
  await store[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** Time that passes when the test says so; whoever sleeps wakes up when it has passed. */
const createTime = () => {
  let now = Date.parse("2026-11-25T12:00:00Z");
  const sleepers = new Set<{ readonly until: number; readonly wake: () => void }>();
  return {
    now: () => now,
    sleep: (milliseconds: number, signal?: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        if (signal?.aborted === true) return reject(signal.reason);
        const sleeper = { until: now + milliseconds, wake: resolve };
        sleepers.add(sleeper);
        signal?.addEventListener("abort", () => {
          sleepers.delete(sleeper);
          reject(signal.reason);
        });
      }),
    /** Whoever sleeps wakes on time; with `jump` all at once, as after a computer slept. */
    pass: async (milliseconds: number, jump = false): Promise<void> => {
      const until = now + milliseconds;
      while (now < until) {
        const next = Math.min(until, ...[...sleepers].map((sleeper) => sleeper.until));
        now = jump ? until : Math.max(now + 1, next);
        for (const sleeper of sleepers)
          if (sleeper.until <= now) {
            sleepers.delete(sleeper);
            sleeper.wake();
          }
        await settle();
      }
    },
  };
};

/** Until what is under way in this process has come to rest; the store answers within a few turns. */
const settle = (): Promise<void> => delay(3);

const config = (): Config =>
  Config.parse({
    version: 1,
    organizations: {
      acme: {
        server: "http://127.0.0.1:1",
        clientId: `organization.${"1".repeat(8)}-0000-4000-8000-${"2".repeat(12)}`,
        clientSecret: { env: "X" },
      },
    },
    profiles: Object.fromEntries(
      ["main", "other", "third"].map((name, index) => [
        name,
        {
          id: `0000000${index}-0000-4000-8000-000000000000`,
          organization: "acme",
          directory: { kind: "file", path: "people.json" },
          schedule: { every },
        },
      ]),
    ),
  });

const dependencies = (pid = 1): EngineDependencies => ({
  store,
  configuration: async () => ({ config: config(), broken: new Map() }),
  openDirectory: () => Promise.reject(new Error("no directory here")),
  openOrganization: () => Promise.reject(new Error("no organization here")),
  clock: time,
  log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
  actor: { who: "jan", host: "here", pid },
  // Whoever looks seldom makes a day short.
  limits: { ...defaultLimits, scheduleLook: minute, heartbeat: 6 * hour, stale: 48 * hour },
  redact: (text) => text,
});

/** A window: runs what is due by `work`, which the test may replace. */
const startDriver = (pid = 1) => {
  const stop = new AbortController();
  const runs: string[] = [];
  const bell: Bell = createBell();
  const self = {
    runs,
    bell,
    work: async (_signal: AbortSignal): Promise<FaultCode | undefined> => undefined,
    end: async (): Promise<void> => {
      stop.abort(new Fault("run.interrupted", {}));
      await done;
    },
  };
  const done = driveSchedules(dependencies(pid), {
    signal: stop.signal,
    changed: bell.rung,
    run: async (profile, signal) => {
      runs.push(`${profile} ${new Date(time.now()).toISOString().slice(11, 16)}`);
      const code = await self.work(signal);
      return { run: runs.length, ...(code === undefined ? {} : { fault: { code, params: { who: "cron" } } }) };
    },
  });
  return self;
};

const view = async (name = "main") => viewSchedule(dependencies(), await findProfile(dependencies(), name, false));
const start = async (name = "main"): Promise<void> => {
  await turnOn(dependencies(), name);
  driver?.bell.ring();
  await settle();
};

describe("polling while a window is open", () => {
  it("given nobody started it, then nothing runs, and nobody says when", async () => {
    driver = startDriver();
    await time.pass(5 * hour);
    expect(driver.runs).toEqual([]);
    expect(await view()).toMatchObject({ on: false, every: hour });
    expect((await view()).next).toBeUndefined();
  });

  it("given Start, then it runs at once and every hour, and says when the next is", async () => {
    driver = startDriver();
    await settle();
    await start();
    expect(driver.runs).toEqual(["main 12:00"]);
    expect(await view()).toMatchObject({ on: true, by: "jan", next: Date.parse("2026-11-25T13:00:00Z") });
    await time.pass(3 * hour + minute);
    expect(driver.runs).toEqual(["main 12:00", "main 13:00", "main 14:00", "main 15:00"]);
  });

  it("given an interval of less than five minutes, then five", async () => {
    every = "30s";
    driver = startDriver();
    await start();
    await time.pass(16 * minute);
    expect(driver.runs).toEqual(["main 12:00", "main 12:05", "main 12:10", "main 12:15"]);
    expect((await view()).every).toBe(5 * minute);
  });

  it("given the window is closed, then nothing runs; opened again, then it goes on, with one run for all it missed", async () => {
    driver = startDriver();
    await start();
    await time.pass(minute);
    await driver.end();
    expect((await view()).next).toBeUndefined();
    await time.pass(20 * hour);
    expect(driver.runs).toEqual(["main 12:00"]);
    driver = startDriver();
    await settle();
    await time.pass(90 * minute);
    expect(driver.runs).toEqual(["main 08:01", "main 09:01"]);
  });

  it("given a computer that slept through the night, then one run", async () => {
    driver = startDriver();
    await start();
    await time.pass(20 * hour, true);
    await time.pass(90 * minute);
    expect(driver.runs).toEqual(["main 12:00", "main 08:00", "main 09:00"]);
  });

  it("given Stop during a run, then that run is stopped, and nothing runs any more", async () => {
    driver = startDriver();
    let stopped = 0;
    driver.work = (signal) =>
      new Promise((_resolve, reject) =>
        signal.addEventListener("abort", () => {
          stopped += 1;
          reject(signal.reason);
        }),
      );
    await start();
    await turnOff(dependencies(), "main");
    driver.bell.ring();
    await settle();
    expect(stopped).toBe(1);
    await time.pass(5 * hour);
    expect(driver.runs).toEqual(["main 12:00"]);
    expect((await view()).on).toBe(false);
  });

  it("given Stop in another window, then the one that runs it sees it when it looks next", async () => {
    driver = startDriver();
    const stopped = Promise.withResolvers<void>();
    driver.work = (signal) =>
      new Promise((_resolve, reject) =>
        signal.addEventListener("abort", () => {
          stopped.resolve();
          reject(signal.reason);
        }),
      );
    await start();
    await turnOff(dependencies(2), "main");
    await time.pass(minute);
    await stopped.promise;
  });

  it("given a failure, then it says when the next try is, and pauses grow until one comes to its end", async () => {
    driver = startDriver();
    driver.work = async () => "directory.unreachable";
    await start();
    expect(await view()).toMatchObject({
      failures: 1,
      next: Date.parse("2026-11-25T12:05:00Z"),
      last: { fault: { code: "directory.unreachable" } },
    });
    await time.pass(20 * minute);
    expect(driver.runs).toEqual(["main 12:00", "main 12:05", "main 12:15"]);
    driver.work = async () => undefined;
    await time.pass(90 * minute);
    expect(driver.runs.slice(3)).toEqual(["main 12:35", "main 13:35"]);
    expect(await view()).toMatchObject({ failures: 0 });
  });

  it("given the command line at work, then it is skipped, says who has it, and is tried again soon", async () => {
    driver = startDriver();
    driver.work = async () => "lease.held";
    await start();
    expect(await view()).toMatchObject({
      failures: 0,
      last: { fault: { code: "lease.held", params: { who: "cron" } } },
      next: Date.parse("2026-11-25T12:05:00Z"),
    });
  });

  it("given a guard, then it stops with the reason, and goes on an hour after somebody's good run", async () => {
    driver = startDriver();
    driver.work = async () => "guard.access-lost";
    await start();
    await time.pass(5 * hour);
    expect(driver.runs).toEqual(["main 12:00"]);
    expect(await view()).toMatchObject({ on: true, stopped: { code: "guard.access-lost" } });
    expect((await view()).next).toBeUndefined();
    driver.work = async () => undefined;
    const profile = await findProfile(dependencies(), "main", false);
    await store.saveState(profile.key, { lastGoodRun: time.now() });
    await time.pass(61 * minute);
    expect(driver.runs).toEqual(["main 12:00", "main 18:00"]);
    expect((await view()).stopped).toBeUndefined();
  });

  it("given a guard, then Start tries again at once", async () => {
    driver = startDriver();
    driver.work = async () => "guard.seats";
    await start();
    await time.pass(hour);
    await start();
    expect(driver.runs).toEqual(["main 12:00", "main 13:00"]);
  });

  it("given a paused profile, then it stops with who and why, and goes on when the pause ends", async () => {
    const profile = await findProfile(dependencies(), "main", false);
    await store.saveState(profile.key, { paused: { at: time.now(), by: "eva", why: "move" } });
    driver = startDriver();
    await start();
    await time.pass(3 * hour);
    expect(driver.runs).toEqual([]);
    expect(await view()).toMatchObject({ stopped: { code: "profile.paused", params: { by: "eva", why: "move" } } });
    await store.saveState(profile.key, { paused: undefined });
    await time.pass(minute);
    expect(driver.runs).toEqual(["main 15:01"]);
  });

  it("given two windows, then one of them runs it, and the other takes over when that one ends", async () => {
    driver = startDriver(1);
    await settle();
    const second = startDriver(2);
    await start();
    await time.pass(2 * hour);
    expect(second.runs).toEqual([]);
    expect((await view()).driver).toMatchObject({ pid: 1 });
    await driver.end();
    await time.pass(hour);
    expect(driver.runs).toEqual(["main 12:00", "main 13:00", "main 14:00"]);
    expect(second.runs).toEqual(["main 15:00"]);
    driver = second;
  });

  it("given several profiles that are due, then two at once, and the third when one has ended", async () => {
    driver = startDriver();
    const gates: (() => void)[] = [];
    driver.work = () => new Promise((resolve) => gates.push(() => resolve(undefined)));
    for (const name of ["main", "other", "third"]) await turnOn(dependencies(), name);
    driver.bell.ring();
    await settle();
    expect(driver.runs).toHaveLength(2);
    gates[0]?.();
    await settle();
    expect(driver.runs).toHaveLength(3);
    for (const open of gates) open();
    await settle();
  });

  it("given an interval that is changed meanwhile, then it counts from the last run", async () => {
    driver = startDriver();
    await start();
    await time.pass(10 * minute);
    every = "15m";
    await time.pass(6 * minute);
    expect(driver.runs).toEqual(["main 12:00", "main 12:15"]);
  });

  it("given the window ends during a run, then that run is stopped, and due again when it is opened", async () => {
    driver = startDriver();
    driver.work = (signal) =>
      new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    await start();
    await driver.end();
    expect(await view()).toMatchObject({ on: true, failures: 0 });
    driver = startDriver();
    await settle();
    expect(driver.runs).toEqual(["main 12:00"]);
  });
});
