import { z } from "zod";
import { NoteLine } from "../../core/plan-schema.ts";
import { page, pageOf, profile } from "./parts.ts";
import { RunSummary, ShownRow } from "./run-shapes.ts";
import { Undo } from "./undo.ts";

/** What was recorded. */
export const runCalls = {
  "runs.list": {
    input: z.object({
      profile,
      changedOnly: z.boolean().optional(),
      cursor: z.int().optional(),
      limit: z.int().min(1).max(100).optional(),
    }),
    output: pageOf(RunSummary),
  },
  "runs.get": { input: z.object({ run: z.int() }), output: RunSummary },
  "runs.changes": {
    input: z.object({
      run: z.int(),
      actions: z.array(z.string()).optional(),
      states: z.array(z.string()).optional(),
      ...page,
    }),
    output: pageOf(ShownRow),
  },
  "runs.notes": { input: z.object({ run: z.int(), ...page }), output: pageOf(NoteLine) },
  "runs.undo": { input: z.object({ profile, run: z.int(), path: z.string() }), output: Undo },
  /** For a chart: by day (`2026-11-25`, of the engine's computer), where something ran that day. */
  "runs.numbers": {
    input: z.object({ profile, since: z.iso.datetime() }),
    output: z.object({
      days: z.array(
        z.object({
          day: z.string(),
          people: z.int().optional(),
          groups: z.int().optional(),
          changed: z.int(),
          lost: z.int(),
        }),
      ),
      people: z.int(),
      groups: z.int(),
    }),
  },
  "runs.last": {
    input: z.object({ profile }),
    output: z.object({ users: z.string().optional(), groups: z.string().optional(), run: RunSummary.optional() }),
  },
} as const;
