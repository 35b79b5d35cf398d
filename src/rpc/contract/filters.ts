import { z } from "zod";
import { Draft } from "./draft.ts";
import { FaultShape, profile } from "./parts.ts";

/** One filter of a draft. */
const FilterVerdict = z.object({
  /** Why it cannot be read; `at` is the part of its text that is meant, as offsets. */
  fault: FaultShape.optional(),
  at: z.object({ start: z.int(), end: z.int() }).optional(),
  /** One text that was probably meant, and what it changes. */
  repair: z.object({ text: z.string(), removes: z.string(), adds: z.string() }).optional(),
  /**
   * Whom it takes of the last complete read. Absent where that cannot tell: nothing was read yet, or the directory itself
   * has to be asked, since the part in its own language is not the one that was read with.
   */
  found: z.object({ taken: z.int(), of: z.int(), /** At most 20. */ others: z.array(z.string()) }).optional(),
});

export const filterCalls = {
  /** Whether the filters of unsaved settings can be read, and whom they take. */
  "filter.check": {
    input: z.object({ profile, draft: Draft }),
    output: z.object({
      people: FilterVerdict,
      groups: FilterVerdict,
      /** When the last complete read ended. */
      readAt: z.string().optional(),
      /** Groups of that read with the number of their members, by name; at most 500. */
      known: z.array(z.object({ name: z.string(), members: z.int() })),
      knownTotal: z.int(),
    }),
  },
} as const;
