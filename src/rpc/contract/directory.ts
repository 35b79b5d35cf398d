import { z } from "zod";
import { Draft } from "./draft.ts";
import { BecauseShape, Finding, page, pageOf, profile } from "./parts.ts";

export const PersonSummary = z.object({
  id: z.string(),
  email: z.string().optional(),
  name: z.string().optional(),
  state: z.enum(["enabled", "disabled", "deleted"]),
  selected: z.boolean(),
  /** Why they do not take part. */
  because: BecauseShape.optional(),
});

export const GroupSummary = z.object({
  id: z.string(),
  name: z.string(),
  selected: z.boolean(),
  because: BecauseShape.optional(),
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
  /**
   * What the directory held at the last complete read, by name, and what the settings made of it then. The cursor is a
   * position: any part of the list can be asked for.
   */
  "directory.people": {
    input: z.object({
      profile,
      selected: z.boolean().optional(),
      states: z.array(z.enum(["enabled", "disabled", "deleted"])).optional(),
      ...page,
    }),
    output: pageOf(PersonSummary).extend({ readAt: z.iso.datetime().optional() }),
  },
  "directory.groups": { input: z.object({ profile, ...page }), output: pageOf(GroupSummary) },
} as const;
