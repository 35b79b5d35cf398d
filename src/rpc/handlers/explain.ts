import { explainWho } from "../../engine/explain.ts";
import { findProfile } from "../../engine/profile.ts";
import type { Handlers } from "../contract.ts";
import { runtimeOf } from "./common.ts";
import type { HandlerDependencies } from "./dependencies.ts";

export const explainHandlers = ({
  engine,
}: HandlerDependencies): Pick<Handlers, "person.explain" | "guard.explain"> => ({
  "person.explain": async ({ profile: name, who }, options) => {
    const profile = await findProfile(engine, name, false);
    const { headline, lines } = await explainWho(engine, profile, who, runtimeOf(options));
    return { who, headline: { ...headline }, lines: [...lines] };
  },

  /** From the newest run that this guard stopped, or would have: its numbers, and what to do. */
  "guard.explain": async ({ profile: name, guard }) => {
    const profile = await findProfile(engine, name, false);
    const { rows: runs } = await engine.store.runs({ profile: profile.key, limit: 50 });
    for (const run of runs) {
      const hit = run.guards?.find((one) => one.code === guard);
      if (hit === undefined) continue;
      const params = { ...hit.params, profile: profile.name, digest: run.header?.digest.slice(0, 8) ?? "" };
      return {
        headline: {
          code: "headline.guard",
          params: { guard: guard.replace("guard.", ""), run: run.id, at: new Date(run.startedAt).toISOString() },
        },
        lines: [
          { label: "why", code: guard, params },
          { label: "remedy", code: "line.remedy.guard", params },
        ],
      };
    }
    return { headline: { code: "headline.guard_quiet", params: { guard: guard.replace("guard.", "") } }, lines: [] };
  },
});
