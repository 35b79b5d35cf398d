import { z } from "zod";
import { Draft } from "./draft.ts";
import { Finding, page, pageOf, profile } from "./parts.ts";

export const PersonSummary = z.object({
  id: z.string(),
  email: z.string().optional(),
  name: z.string().optional(),
  state: z.enum(["enabled", "disabled", "deleted"]),
  selected: z.boolean(),
  because: z.string().optional(),
});

export const GroupSummary = z.object({
  id: z.string(),
  name: z.string(),
  selected: z.boolean(),
  members: z.int(),
  /** Names, or addresses where there is no name, of its members, nested ones included; at most 20. */
  memberNames: z.array(z.string()).optional(),
});

/** The directory: whether it can be read, and what the last complete read held. */
export const directoryCalls = {
  /** What there is to know of a kind of directory: rights to grant, how to fill the form, limits; Markdown. */
  "directories.readme": {
    input: z.object({ kind: z.string(), language: z.string().optional() }),
    output: z.object({ text: z.string(), language: z.string() }),
  },
  "directory.check": {
    input: z.object({ profile, draft: Draft.optional() }),
    output: z.object({ name: z.string(), findings: z.array(Finding) }),
    progress: true,
  },
  /** What the directory held at the last complete read. */
  "directory.people": { input: z.object({ profile, ...page }), output: pageOf(PersonSummary) },
  "directory.groups": { input: z.object({ profile, ...page }), output: pageOf(GroupSummary) },
} as const;
