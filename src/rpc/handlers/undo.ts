import type { Profile } from "../../engine/profile.ts";
import { undoPlan } from "../../engine/undo.ts";
import type { AnswerOptions } from "../contract/shape.ts";
import type { Undo } from "../contract/undo.ts";
import { runtimeOf } from "./common.ts";
import type { HandlerDependencies } from "./dependencies.ts";
import { writePlan } from "./plans.ts";

/** Plans the reverse of a run, or of one row of it, writes that to `path` and tells how far it reaches. */
export const writeUndo = async (
  dependencies: HandlerDependencies,
  profile: Profile,
  { run, path }: { readonly run: Parameters<typeof undoPlan>[2]; readonly path: string },
  options: AnswerOptions,
): Promise<Undo> => {
  const { plan, rows } = await undoPlan(dependencies.engine, profile, run, runtimeOf(options));
  await writePlan(dependencies, plan, path);
  const reached = (reach: string): number => rows.filter((row) => row.reach === reach).length;
  return {
    path,
    digest: plan.header.digest,
    changes: plan.header.counts.changes,
    fully: reached("fully"),
    newInvitation: reached("new-invitation"),
    impossible: reached("impossible"),
    rows: rows.slice(0, 500).map(({ of, reach, because, original: { action, subject } }) => ({
      of,
      reach,
      because: because.code,
      action,
      who: subject.name ?? subject.email ?? subject.id,
    })),
  };
};
