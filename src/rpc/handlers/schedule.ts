import { pauseUntil } from "../../engine/bell.ts";
import { findProfile } from "../../engine/profile.ts";
import { turnOff, turnOn, viewSchedule, viewSchedules, type ScheduleView } from "../../engine/schedule.ts";
import type { LeaseHolder } from "../../store/store.ts";
import type { Handlers } from "../contract.ts";
import type { ScheduleShape } from "../contract/schedule.ts";
import { audit, isoTime } from "./common.ts";
import type { HandlerDependencies } from "./dependencies.ts";

/** How often what other processes did is looked at, in milliseconds. */
const look = 1_000;

export const scheduleHandlers = (
  dependencies: HandlerDependencies,
): Pick<Handlers, "schedule.get" | "schedule.set" | "schedule.follow"> => {
  const { engine, bell } = dependencies;
  return {
    "schedule.get": async ({ profile: name }) =>
      shapeOf(await viewSchedule(engine, await findProfile(engine, name, false))),

    "schedule.set": async ({ profile: name, on }) => {
      const profile = await (on ? turnOn : turnOff)(engine, name);
      await audit(dependencies, on ? "schedule.start" : "schedule.stop", { profile: profile.name });
      bell.ring();
      return shapeOf(await viewSchedule(engine, profile));
    },

    "schedule.follow": async (_input, { signal, onProgress }) => {
      let told = "";
      while (!signal.aborted) {
        const rung = bell.rung();
        const schedules = (await viewSchedules(engine)).map(shapeOf);
        const text = JSON.stringify(schedules);
        if (text !== told) onProgress({ schedules });
        told = text;
        await pauseUntil(engine.clock, look, rung, signal);
      }
      return {};
    },
  };
};

const shapeOf = ({ every, since, next, last, stopped, busy, driver, ...view }: ScheduleView): ScheduleShape => ({
  ...view,
  everyMinutes: every / 60_000,
  ...(since === undefined ? {} : { since: isoTime(since) }),
  ...(next === undefined ? {} : { next: isoTime(next) }),
  ...(last === undefined
    ? {}
    : {
        last: {
          started: isoTime(last.started),
          ended: isoTime(last.ended),
          ...(last.run === undefined ? {} : { run: last.run }),
          ...(last.fault === undefined ? {} : { fault: { code: last.fault.code, params: { ...last.fault.params } } }),
        },
      }),
  ...(stopped === undefined ? {} : { stopped: { code: stopped.code, params: { ...stopped.params } } }),
  ...(busy === undefined ? {} : { busy: holderShape(busy) }),
  ...(driver === undefined ? {} : { driver: holderShape(driver) }),
});

const holderShape = ({ what, who, host, pid, since }: LeaseHolder) => ({ what, who, host, pid, since: isoTime(since) });
