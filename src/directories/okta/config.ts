import { z } from "zod";
import { field, optionalSecretField } from "../../config/field.ts";
import { shareField } from "../wire/fields.ts";

/** Okta, read with an API token or as a service app. */
export const OktaConfig = z.strictObject({
  kind: field(z.literal("okta"), { title: "Okta" }),
  url: field(z.string().min(1), {
    title: "Okta address",
    description: "The address your people log in at: {yours}.okta.com, or a domain of your own.",
    selects: false,
    examples: ["https://acme.okta.com"],
  }),
  token: optionalSecretField({
    title: "API token",
    description: "Of an administrator made for this; instead of a service app.",
  }),
  clientId: field(z.string().min(1).optional(), {
    title: "Client ID of the service app",
    description: "With its private key; the way Okta recommends.",
    selects: false,
    examples: ["0oa1b2c3d4e5f6g7h8i9"],
  }),
  privateKey: optionalSecretField({ title: "Private key of the service app (PEM)" }),
  keyId: field(z.string().min(1).optional(), {
    title: "Key ID (kid)",
    description: "As the app's page shows it beside the public key.",
    selects: false,
  }),
  groupTypes: field(
    z
      .array(z.enum(["OKTA_GROUP", "APP_GROUP", "BUILT_IN"]))
      .min(1)
      .optional(),
    {
      title: "Kinds of groups",
      description:
        "Groups made in Okta, those that come from an application or a directory, and Everyone; all of them unless given.",
      examples: ["OKTA_GROUP"],
    },
  ),
  staged: field(z.boolean().default(false), {
    title: "People who are not activated yet",
    description: "Takes part too: people with the status Staged. Otherwise they join once they are activated.",
  }),
  partialView: field(z.boolean().default(false), {
    title: "The account may see a part only",
    description:
      "Only where that is meant: an account that sees some groups gives a smaller directory, and whoever is not seen counts as gone.",
    advanced: true,
  }),
  share: shareField(),
});
export type OktaConfig = z.infer<typeof OktaConfig>;
