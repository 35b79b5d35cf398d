import { z } from "zod";

/** A plan that takes something back, written to `path`: how much of it comes back, and what row by row. */
export const Undo = z.object({
  path: z.string(),
  digest: z.string(),
  changes: z.int(),
  fully: z.int(),
  newInvitation: z.int(),
  impossible: z.int(),
  rows: z
    .array(
      z.object({
        of: z.int(),
        reach: z.enum(["fully", "new-invitation", "impossible"]),
        because: z.string(),
        action: z.string(),
        who: z.string(),
      }),
    )
    .max(500),
});
export type Undo = z.infer<typeof Undo>;
