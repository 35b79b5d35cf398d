import { z } from "zod";
import { NoteLine } from "../../core/plan-schema.ts";
import { PersonSummary } from "./directory.ts";
import { page, pageOf } from "./parts.ts";
import { ShownRow } from "./run-shapes.ts";

/** Parts of a plan as people read it, in that order: who loses access comes first. */
export const planSections = [
  "loses-access",
  "invited",
  "changed",
  "groups",
  "memberships",
  "adopted",
  "proposals",
  "strangers",
  "left-out",
  "protected",
  "notes",
  "unchanged",
] as const;
export const PlanSection = z.enum(planSections);
export type PlanSection = z.infer<typeof PlanSection>;

/** An entry of a section: a row of the plan, a note about somebody, or somebody for whom nothing changes. */
export const PlanEntry = z.union([
  z.object({ change: ShownRow }),
  z.object({ note: NoteLine }),
  z.object({ person: PersonSummary }),
]);
export type PlanEntry = z.infer<typeof PlanEntry>;

/** A recorded plan as a list to scroll and search through. */
export const planListCalls = {
  /**
   * How many entries each section has, those without any left out. With a search `total` counts what fits it, `all` everything.
   * Only of the plan of the last read the unchanged people can be listed.
   */
  "plan.summary": {
    input: z.object({ run: z.int(), search: z.string().optional() }),
    output: z.object({
      sections: z.array(z.object({ section: PlanSection, total: z.int(), all: z.int(), listed: z.boolean() })),
      /** What became of its rows, by action: `revoke` → `done` → 2. */
      states: z.record(z.string(), z.record(z.string(), z.int())),
    }),
  },
  /** A part of one section; the cursor is a position in it, so that any part can be asked for. */
  "plan.rows": {
    input: z.object({ run: z.int(), section: PlanSection, ...page }),
    output: pageOf(PlanEntry),
  },
} as const;
