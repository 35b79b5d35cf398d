import { z } from "zod";
import { FaultShape, profile } from "./parts.ts";

const Holder = z.object({
  what: z.string(),
  who: z.string(),
  host: z.string(),
  pid: z.int(),
  since: z.iso.datetime(),
});

/** The polling of one profile. */
export const ScheduleShape = z.object({
  profile: z.string(),
  on: z.boolean(),
  /** The time between two runs. */
  everyMinutes: z.number(),
  /** Since when it is on, and who started it. */
  since: z.iso.datetime().optional(),
  by: z.string().optional(),
  /** When the next run is due; absent while off, while stopped, and where no window or `serve` is open to do it. */
  next: z.iso.datetime().optional(),
  /** Runs in a row that did not come to their end: the pauses grow with them. */
  failures: z.int(),
  /** The newest run it did; `fault` is why that did not come to its end, `lease.held` that somebody else was at work. */
  last: z
    .object({
      started: z.iso.datetime(),
      ended: z.iso.datetime(),
      run: z.int().optional(),
      fault: FaultShape.optional(),
    })
    .optional(),
  /** What keeps it until somebody settles it: the guard that stopped the last run, or `profile.paused`. */
  stopped: FaultShape.optional(),
  /** Whoever works on the profile now, scheduled or not. */
  busy: Holder.optional(),
  /** Whoever runs what is due: an open window, or `serve`. */
  driver: Holder.optional(),
});
export type ScheduleShape = z.infer<typeof ScheduleShape>;

/** Polling while a window or `serve` is open. */
export const scheduleCalls = {
  "schedule.get": { input: z.object({ profile }), output: ScheduleShape },
  /** On: the first run is due at once. Off: a run of its own that is going on is stopped. */
  "schedule.set": { input: z.object({ profile, on: z.boolean() }), output: ScheduleShape },
  /** Tells all of them, at once and whenever one changes, until it is cancelled. */
  "schedule.follow": { input: z.object({}), output: z.object({}), progress: true },
} as const;
