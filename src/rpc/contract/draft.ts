import { z } from "zod";

/** Settings of a profile as somebody typed them, before they are saved. */
export const Draft = z.object({
  changes: z
    .record(z.string(), z.json())
    .describe("Dotted key below the profile (`sync.userFilter`) → value; null is the default again"),
  /** For a profile that is not there yet: the organization it is made for. */
  create: z.string().optional(),
  secrets: z
    .record(z.string(), z.string())
    .optional()
    .describe("Dotted key below the profile → secret, not yet stored"),
});
export type Draft = z.infer<typeof Draft>;
