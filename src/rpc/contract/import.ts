import { z } from "zod";
import { Finding } from "./parts.ts";

/** The `data.json` of Bitwarden's own Directory Connector: a file on this computer, or what is in it. */
const source = { path: z.string().optional(), text: z.string().max(900_000).optional() };

export const importCalls = {
  /** What it comes to here; nothing is changed. */
  "import.read": {
    input: z.object(source),
    output: z.object({
      /** The organization it is for, by the name it has or will have here; `known`: it is logged in to already. */
      organization: z.object({
        name: z.string(),
        server: z.string(),
        clientId: z.string().optional(),
        known: z.boolean(),
      }),
      profile: z.string(),
      directory: z.string(),
      settings: z.array(z.object({ path: z.string(), text: z.string() })),
      /** What is done otherwise here, and what to look at. */
      notes: z.array(Finding),
      /** Secrets that have to be given again, since the file does not hold them: dotted paths below the root. */
      missing: z.array(z.string()),
    }),
  },
  "import.apply": {
    input: z.object(source),
    output: z.object({ organization: z.string(), profile: z.string(), missing: z.array(z.string()) }),
  },
} as const;
