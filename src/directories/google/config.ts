import { z } from "zod";
import { field, secretField } from "../../config/field.ts";
import { shareField } from "../wire/fields.ts";

/** Google Workspace, read as an administrator through a service account with domain-wide delegation. */
export const GoogleConfig = z.strictObject({
  kind: field(z.literal("google"), { title: "Google Workspace" }),
  serviceAccountKey: secretField({
    title: "Key of the service account",
    description: "The JSON file that Google gave, whole; or its private key (PEM) with the address of the account.",
  }),
  serviceAccount: field(z.string().min(1).optional(), {
    title: "Address of the service account",
    description: "Only with a key that is PEM: the JSON file names it.",
    selects: false,
    examples: ["directory@project.iam.gserviceaccount.com"],
  }),
  adminUser: field(z.string().min(1), {
    title: "Administrator",
    description: "Whose rights are used: somebody with a role that may read users and groups.",
    selects: false,
    examples: ["directory-reader@firm.test"],
  }),
  customer: field(z.string().min(1).optional(), {
    title: "Customer ID",
    description: "The administrator's own unless given.",
    advanced: true,
    examples: ["C01abc234"],
  }),
  domain: field(z.string().min(1).optional(), {
    title: "Domain",
    description: "Only this one of several domains; people and groups of the others are not read.",
    advanced: true,
    examples: ["firm.test"],
  }),
  people: field(z.enum(["all", "members"]).default("all"), {
    title: "People to read",
    description: "Everybody, or only the members of the groups that the group filter asks for, nested groups included.",
  }),
  address: field(z.string().min(1).optional(), {
    title: "Address of the API",
    description: "Only where a gateway stands in between.",
    advanced: true,
    selects: false,
    examples: ["https://admin.googleapis.com"],
  }),
  loginAddress: field(z.string().min(1).optional(), {
    title: "Address of the log-in",
    description: "Only where a gateway stands in between.",
    advanced: true,
    selects: false,
    examples: ["https://oauth2.googleapis.com/token"],
  }),
  share: shareField(),
});
export type GoogleConfig = z.infer<typeof GoogleConfig>;
