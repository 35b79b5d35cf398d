import { findProfile } from "../../engine/profile.ts";
import { withProfile } from "../../engine/session.ts";
import type { Handlers } from "../contract.ts";
import { audit, runtimeOf } from "./common.ts";
import type { HandlerDependencies } from "./dependencies.ts";

/** Forgets what was read, so that the next run reads and compares everything; never while a run is going on. */
export const cacheHandlers = (dependencies: HandlerDependencies): Pick<Handlers, "cache.clear"> => ({
  "cache.clear": async ({ profile: name, wait = false }, options) => {
    const { engine } = dependencies;
    const profile = await findProfile(engine, name, true);
    await withProfile(engine, profile, { what: "clear-cache", wait, applies: false }, runtimeOf(options), () =>
      engine.store.clearCache(profile.key),
    );
    await audit(dependencies, "cache.clear", { profile: profile.name });
    return { profile: profile.name };
  },
});
