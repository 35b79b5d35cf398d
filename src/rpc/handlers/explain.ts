import { shortDigest } from "../../core/plan.ts";
import type { Explanation } from "../../core/explain.ts";
import { explainGuard } from "../../core/explain/guard.ts";
import { explainWho } from "../../engine/explain.ts";
import { findProfile } from "../../engine/profile.ts";
import type { Handlers } from "../contract.ts";
import { runtimeOf } from "./common.ts";
import type { HandlerDependencies } from "./dependencies.ts";

export const explainHandlers = ({
  engine,
}: HandlerDependencies): Pick<Handlers, "person.explain" | "guard.explain"> => ({
  "person.explain": async ({ profile: name, who, inGroup }, options) => {
    const profile = await findProfile(engine, name, false);
    return { who, ...shown(await explainWho(engine, profile, { who, inGroup }, runtimeOf(options))) };
  },

  /** From the newest run that this guard stopped, or would have: its numbers, and what to do. */
  "guard.explain": async ({ profile: name, guard }) => {
    const profile = await findProfile(engine, name, false);
    const { rows: runs } = await engine.store.runs({ profile: profile.key, limit: 50 });
    for (const run of runs) {
      const hit = run.guards?.find((one) => one.code === guard);
      if (hit === undefined) continue;
      const at = new Date(run.startedAt).toISOString();
      const digest = run.header === undefined ? "" : shortDigest(run.header.digest);
      return shown(
        explainGuard({ code: guard, profile: profile.name, hit: { run: run.id, at, digest, params: hit.params } }),
      );
    }
    return shown(explainGuard({ code: guard, profile: profile.name }));
  },
});

const shown = ({ headline, lines }: Explanation) => ({ headline: { ...headline }, lines: [...lines] });
