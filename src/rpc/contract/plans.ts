import { z } from "zod";
import { Draft } from "./draft.ts";
import { profile } from "./parts.ts";
import { RunSummary } from "./run-shapes.ts";

const baseline = {
  baseline: z.enum(["record", "send"]).optional().describe("How to start where the organization cannot be read"),
  sameIds: z.boolean().optional().describe("With record: what is there was sent under the ids this profile uses"),
};

/** Plans: made, written, applied; and a sync, which is all of it. */
export const planCalls = {
  "plan.create": {
    input: z.object({
      profile,
      kind: z.enum(["plan", "test"]),
      full: z.boolean().optional(),
      wait: z.boolean().optional(),
      /** Unsaved settings: what they would lead to. Such a plan is looked at, never applied, and nothing else of it is kept. */
      draft: Draft.optional(),
      ...baseline,
    }),
    output: RunSummary,
    progress: true,
  },
  /** The whole plan as JSON Lines, as a file has it, in pieces of text to be joined; `next` is absent after the last. */
  "plan.text": {
    input: z.object({ run: z.int(), cursor: z.string().optional(), redact: z.boolean().optional() }),
    output: z.object({ text: z.string(), next: z.string().optional() }),
  },
  "plan.write": {
    input: z.object({ run: z.int(), path: z.string(), redact: z.boolean().optional() }),
    output: z.object({ path: z.string(), rows: z.int(), digest: z.string() }),
  },
  "plan.apply": {
    input: z.object({ profile, path: z.string(), wait: z.boolean().optional() }),
    output: RunSummary,
    progress: true,
  },
  "sync.run": {
    input: z.object({
      profile,
      accept: z.string().optional(),
      ...baseline,
      full: z.boolean().optional(),
      wait: z.boolean().optional(),
    }),
    output: RunSummary,
    progress: true,
  },
} as const;
