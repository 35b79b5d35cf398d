import { z } from "zod";

const text = z.string().trim().min(1);
/** Programs write null or nothing at all for what somebody does not have. */
const textOrNothing = z
  .string()
  .nullish()
  .transform((given) => (given ?? "").trim() || undefined);

/** A directory kept as JSON; `docs/` shows the JSON Schema made of this. */
export const JsonDirectory = z.strictObject({
  $schema: z.string().optional(),
  users: z
    .array(
      z.strictObject({
        id: textOrNothing.describe("What never changes while somebody is there; without it their address serves."),
        email: textOrNothing,
        name: textOrNothing,
        state: z.enum(["enabled", "disabled", "deleted"]).default("enabled"),
        externalId: textOrNothing.describe("What the organization is told; the id unless given."),
      }),
    )
    .describe("Everybody."),
  groups: z
    .array(
      z.strictObject({
        id: textOrNothing.describe("What never changes; without it the name in lower case serves."),
        name: text,
        externalId: textOrNothing,
        members: z.array(text).describe("Ids or addresses of people, names or ids of groups.").default([]),
      }),
    )
    .default([]),
});
export type JsonDirectory = z.infer<typeof JsonDirectory>;
