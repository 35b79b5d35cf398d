import { z } from "zod";

/** What helps to find out what went wrong. */
export const diagnosticCalls = {
  /** The newest lines of the log, the newest first; none where nothing was logged yet. */
  "logs.read": {
    input: z.object({ limit: z.int().min(1).max(1000).optional() }),
    output: z.object({
      path: z.string(),
      lines: z.array(
        z.object({
          at: z.string(),
          level: z.enum(["debug", "info", "warn", "error"]),
          message: z.string(),
          /** The rest of it, as `name=value`. */
          fields: z.string(),
        }),
      ),
    }),
  },
  /** The installation in one text, to be shown to others: no secret, no name, no address, no path, no host. */
  "diagnostics.text": { input: z.object({}), output: z.object({ text: z.string() }) },
  /** The same as a file; Fault `plan.unwritable`. */
  "diagnostics.write": { input: z.object({ path: z.string() }), output: z.object({ path: z.string() }) },
} as const;
