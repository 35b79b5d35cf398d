import { z } from "zod";
import { field, optionalSecretField } from "../../config/field.ts";
import { shareField } from "../wire/fields.ts";

/** Microsoft Entra ID, read through Microsoft Graph. */
export const EntraConfig = z.strictObject({
  kind: field(z.literal("entra"), { title: "Microsoft Entra ID (Azure AD)" }),
  tenant: field(z.string().min(1), {
    title: "Tenant",
    description: "The tenant's ID, or one of its domains.",
    examples: ["contoso.onmicrosoft.com"],
  }),
  clientId: field(z.string().min(1), {
    title: "Application (client) ID",
    selects: false,
    examples: ["11111111-2222-3333-4444-555555555555"],
  }),
  clientSecret: optionalSecretField({ title: "Client secret", description: "Its value, not its ID." }),
  certificate: field(z.string().min(1).optional(), {
    title: "Certificate (PEM)",
    description: "As uploaded to the app, instead of a secret; with its private key.",
    file: true,
    selects: false,
  }),
  privateKey: optionalSecretField({ title: "Private key of the certificate (PEM)" }),
  cloud: field(z.enum(["global", "us-government", "us-government-dod", "china"]).default("global"), {
    title: "Cloud",
    description: "Where the tenant is: global (GCC too), US Government (GCC High), its DoD part, or China (21Vianet).",
  }),
  authority: field(z.string().min(1).optional(), {
    title: "Log-in address",
    description: "Only for a cloud that is not in the list.",
    advanced: true,
    selects: false,
    examples: ["https://login.microsoftonline.com"],
  }),
  graph: field(z.string().min(1).optional(), {
    title: "Graph address",
    description: "Only for a cloud that is not in the list.",
    advanced: true,
    selects: false,
    examples: ["https://graph.microsoft.com"],
  }),
  guests: field(z.enum(["exclude", "include", "domains"]).default("exclude"), {
    title: "Guests",
    description: "Whether guests of the tenant take part: none, all, or those with an address in certain domains.",
  }),
  guestDomains: field(z.array(z.string().min(1)).optional(), {
    title: "Mail domains of guests",
    showIf: { field: "guests", is: ["domains"] },
    examples: ["partner.test"],
  }),
  emailFrom: field(
    z
      .array(z.enum(["mail", "proxyAddresses", "otherMails", "userPrincipalName"]))
      .min(1)
      .optional(),
    {
      title: "E-mail address from",
      description:
        "The first one with a value counts: mail, the primary mailbox address, the log-in name, unless given.",
      advanced: true,
      examples: ["mail", "userPrincipalName"],
    },
  ),
  groupKinds: field(
    z
      .array(z.enum(["security", "microsoft365", "mail-security", "distribution"]))
      .min(1)
      .optional(),
    {
      title: "Kinds of groups",
      description: "All of them unless given.",
      examples: ["security"],
    },
  ),
  share: shareField(),
});
export type EntraConfig = z.infer<typeof EntraConfig>;
