import { z } from "zod";
import { PlanCountsShape, PlanHeaderLine, PlanRowLine } from "../../core/plan-schema.ts";
import { FaultShape, GuardHitShape } from "./parts.ts";

/** What became of a row. */
export const RowState = z.enum(["planned", "intent", "done", "refused", "unknown", "skipped"]);

/**
 * A plan row as faces show it: people named, memberships by name where known. `add`, `remove` and `removeByEmail` hold at
 * most 50 each, so that a page keeps its size; `added` and `removed` count all of them, and `plan.text` has them all.
 */
export const ShownRow = PlanRowLine.extend({
  state: RowState.optional(),
  detail: z.string().optional(),
  added: z.int().optional(),
  removed: z.int().optional(),
  /** Names, or addresses where there is no name, of the people in `add` and `remove`, in their order. */
  addNames: z.array(z.string()).optional(),
  removeNames: z.array(z.string()).optional(),
});
export type ShownRow = z.infer<typeof ShownRow>;

/** What a headline needs of a plan or run. */
export const RunSummary = z.object({
  run: z.int(),
  kind: z.enum(["test", "plan", "apply", "sync", "undo"]),
  profile: z.string(),
  /** What the directory and the organization are called, for the first line. */
  directory: z.string(),
  organization: z.string(),
  server: z.string(),
  startedAt: z.string(),
  /** Whose process it was. */
  who: z.string().optional(),
  endedAt: z.string().optional(),
  outcome: z
    .enum(["unchanged", "planned", "done", "incomplete", "guard", "failed", "interrupted", "refused"])
    .optional(),
  header: PlanHeaderLine.optional(),
  counts: PlanCountsShape.optional(),
  /** Guards that would stop, or stopped, it. */
  guards: z.array(GuardHitShape),
  /** `done`, `refused`, `skipped`, `unknown` … rows by state; seconds of reading as `readMilliseconds`. */
  tally: z.record(z.string(), z.number()),
  fault: FaultShape.optional(),
  accepted: z.object({ by: z.string(), how: z.string() }).optional(),
  /** Whether the organization was read and compared, or only our own record of it. */
  compared: z.enum(["organization", "record"]),
  undoes: z.int().optional(),
  /** Runs that a kill or a lost connection had left open, closed by this one: what of each was surely done, and what was not. */
  recovered: z.array(z.object({ run: z.int(), done: z.int(), left: z.int() })).optional(),
});
export type RunSummary = z.infer<typeof RunSummary>;
