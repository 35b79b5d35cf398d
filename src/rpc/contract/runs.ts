import { z } from "zod";
import { NoteLine } from "../../core/plan-schema.ts";
import { page, pageOf, profile } from "./parts.ts";
import { RunSummary, ShownRow } from "./run-shapes.ts";
import { Undo } from "./undo.ts";

/** Who works on a profile now, whoever began it and in whatever process; nobody where `busy` is absent. */
export const Followed = z.object({
  profile: z.string(),
  busy: z
    .object({ what: z.string(), who: z.string(), host: z.string(), pid: z.int(), since: z.iso.datetime() })
    .optional(),
  /** How far that is, at most a second ago. */
  progress: z.object({ stage: z.string(), done: z.number(), total: z.number().optional() }).optional(),
  /** The newest run there is. */
  run: RunSummary.optional(),
});
export type Followed = z.infer<typeof Followed>;

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
  /** Tells at once, and whenever something changes, until it is cancelled. */
  "runs.follow": { input: z.object({ profile }), output: z.object({}), progress: true },
  /** Asks whoever works on the profile to stop, in whatever process; false when nobody does. They stop within a few seconds. */
  "runs.cancel": { input: z.object({ profile }), output: z.object({ asked: z.boolean() }) },
  "runs.last": {
    input: z.object({ profile }),
    output: z.object({ users: z.string().optional(), groups: z.string().optional(), run: RunSummary.optional() }),
  },
} as const;
