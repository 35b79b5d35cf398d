import { afterTry, isDue, shortestInterval, startSchedule, type LastTry, type Schedule } from "../core/schedule.ts";
import { Fault, isFault } from "../core/fault.ts";
import type { Lease, LeaseHolder, ProfileState } from "../store/store.ts";
import type { EngineDependencies } from "./dependencies.ts";
import { pauseUntil } from "./bell.ts";
import { holdLease } from "./lease.ts";
import { describeProfile, durationMs, findProfile, type Profile } from "./profile.ts";

/** A profile's polling as faces show it. Times are milliseconds since 1970. */
export interface ScheduleView {
  readonly profile: string;
  readonly on: boolean;
  /** The time between two runs, in milliseconds. */
  readonly every: number;
  readonly since?: number;
  readonly by?: string;
  /** Absent while it is off, stopped, or nobody is there to do it. */
  readonly next?: number;
  readonly failures: number;
  readonly last?: LastTry;
  /** What has to be settled first. */
  readonly stopped?: { readonly code: string; readonly params: Readonly<Record<string, unknown>> };
  /** Whoever works on the profile now, scheduled or not. */
  readonly busy?: LeaseHolder;
  /** Whoever runs what is due: an open window, or `serve`. */
  readonly driver?: LeaseHolder;
}

/** One process a home runs what is due; the others stand by. */
const driverLease = "schedule";

/** Starts polling: the first run is due at once, whatever happened before. */
export const turnOn = async (dependencies: EngineDependencies, name: string | undefined): Promise<Profile> => {
  const { store, clock, actor } = dependencies;
  const profile = await findProfile(dependencies, name, true);
  await store.saveState(profile.key, { schedule: startSchedule(clock.now(), actor.who, intervalOf(profile)) });
  return profile;
};

/** Ends polling; a run of its own that is going on is stopped by whoever drives it. */
export const turnOff = async (dependencies: EngineDependencies, name: string | undefined): Promise<Profile> => {
  const profile = await findProfile(dependencies, name, true);
  await dependencies.store.saveState(profile.key, { schedule: undefined });
  return profile;
};

/** The polling of one profile. */
export const viewSchedule = async (dependencies: EngineDependencies, profile: Profile): Promise<ScheduleView> => {
  const { store, clock, limits } = dependencies;
  const now = clock.now();
  const [state, busy, driver] = await Promise.all([
    store.state(profile.key),
    store.holder(`profile:${profile.config.id}`, now, limits.stale),
    store.holder(driverLease, now, limits.stale),
  ]);
  const { schedule } = state;
  const view = {
    profile: profile.name,
    every: intervalOf(profile),
    ...(busy === undefined ? {} : { busy }),
    ...(driver === undefined ? {} : { driver }),
  };
  if (schedule === undefined) return { ...view, on: false, failures: 0 };
  const due = isDue(schedule, factsOf(profile, state, now));
  const stopped = due.is === "stopped" ? reasonOf(due.by, profile, state) : undefined;
  const { since, by, failures, last } = schedule;
  return {
    ...view,
    on: true,
    since,
    by,
    failures,
    ...(last === undefined ? {} : { last }),
    ...(stopped === undefined ? {} : { stopped }),
    ...(due.is === "stopped" || driver === undefined ? {} : { next: due.is === "due" ? now : due.next }),
  };
};

/** The polling of every profile that can be used. */
export const viewSchedules = async (dependencies: EngineDependencies): Promise<readonly ScheduleView[]> =>
  Promise.all((await usableProfiles(dependencies)).map((profile) => viewSchedule(dependencies, profile)));

export interface DriverOptions {
  /** Runs a profile once, as a person would; what stops it is thrown or told as `fault`. */
  readonly run: (
    profile: string,
    signal: AbortSignal,
  ) => Promise<{ readonly run: number; readonly fault?: LastTry["fault"] | undefined }>;
  /** Settles when something may have changed in this process; what others change is seen by looking. */
  readonly changed: () => Promise<void>;
  readonly signal: AbortSignal;
}

/** How many profiles run at once; each run has a thread and a directory's answers in memory. */
const most = 2;

/**
 * Runs what is due until `signal` aborts, then stops what runs and waits for it. Where another process does so already it
 * stands by, and takes over when that one ends. Never throws: what goes wrong is logged, and tried again.
 */
export const driveSchedules = async (dependencies: EngineDependencies, options: DriverOptions): Promise<void> => {
  const { log, limits } = dependencies;
  while (!options.signal.aborted) {
    const stop = new AbortController();
    const end = (): void => stop.abort(options.signal.reason);
    options.signal.addEventListener("abort", end, { once: true });
    try {
      await using held = await holdLease(
        { ...dependencies, limits: { ...limits, leasePoll: limits.scheduleLook } },
        { name: driverLease, what: driverLease, subject: driverLease, waitMs: Number.MAX_SAFE_INTEGER },
        stop,
      );
      await drive(dependencies, { ...options, signal: stop.signal }, held.lease);
    } catch (error) {
      if (!options.signal.aborted) {
        log.warn("the schedule was interrupted", { reason: String(error) });
        await pause(dependencies, options);
      }
    } finally {
      options.signal.removeEventListener("abort", end);
    }
  }
};

/** Until the signal aborts: looks, runs, looks again. */
const drive = async (dependencies: EngineDependencies, options: DriverOptions, lease: Lease): Promise<void> => {
  const running = new Map<
    string,
    { readonly stop: AbortController; readonly since: number; readonly ended: Promise<void> }
  >();
  try {
    while (!options.signal.aborted) {
      // After a sleep another may have taken over, before any heartbeat could tell.
      await lease.check();
      const wanted = new Map((await scheduled(dependencies)).map((one) => [one.profile.config.id, one]));
      for (const [id, { stop, since }] of running)
        if (wanted.get(id)?.schedule.since !== since) stop.abort(new Fault("run.interrupted", {}));
      for (const [id, { profile, schedule, state }] of wanted) {
        if (running.size >= most || running.has(id)) continue;
        if (isDue(schedule, factsOf(profile, state, dependencies.clock.now())).is !== "due") continue;
        const stop = new AbortController();
        const ended = tryOnce(dependencies, options, profile, stop.signal).finally(() => running.delete(id));
        running.set(id, { stop, since: schedule.since, ended });
      }
      await Promise.race([pause(dependencies, options), ...[...running.values()].map(({ ended }) => ended)]);
    }
  } finally {
    for (const { stop } of running.values()) stop.abort(options.signal.reason);
    await Promise.all([...running.values()].map(({ ended }) => ended));
  }
};

/** One run of a profile, and when the next is due; nothing is kept of one that was stopped with its schedule. */
const tryOnce = async (
  dependencies: EngineDependencies,
  { run }: DriverOptions,
  profile: Profile,
  signal: AbortSignal,
): Promise<void> => {
  const { store, clock, log, redact } = dependencies;
  const started = clock.now();
  const outcome = await run(profile.name, signal).catch((error: unknown) => ({
    fault: isFault(error)
      ? { code: error.code, params: error.params }
      : { code: "internal.defect", params: { reason: redact(String(error)) } },
  }));
  try {
    const { schedule } = await store.state(profile.key);
    if (signal.aborted || schedule === undefined) return;
    const { fault } = outcome;
    const tried: LastTry = {
      started,
      ended: clock.now(),
      ...("run" in outcome ? { run: outcome.run } : {}),
      ...(fault === undefined ? {} : { fault: { code: fault.code, params: fault.params } }),
    };
    await store.saveState(profile.key, { schedule: afterTry(schedule, tried, intervalOf(profile)) });
  } catch (error) {
    log.warn("what a scheduled run led to could not be kept", { profile: profile.name, reason: redact(String(error)) });
  }
};

interface Scheduled {
  readonly profile: Profile;
  readonly schedule: Schedule;
  readonly state: ProfileState;
}

/** Every profile that is polled, whoever waits longest first. */
const scheduled = async (dependencies: EngineDependencies): Promise<Scheduled[]> => {
  const found = await Promise.all(
    (await usableProfiles(dependencies)).map(async (profile) => {
      const state = await dependencies.store.state(profile.key);
      return state.schedule === undefined ? [] : [{ profile, schedule: state.schedule, state }];
    }),
  );
  return found.flat().sort((one, other) => one.schedule.next - other.schedule.next);
};

/** A broken profile, or one without its organization, stops nobody else. */
const usableProfiles = async ({ configuration }: EngineDependencies): Promise<Profile[]> => {
  const { config } = await configuration();
  return Object.entries(config.profiles).flatMap(([name, profile]) =>
    config.organizations[profile.organization] === undefined ? [] : [describeProfile(config, name, profile)],
  );
};

const pause = ({ clock, limits }: EngineDependencies, { changed, signal }: DriverOptions): Promise<void> =>
  pauseUntil(clock, limits.scheduleLook, changed(), signal);

const intervalOf = ({ config }: Profile): number => Math.max(shortestInterval, durationMs(config.schedule.every));

const factsOf = (profile: Profile, { paused, lastGoodRun }: ProfileState, now: number) => ({
  now,
  every: intervalOf(profile),
  paused: paused !== undefined,
  lastGoodRun,
});

const reasonOf = (by: "guard" | "pause", { name }: Profile, { paused, schedule }: ProfileState) =>
  by === "pause" && paused !== undefined
    ? {
        code: "profile.paused",
        params: { name, since: new Date(paused.at).toISOString(), by: paused.by, why: paused.why },
      }
    : schedule?.last?.fault;
