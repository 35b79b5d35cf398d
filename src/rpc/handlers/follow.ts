import { pauseUntil } from "../../engine/bell.ts";
import { findProfile } from "../../engine/profile.ts";
import type { Handlers } from "../contract.ts";
import type { Followed } from "../contract/runs.ts";
import { audit, isoTime } from "./common.ts";
import type { HandlerDependencies } from "./dependencies.ts";
import { summarize } from "./summary.ts";

/** How often it is looked at what others do, in milliseconds. */
const look = 400;

/** Runs as the store shows them: a window may be closed and opened again, and sees what the command line does. */
export const followHandlers = (dependencies: HandlerDependencies): Pick<Handlers, "runs.follow" | "runs.cancel"> => {
  const { engine, bell } = dependencies;
  return {
    "runs.follow": async ({ profile: name }, { signal, onProgress }) => {
      let told = "";
      while (!signal.aborted) {
        const followed = await followedNow(dependencies, name);
        const text = JSON.stringify(followed);
        if (text !== told) onProgress({ followed });
        told = text;
        await pauseUntil(engine.clock, look, bell.rung(), signal);
      }
      return {};
    },

    "runs.cancel": async ({ profile: name }) => {
      const profile = await findProfile(engine, name, false);
      const asked = await engine.store.askToStop(`profile:${profile.config.id}`);
      if (asked) await audit(dependencies, "run.cancel", { profile: profile.name });
      return { asked };
    },
  };
};

const followedNow = async ({ engine }: HandlerDependencies, name: string | undefined): Promise<Followed> => {
  const profile = await findProfile(engine, name, false);
  const { store, clock, limits } = engine;
  const holder = await store.holder(`profile:${profile.config.id}`, clock.now(), limits.stale);
  const [run] = (await store.runs({ profile: profile.key, limit: 1 })).rows;
  return {
    profile: profile.name,
    ...(holder === undefined
      ? {}
      : {
          busy: {
            what: holder.what,
            who: holder.who,
            host: holder.host,
            pid: holder.pid,
            since: isoTime(holder.since),
          },
        }),
    ...(holder?.progress === undefined ? {} : { progress: { ...holder.progress } }),
    ...(run === undefined ? {} : { run: summarize(run, profile) }),
  };
};
