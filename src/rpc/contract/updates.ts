import { z } from "zod";

/** Newer versions of the program. */
export const updateCalls = {
  /** Asks the configured feed; nothing is downloaded. Faults `update.*`. */
  "updates.check": {
    input: z.object({}),
    output: z.discriminatedUnion("state", [
      z.object({ state: z.literal("off"), because: z.enum(["not_configured", "portable", "managed"]) }),
      z.object({ state: z.literal("current"), version: z.string() }),
      z.object({
        state: z.literal("newer"),
        current: z.string(),
        version: z.string(),
        published: z.iso.datetime(),
        notes: z.string(),
        files: z.array(z.object({ name: z.string(), url: z.string(), sha256: z.string() })),
      }),
    ]),
  },
} as const;
