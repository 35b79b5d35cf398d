import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { afterTry, isDue, shortestInterval, startSchedule, type LastTry, type Schedule } from "./schedule.ts";

const minute = 60_000;
const hour = 60 * minute;
const noon = Date.parse("2026-11-25T12:00:00Z");
const started = startSchedule(noon, "jan", hour);

const facts = (now: number, more: Partial<Parameters<typeof isDue>[1]> = {}) => ({
  now,
  every: hour,
  paused: false,
  lastGoodRun: undefined,
  ...more,
});
const good = (at: number, seconds = 10): LastTry => ({ started: at, ended: at + seconds * 1_000, run: 1 });
const failed = (at: number, code: string): LastTry => ({ ...good(at), fault: { code, params: {} } });

describe("polling", () => {
  it("is due at once when it is started, and an interval after the start of each good run", () => {
    expect(isDue(started, facts(noon))).toEqual({ is: "due" });
    const then = afterTry(started, good(noon, 300), hour);
    expect(isDue(then, facts(noon + 301_000))).toEqual({ is: "waiting", next: noon + hour });
    expect(isDue(then, facts(noon + hour))).toEqual({ is: "due" });
  });

  it("given a run longer than the interval, then the next has a minute's rest before it", () => {
    const then = afterTry(started, good(noon, 2 * 3600), hour);
    expect(then.next).toBe(noon + 2 * hour + minute);
  });

  it("given a night's sleep, then one run is due, not one an hour", () => {
    const morning = noon + 20 * hour;
    const asleep = afterTry(started, good(noon), hour);
    expect(isDue(asleep, facts(morning))).toEqual({ is: "due" });
    const awake = afterTry(asleep, good(morning), hour);
    expect(isDue(awake, facts(morning + minute))).toEqual({ is: "waiting", next: morning + hour });
  });

  it("given a clock that was set back by a year, then an interval at most, and not again at once", () => {
    const then = afterTry(started, good(noon), hour);
    const back = noon - 365 * 24 * hour;
    expect(isDue(then, facts(back))).toEqual({ is: "waiting", next: back + hour });
  });

  it("given another interval, then it counts from the last run, whether it is longer or shorter", () => {
    const then = afterTry(started, good(noon), hour);
    const later = noon + 10 * minute;
    expect(isDue(then, facts(later, { every: 5 * minute }))).toEqual({ is: "due" });
    expect(isDue(then, facts(later, { every: 30 * minute }))).toEqual({ is: "waiting", next: noon + 30 * minute });
    expect(isDue(then, facts(later, { every: 3 * hour }))).toEqual({ is: "waiting", next: noon + 3 * hour });
  });

  it("given a server that is down, then soon, and less and less often, up to four hours; a good run ends that", () => {
    const pauses: number[] = [];
    let now = noon;
    let then = started;
    for (let count = 0; count < 8; count += 1) {
      then = afterTry(then, failed(now, "directory.unreachable"), hour);
      pauses.push((then.next - (then.last?.ended ?? 0)) / minute);
      now = then.next;
    }
    expect(pauses).toEqual([5, 10, 20, 40, 80, 160, 240, 240]);
    expect(afterTry(then, good(now), hour)).toMatchObject({ failures: 0, next: now + hour });
  });

  it("given what somebody has to mend, then never before the interval, and less and less often, up to a day", () => {
    const pauses: number[] = [];
    let now = noon;
    let then = started;
    for (let count = 0; count < 7; count += 1) {
      then = afterTry(then, failed(now, "directory.auth_failed"), hour);
      pauses.push((then.next - (then.last?.ended ?? 0)) / hour);
      now = then.next;
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 24, 24]);
  });

  it("given somebody else at work, then it is tried soon and counts as no failure", () => {
    const once = afterTry(started, failed(noon, "directory.unreachable"), hour);
    const then = afterTry(once, failed(noon + hour, "lease.held"), hour);
    expect(then.failures).toBe(1);
    expect(then.next - (then.last?.ended ?? 0)).toBe(5 * minute);
  });

  it("given a guard, then it stops until somebody's good run, and goes on an interval after that", () => {
    const stopped = afterTry(started, failed(noon, "guard.access-lost"), hour);
    for (const after of [hour, 24 * hour, 365 * 24 * hour])
      expect(isDue(stopped, facts(noon + after))).toEqual({ is: "stopped", by: "guard" });
    expect(isDue(stopped, facts(noon + hour, { lastGoodRun: noon - hour }))).toEqual({ is: "stopped", by: "guard" });
    const mended = noon + 3 * hour;
    expect(isDue(stopped, facts(mended + minute, { lastGoodRun: mended }))).toEqual({
      is: "waiting",
      next: mended + hour,
    });
    expect(isDue(stopped, facts(mended + hour, { lastGoodRun: mended }))).toEqual({ is: "due" });
  });

  it("given a pause, then it stops until that ends, also when a run met it", () => {
    const met = afterTry(started, failed(noon, "profile.paused"), hour);
    for (const schedule of [started, met]) {
      expect(isDue(schedule, facts(noon + 9 * hour, { paused: true }))).toEqual({ is: "stopped", by: "pause" });
      expect(isDue(schedule, facts(noon + 9 * hour))).toEqual({ is: "due" });
    }
  });

  it("given any history, then whatever is tried is never tried again within the shortest interval or a run's rest", () => {
    const outcome = fc.constantFrom(
      undefined,
      "directory.unreachable",
      "directory.auth_failed",
      "lease.held",
      "internal.defect",
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(outcome, fc.integer({ min: 0, max: 7_200 }), fc.integer({ min: -hour, max: 48 * hour })), {
          maxLength: 30,
        }),
        fc.integer({ min: 5, max: 1_440 }),
        (tries, minutes) => {
          const every = minutes * minute;
          let now = noon;
          let then: Schedule = startSchedule(now, "jan", every);
          for (const [code, seconds, jump] of tries) {
            const tried =
              code === undefined ? good(now, seconds) : { ...failed(now, code), ended: now + seconds * 1_000 };
            then = afterTry(then, tried, every);
            const rest = code === undefined ? Math.min(every - seconds * 1_000, minute) : shortestInterval;
            expect(then.next - tried.ended).toBeGreaterThanOrEqual(Math.min(rest, minute));
            const due = isDue(then, facts(tried.ended + jump, { every }));
            expect(due.is).not.toBe("stopped");
            now = Math.max(then.next, tried.ended + jump);
          }
        },
      ),
    );
  });
});
