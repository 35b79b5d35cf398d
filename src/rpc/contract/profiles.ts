import { z } from "zod";
import { Draft } from "./draft.ts";
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

/** One setting of a profile as it counts now. A secret's value is its reference as text, never the secret. */
const SettingValue = z.object({
  /** Dotted, below the profile: `sync.users`. */
  path: z.string(),
  value: z.json().optional(),
  /** As `config.set` takes it. */
  text: z.string(),
  source: z.enum(["flag", "environment", "file", "default"]),
  /** The flag, the variable or the file. */
  from: z.string().optional(),
});

const ProfileSettings = z.object({
  name: z.string(),
  /** Of the files these values were read from; `profiles.save` refuses when it is no longer theirs. */
  revision: z.string(),
  /** Whether the configuration cannot be written here. */
  locked: z.boolean(),
  values: z.array(SettingValue),
  /** What is wrong with this profile as it is. */
  faults: z.array(FaultShape),
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
  /** `create`: of a profile that is not there yet; all of its settings are the defaults. */
  "profiles.get": { input: z.object({ profile, create: z.boolean().optional() }), output: ProfileSettings },
  /** Judges unsaved settings whole: every Fault names its field, as `profiles.main.sync.userFilter`. */
  "profiles.check": {
    input: z.object({ profile, draft: Draft }),
    output: z.object({ faults: z.array(FaultShape) }),
  },
  /** All of it or nothing; Fault `config.changed` when a file is no longer what `profiles.get` read. */
  "profiles.save": {
    input: z.object({ profile, revision: z.string(), draft: Draft }),
    output: ProfileSettings,
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
