import { z } from "zod";
import { Finding, profile } from "./parts.ts";

/** The installation itself. */
export const appCalls = {
  "app.info": {
    input: z.object({}),
    output: z.object({
      version: z.string(),
      home: z.string(),
      configFile: z.string(),
      stateFile: z.string(),
      locked: z.boolean(),
      /** How this program is called with this home, for a line that runs it where nobody looks. */
      command: z.string(),
    }),
  },
  "cache.clear": {
    input: z.object({ profile, wait: z.boolean().optional() }),
    output: z.object({ profile: z.string() }),
    progress: true,
  },
  "doctor.run": { input: z.object({}), output: z.object({ findings: z.array(Finding) }) },
} as const;
