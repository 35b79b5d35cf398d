import type { ScheduleShape } from "../../src/rpc/contract/schedule.ts";

/** How it goes, for the tray: a key of the words with its values. */
export interface Status {
  readonly key: string;
  readonly params: Readonly<Record<string, string | number>>;
  /** Something synchronises by itself as long as the program is open. */
  readonly polling: boolean;
}

/** What somebody who does not look at the window has to know: a profile's polling stopped, or its run failed. */
export interface Notice {
  readonly key: "ui.notify.stopped" | "ui.notify.failed";
  readonly profile: string;
  readonly code: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** The line for the tray: what needs somebody first, then what happens now, then what comes next. */
export const statusOf = (schedules: readonly ScheduleShape[]): Status => {
  const polled = schedules.filter(({ on }) => on);
  const polling = polled.length > 0;
  const stopped = polled.find((one) => one.stopped !== undefined);
  if (stopped !== undefined) return { key: "ui.tray.stopped", params: { profile: stopped.profile }, polling };
  const busy = schedules.find((one) => one.busy !== undefined);
  if (busy !== undefined) return { key: "ui.tray.busy", params: { profile: busy.profile }, polling };
  const next = polled.flatMap((one) => (one.next === undefined ? [] : [one.next])).toSorted()[0];
  const failing = polled.find(({ failures }) => failures > 0);
  if (failing !== undefined)
    return { key: "ui.tray.failing", params: { profile: failing.profile, next: failing.next ?? "" }, polling };
  if (!polling) return { key: "ui.tray.off", params: {}, polling };
  return next === undefined
    ? { key: "ui.tray.on", params: {}, polling }
    : { key: "ui.tray.next", params: { next }, polling };
};

/**
 * What became worse between two tellings: each stop once, and the first of several failures in a row. Nothing for what was
 * so when the window began to listen: the page itself shows that.
 */
export const noticesOf = (before: readonly ScheduleShape[], now: readonly ScheduleShape[]): Notice[] =>
  now.flatMap((one): Notice[] => {
    const earlier = before.find(({ profile }) => profile === one.profile);
    if (earlier === undefined || !one.on) return [];
    if (one.stopped !== undefined && earlier.stopped?.code !== one.stopped.code)
      return one.stopped.code === "profile.paused"
        ? []
        : [{ key: "ui.notify.stopped", profile: one.profile, ...one.stopped }];
    const fault = one.last?.fault;
    const isNew = earlier.failures === 0 && one.failures > 0;
    return isNew && fault !== undefined ? [{ key: "ui.notify.failed", profile: one.profile, ...fault }] : [];
  });
