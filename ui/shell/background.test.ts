import { describe, expect, it } from "vitest";
import type { ScheduleShape } from "../../src/rpc/contract/schedule.ts";
import { noticesOf, statusOf } from "./background.ts";

const at = "2026-11-25T14:02:00.000Z";
const later = "2026-11-25T15:02:00.000Z";
const schedule = (parts: Partial<ScheduleShape> = {}): ScheduleShape => ({
  profile: "main",
  on: true,
  everyMinutes: 60,
  failures: 0,
  next: later,
  ...parts,
});
const guard = { code: "guard.access_lost", params: { lost: 9 } };
const failed = { failures: 1, last: { started: at, ended: at, fault: { code: "directory.unreachable", params: {} } } };
const busy = { what: "sync", who: "ann", host: "pc", pid: 1, since: at };

describe("the line in the tray", () => {
  it.each([
    ["nothing polls", [schedule({ on: false })], { key: "ui.tray.off", polling: false }],
    [
      "all is well",
      [schedule(), schedule({ profile: "two", next: at })],
      { key: "ui.tray.next", params: { next: at }, polling: true },
    ],
    ["one runs now", [schedule({ busy })], { key: "ui.tray.busy", params: { profile: "main" }, polling: true }],
    ["somebody runs one by hand", [schedule({ on: false, busy })], { key: "ui.tray.busy", polling: false }],
    [
      "one fails",
      [schedule(), schedule({ profile: "two", ...failed })],
      { key: "ui.tray.failing", params: { profile: "two" } },
    ],
    [
      "a guard stopped one while another runs",
      [schedule({ busy }), schedule({ profile: "two", stopped: guard })],
      { key: "ui.tray.stopped", params: { profile: "two" } },
    ],
    ["it is on and nothing is due", [schedule({ next: undefined })], { key: "ui.tray.on", polling: true }],
  ])("given %s, then it says that", (_what, schedules, expected) => {
    expect(statusOf(schedules)).toMatchObject(expected);
  });
});

describe("what somebody elsewhere is told", () => {
  it("given a guard stops a run, then once", () => {
    const stopped = [schedule({ stopped: guard })];
    expect(noticesOf([schedule()], stopped)).toEqual([{ key: "ui.notify.stopped", profile: "main", ...guard }]);
    expect(noticesOf(stopped, stopped)).toEqual([]);
  });

  it("given several failures in a row, then the first only, and again after it was well in between", () => {
    expect(noticesOf([schedule()], [schedule(failed)])).toMatchObject([
      { key: "ui.notify.failed", code: "directory.unreachable" },
    ]);
    expect(noticesOf([schedule(failed)], [schedule({ ...failed, failures: 2 })])).toEqual([]);
  });

  it("given it was so before, or nothing polls, or somebody paused it, then nothing", () => {
    expect(noticesOf([], [schedule({ stopped: guard })])).toEqual([]);
    expect(noticesOf([schedule({ on: false })], [schedule({ on: false, stopped: guard })])).toEqual([]);
    expect(noticesOf([schedule()], [schedule({ stopped: { code: "profile.paused", params: {} } })])).toEqual([]);
  });
});
