import { z } from "zod";
import { field, optionalSecretField } from "../../config/field.ts";
import { shareField } from "../wire/fields.ts";

/** OneLogin, read with an API credential. */
export const OneLoginConfig = z.strictObject({
  kind: field(z.literal("onelogin"), { title: "OneLogin" }),
  url: field(z.string().min(1), {
    title: "OneLogin address",
    description: "The address your people log in at, {yours}.onelogin.com; or us or eu for the address of a region.",
    selects: false,
    examples: ["https://acme.onelogin.com", "eu"],
  }),
  clientId: field(z.string().min(1), {
    title: "Client ID",
    description: "Of an API credential with Read Users.",
    selects: false,
    examples: ["7e1f2a3b4c5d6e7f8091a2b3c4d5e6f7"],
  }),
  clientSecret: optionalSecretField({ title: "Client secret" }),
  groupsFrom: field(z.enum(["roles", "groups"]).default("roles"), {
    title: "Groups are",
    description: "The roles, of which everybody may have several, or the groups, of which everybody has one at most.",
  }),
  unactivated: field(z.boolean().default(false), {
    title: "People who are not activated yet",
    description:
      "Takes part too: people with the status Unactivated, and those nobody approved yet. Otherwise they join once they are activated.",
  }),
  emailSuffix: field(
    z
      .string()
      .regex(/^@[^@\s]+$/u, "must begin with @, as in @example.test")
      .optional(),
    {
      title: "Mail domain for people without an address",
      description: "Put behind their user name; nobody gets a made-up address unless this is given.",
      advanced: true,
      examples: ["@example.test"],
    },
  ),
  share: shareField(),
});
export type OneLoginConfig = z.infer<typeof OneLoginConfig>;
