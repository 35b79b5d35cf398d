import { z } from "zod";
import { Params, profile } from "./parts.ts";
import { ShownRow } from "./run-shapes.ts";
import { Undo } from "./undo.ts";

/** One person or group: why, what happened, and what somebody decides about them. */
export const personCalls = {
  "person.explain": {
    /** `inGroup`: why they are in that group, or are not. */
    input: z.object({ profile, who: z.string(), inGroup: z.string().optional() }),
    output: z.object({
      who: z.string(),
      /** One sentence: `explain.headline.<state>`. */
      headline: z.object({ code: z.string(), params: Params }),
      /** Lines with a label (`found`, `selected`, `left_out`, `organization`, `so`, `since`, `remedy`). */
      lines: z.array(z.object({ label: z.string(), code: z.string(), params: Params })),
    }),
  },
  "guard.explain": {
    input: z.object({ profile, guard: z.string() }),
    output: z.object({
      headline: z.object({ code: z.string(), params: Params }),
      lines: z.array(z.object({ label: z.string(), code: z.string(), params: Params })),
    }),
  },
  /** Whom the profile manages or ever changed, by part of a name, an address or an id; those managed first. */
  "person.find": {
    input: z.object({ profile, search: z.string().min(1), limit: z.int().min(1).max(50).optional() }),
    output: z.object({
      rows: z.array(
        z.object({
          id: z.string(),
          name: z.string().optional(),
          email: z.string().optional(),
          state: z.enum(["managed", "revoked", "former"]),
        }),
      ),
    }),
  },
  "person.history": {
    input: z.object({ profile, who: z.string(), limit: z.int().max(500).optional() }),
    output: z.object({ rows: z.array(ShownRow.extend({ run: z.int(), at: z.string() })) }),
  },
  "person.restore": {
    input: z.object({ profile, who: z.string(), path: z.string() }),
    // `undo` where they have to be invited anew: the plan for that, written to `path`.
    output: z.object({ who: z.string(), marked: z.boolean(), undo: Undo.extend({ run: z.int() }).optional() }),
  },
  "people.adopt": {
    input: z.object({
      profile,
      addresses: z.array(z.string()).optional(),
      sameAddress: z.boolean().optional(),
      groups: z.boolean().optional(),
      gone: z.boolean().optional(),
    }),
    output: z.object({
      marked: z.array(z.object({ kind: z.string(), subject: z.string(), who: z.string() })),
      unknown: z.array(z.string()),
    }),
  },
} as const;
