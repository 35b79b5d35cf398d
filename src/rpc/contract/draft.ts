import { z } from "zod";

/** Settings of a profile as somebody typed them, before they are saved. */
export const Draft = z.object({
  changes: z
    .record(z.string(), z.json())
    .describe("Dotted key below the profile (`sync.userFilter`) → value; null is the default again"),
  secrets: z
    .record(z.string(), z.string())
    .optional()
    .describe("Dotted key below the profile → secret, not yet stored"),
});
export type Draft = z.infer<typeof Draft>;
