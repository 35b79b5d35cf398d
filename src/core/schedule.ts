import { faultKinds, type FaultCode } from "./fault.ts";

/** Polling of one profile as it is kept: it is on while this exists. Times are milliseconds since 1970. */
export interface Schedule {
  readonly since: number;
  /** Who started it. */
  readonly by: string;
  /** When the next run is due. */
  readonly next: number;
  /** The time between two runs that `next` was reckoned with. */
  readonly every: number;
  /** Runs in a row that did not come to their end. */
  readonly failures: number;
  readonly last?: LastTry;
}

/** How the newest run of a schedule went. */
export interface LastTry {
  readonly started: number;
  readonly ended: number;
  readonly run?: number;
  readonly fault?: { readonly code: string; readonly params: Readonly<Record<string, unknown>> };
}

/** What decides, beside the schedule itself. */
export interface ScheduleFacts {
  readonly now: number;
  /** The time between two runs, as the settings have it now. */
  readonly every: number;
  /** Somebody paused the profile. */
  readonly paused: boolean;
  /** When the profile's last good run was, whoever did it. */
  readonly lastGoodRun: number | undefined;
}

const minute = 60_000;
/** More often is no use to anybody, and a burden to both ends. */
export const shortestInterval = 5 * minute;
const day = 24 * 60 * minute;
/** The longest pause after failures that may pass by themselves, unless the interval is longer. */
const longestRetry = 4 * 60 * minute;

/** Polling from now on: the first run is due at once. */
export const startSchedule = (now: number, by: string, every: number): Schedule => ({
  since: now,
  by,
  next: now,
  every,
  failures: 0,
});

/**
 * Whether a run is due, how long it is until then at most (`wait`, milliseconds; `next` is the moment), or what has to be
 * settled by somebody first: a guard that stopped the last run, until a good one by hand; a pause, until it ends. After a
 * long sleep one run is due, never several; a clock that was set back makes nobody wait longer than the interval.
 */
export const isDue = (
  schedule: Schedule,
  facts: ScheduleFacts,
):
  | { readonly is: "due" }
  | { readonly is: "waiting"; readonly next: number }
  | { readonly is: "stopped"; readonly by: "guard" | "pause" } => {
  if (facts.paused) return { is: "stopped", by: "pause" };
  const { last } = schedule;
  const isStopped = stopsSchedule(last);
  const settled = facts.lastGoodRun ?? Number.NEGATIVE_INFINITY;
  if (isStopped && settled <= (last?.ended ?? 0)) return { is: "stopped", by: "guard" };
  const next = isStopped ? settled + facts.every : nextOf(schedule, facts);
  return facts.now >= next ? { is: "due" } : { is: "waiting", next };
};

/** The schedule after a run that ended, or that found somebody else at work. */
export const afterTry = (schedule: Schedule, tried: LastTry, every: number): Schedule => {
  const code = tried.fault?.code;
  const isSkipped = code === "lease.held" || code === "store.busy";
  const isGood = code === undefined || code === "run.interrupted" || stopsSchedule(tried);
  const failures = isGood ? 0 : isSkipped ? schedule.failures : schedule.failures + 1;
  const pause = isSkipped
    ? Math.min(every, shortestInterval)
    : failures === 0
      ? every
      : backOff(failures, every, isFaultCode(code) && "retry" in faultKinds[code]);
  // From its start, so that the hour stays the hour; but a run that takes longer than the interval is given a rest.
  const next = isSkipped || failures > 0 ? tried.ended + pause : Math.max(tried.started + pause, tried.ended + minute);
  return { ...schedule, every, failures, next, last: tried };
};

/** Whether somebody has to look before it goes on: a guard, or a first plan's starting point. */
export const stopsSchedule = (last: LastTry | undefined): boolean => {
  const code = last?.fault?.code;
  return isFaultCode(code) && faultKinds[code].exit === 4 && code !== "profile.paused";
};

/**
 * What may pass by itself (a server that is down) is tried again soon, then less and less often; what somebody has to
 * mend (a wrong password) at the interval, then less often too, since servers lock accounts out.
 */
const backOff = (failures: number, every: number, mayPass: boolean): number => {
  const doubled = 2 ** Math.min(failures - 1, 20);
  return mayPass
    ? Math.min(shortestInterval * doubled, Math.max(every, longestRetry))
    : Math.min(every * doubled, Math.max(every, day));
};

const nextOf = (schedule: Schedule, { now, every }: ScheduleFacts): number => {
  const { failures, last } = schedule;
  const next =
    every === schedule.every || failures > 0
      ? schedule.next
      : Math.min((last?.started ?? schedule.since) + every, now + every);
  const longest = failures === 0 ? every : Math.max(every, day);
  return next - now > longest ? now + every : next;
};

const isFaultCode = (code: string | undefined): code is FaultCode =>
  code !== undefined && Object.hasOwn(faultKinds, code);
