import { z } from "zod";
import type { Resolved } from "../../config/field.ts";
import type { SourceUser } from "../../core/entry.ts";
import type { EntraConfig } from "./config.ts";

const text = z.string().nullish();

/** Of a user only what is needed; most of it has to be asked for by name (Microsoft Graph, "user resource type"). */
export const User = z.object({
  id: z.string().min(1),
  displayName: text,
  mail: text,
  userPrincipalName: text,
  proxyAddresses: z.array(z.string()).nullish(),
  otherMails: z.array(z.string()).nullish(),
  accountEnabled: z.boolean().nullish(),
  userType: text,
});
export type User = z.infer<typeof User>;
export const userFields = Object.keys(User.shape).join(",");

export const Group = z.object({
  id: z.string().min(1),
  displayName: text,
  groupTypes: z.array(z.string()).nullish(),
  mailEnabled: z.boolean().nullish(),
  securityEnabled: z.boolean().nullish(),
  visibility: text,
});
export type Group = z.infer<typeof Group>;
export const groupFields = Object.keys(Group.shape).join(",");

/** A member: who it is, is told by the lists of users and groups. */
export const Member = z.object({ id: z.string().min(1), "@odata.type": z.string().nullish() });
export type Member = z.infer<typeof Member>;

/** A page of a list; the link to the next one is the vendor's own. */
export const pageOf = <Value extends z.ZodType>(value: Value) =>
  z.object({ value: z.array(value), "@odata.nextLink": z.string().optional() });

/** Who was touched since a token, and the token for the next time on the last page (Microsoft Graph, "user: delta"). */
export const Delta = z.object({
  value: z.array(z.object({ id: z.string().min(1) })),
  "@odata.nextLink": z.string().optional(),
  "@odata.deltaLink": z.string().optional(),
});

/** The answers in one batch, in any order. */
export const Batch = z.object({
  responses: z.array(
    z.object({
      id: z.string(),
      status: z.int(),
      headers: z.record(z.string(), z.string()).nullish(),
      body: z.unknown(),
    }),
  ),
});

export type GroupKind = NonNullable<EntraConfig["groupKinds"]>[number];

/** Microsoft Graph, "Working with groups": the kind follows from three properties. */
export const kindOf = ({ groupTypes, mailEnabled, securityEnabled }: Group): GroupKind => {
  if (groupTypes?.includes("Unified") === true) return "microsoft365";
  if (mailEnabled === true) return securityEnabled === true ? "mail-security" : "distribution";
  return "security";
};

/** Where an address is looked for, in this order; of a guest the log-in name is made up and no address. */
const emailRule = ["mail", "proxyAddresses", "userPrincipalName"] as const;
const guestRule = ["mail", "otherMails", "proxyAddresses"] as const;

export const toUser = (user: User, config: Resolved<EntraConfig>): SourceUser => {
  const isGuest = user.userType?.toLowerCase() === "guest";
  const rule = config.emailFrom ?? (isGuest ? guestRule : emailRule);
  const email = rule.map((source) => addressIn(user, source)).find((address) => address !== undefined);
  return {
    id: user.id,
    externalId: user.id,
    ...(email === undefined ? {} : { email }),
    ...(user.displayName ? { name: user.displayName } : {}),
    state: user.accountEnabled === false ? "disabled" : "enabled",
    ...(isGuest && !isWanted(email, config) ? { selected: false, because: "unselected.guest" } : { selected: true }),
  };
};

const addressIn = (user: User, source: NonNullable<EntraConfig["emailFrom"]>[number]): string | undefined => {
  switch (source) {
    case "mail":
      return user.mail?.trim() || undefined;
    case "proxyAddresses":
      // Capitals mark the primary one (Microsoft Graph, "proxyAddresses").
      return (
        user.proxyAddresses
          ?.find((address) => address.startsWith("SMTP:"))
          ?.slice("SMTP:".length)
          .trim() || undefined
      );
    case "otherMails":
      return user.otherMails?.[0]?.trim() || undefined;
    case "userPrincipalName": {
      const name = user.userPrincipalName?.trim() ?? "";
      return name.includes("@") && !name.toUpperCase().includes("#EXT#") ? name : undefined;
    }
  }
  return undefined;
};

const isWanted = (email: string | undefined, { guests, guestDomains = [] }: Resolved<EntraConfig>): boolean => {
  if (guests !== "domains") return guests === "include";
  const domain = email?.slice(email.lastIndexOf("@") + 1).toLowerCase();
  return (
    domain !== undefined && guestDomains.some((wanted) => wanted.trim().replace(/^@/u, "").toLowerCase() === domain)
  );
};
