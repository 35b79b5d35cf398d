import { z } from "zod";
import { FaultShape, profile } from "./parts.ts";

const ProfileSummary = z.object({
  name: z.string(),
  id: z.string(),
  organization: z.string(),
  directory: z.string(),
  current: z.boolean(),
  paused: z.object({ at: z.string(), by: z.string(), why: z.string().optional() }).optional(),
  fault: FaultShape.optional(),
});

/** Profiles: a directory, an organization and how one follows the other. */
export const profileCalls = {
  "profiles.list": { input: z.object({}), output: z.object({ profiles: z.array(ProfileSummary) }) },
  "profiles.add": {
    input: z.object({
      name: z.string(),
      organization: z.string().optional(),
      settings: z.record(z.string(), z.string()).describe("Dotted key below the profile → text, as in directory.kind"),
      secrets: z.record(z.string(), z.string()).optional(),
    }),
    output: ProfileSummary,
  },
  "profiles.use": { input: z.object({ name: z.string() }), output: ProfileSummary },
  "profiles.rename": { input: z.object({ name: z.string(), to: z.string() }), output: ProfileSummary },
  "profiles.remove": {
    input: z.object({ name: z.string(), forget: z.boolean().optional() }),
    output: z.object({ name: z.string(), forgotten: z.boolean() }),
  },
  "profiles.pause": { input: z.object({ profile, why: z.string().optional() }), output: ProfileSummary },
  "profiles.resume": { input: z.object({ profile }), output: ProfileSummary },
  "profiles.protect": {
    input: z.object({ profile, add: z.array(z.string()).optional(), remove: z.array(z.string()).optional() }),
    output: z.object({ protect: z.array(z.string()) }),
  },
} as const;
