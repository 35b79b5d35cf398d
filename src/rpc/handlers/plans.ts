import { Fault } from "../../core/fault.ts";
import { parsePlan, printPlan } from "../../core/plan-file.ts";
import type { Plan } from "../../core/plan.ts";
import { applyPlan } from "../../engine/apply-plan.ts";
import type { EngineDependencies } from "../../engine/dependencies.ts";
import { planRun } from "../../engine/plan-run.ts";
import { findProfile } from "../../engine/profile.ts";
import { sync } from "../../engine/sync.ts";
import type { Handlers } from "../contract.ts";
import { reasonOf, runtimeOf } from "./common.ts";
import type { HandlerDependencies } from "./dependencies.ts";
import { draftedProfile } from "./draft.ts";
import { planPiece, recordedPlan } from "./plan-text.ts";
import { summaryOf } from "./summary.ts";

type Names = "plan.create" | "plan.text" | "plan.write" | "plan.apply" | "sync.run";

export const planHandlers = (dependencies: HandlerDependencies): Pick<Handlers, Names> => ({
  "plan.create": async ({ profile: name, kind, full = false, wait = false, draft, ...start }, options) => {
    const { engine } = dependencies;
    const drafted = draft === undefined ? undefined : await draftedProfile(dependencies, name, draft);
    const profile = drafted?.profile ?? (await findProfile(engine, name, false));
    const openDirectory: EngineDependencies["openDirectory"] =
      drafted === undefined
        ? engine.openDirectory
        : (...opening) => dependencies.openDrafted(...opening, drafted.given);
    const result = await planRun(
      { ...engine, openDirectory },
      profile,
      { kind, full, wait, unsaved: drafted !== undefined, ...start },
      runtimeOf(options),
    );
    return summaryOf(dependencies, result.run, result);
  },

  "plan.text": async ({ run, cursor, redact = false }) =>
    planPiece(await recordedPlan(dependencies, run, redact), cursor),

  "plan.write": async ({ run, path, redact = false }) => {
    const plan = await recordedPlan(dependencies, run, redact);
    await writePlan(dependencies, plan, path);
    return { path, rows: plan.rows.length, digest: plan.header.redacts ?? plan.header.digest };
  },

  "plan.apply": async ({ profile: name, path, wait = false }, options) => {
    const profile = await findProfile(dependencies.engine, name, true);
    const plan = await readPlan(dependencies, path);
    const result = await applyPlan(dependencies.engine, profile, plan, { wait }, runtimeOf(options));
    return summaryOf(dependencies, result.run, result);
  },

  "sync.run": async ({ profile: name, accept, full = false, wait = false, ...start }, options) => {
    const profile = await findProfile(dependencies.engine, name, true);
    const result = await sync(dependencies.engine, profile, { accept, full, wait, ...start }, runtimeOf(options));
    return summaryOf(dependencies, result.run, result);
  },
});

/** Fault `plan.unwritable` names the file. */
export const writePlan = async ({ files }: HandlerDependencies, plan: Plan, path: string): Promise<void> => {
  try {
    await files.write(path, printPlan(plan));
  } catch (error) {
    throw new Fault("plan.unwritable", { path, reason: reasonOf(error) }, error);
  }
};

const readPlan = async ({ files }: HandlerDependencies, path: string): Promise<Plan> => {
  try {
    return await parsePlan(files.lines(path), path);
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw new Fault("plan.damaged", { path, reason: reasonOf(error) }, error);
  }
};
