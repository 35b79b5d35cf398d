import { z } from "zod";
import { field, optionalSecretField, secretField } from "../../config/field.ts";

const serverUrl = z.string().regex(/^ldaps?:\/\/[^/\s@?#]+\/?$/u);

/** Active Directory, OpenLDAP and other LDAP servers. */
export const LdapConfig = z.strictObject({
  kind: field(z.literal("ldap"), { title: "Active Directory or LDAP" }),
  url: field(serverUrl, {
    title: "Server",
    selects: false,
    description: "ldaps:// for TLS from the start, ldap:// for StartTLS.",
    examples: ["ldaps://dc1.example.test", "ldap://ldap.example.test:389"],
  }),
  fallbackUrls: field(z.array(serverUrl).optional(), {
    title: "Further servers of the same directory",
    selects: false,
    description: "Tried in this order when the first one cannot be reached.",
    examples: ["ldaps://dc2.example.test"],
    advanced: true,
  }),
  startTls: field(z.boolean().default(true), {
    title: "StartTLS",
    selects: false,
    description: "Encrypts a connection to ldap:// before anything is sent.",
  }),
  allowPlain: field(z.boolean().default(false), {
    title: "Send the password unencrypted",
    selects: false,
    description: "Only for a network you trust: without TLS anybody on the way can read the password.",
    advanced: true,
  }),
  caFile: field(z.string().optional(), {
    title: "CA file (PEM)",
    selects: false,
    description: "Trusted besides the system's own.",
    file: true,
  }),
  verifyTls: field(z.boolean().default(true), {
    title: "Verify the server's certificate",
    selects: false,
    advanced: true,
  }),
  certFile: field(z.string().optional(), {
    title: "Client certificate (PEM)",
    selects: false,
    description: "Shown to the server; without a name to bind as, it is the log-in (SASL EXTERNAL).",
    file: true,
    advanced: true,
  }),
  keyFile: field(z.string().optional(), {
    title: "Key of the client certificate (PEM)",
    selects: false,
    description: "In the certificate's file unless given.",
    file: true,
    advanced: true,
  }),
  keyPassphrase: field(secretField({ title: "Passphrase of the key" }).optional(), {
    title: "Passphrase of the key",
    secret: true,
    advanced: true,
  }),
  bindDn: field(z.string().optional(), {
    title: "Bind as",
    selects: false,
    description:
      "A DN, user@domain or DOMAIN\\user; empty binds by the client certificate, or without one anonymously.",
    examples: ["cn=reader,dc=example,dc=test", "svc@example.test"],
  }),
  password: optionalSecretField({ title: "Password" }),
  baseDn: field(z.string().min(1), { title: "Base DN", examples: ["dc=example,dc=test"] }),
  userBase: field(z.string().optional(), {
    title: "Base DN of users",
    description: "A whole DN, or the part in front of the base DN; the base DN unless given.",
    examples: ["ou=people"],
    advanced: true,
  }),
  groupBase: field(z.string().optional(), {
    title: "Base DN of groups",
    description: "A whole DN, or the part in front of the base DN; the base DN unless given.",
    advanced: true,
    examples: ["ou=groups"],
  }),
  userObjectClass: field(z.string().optional(), {
    title: "Object class of users",
    advanced: true,
    examples: ["inetOrgPerson", "user"],
  }),
  groupObjectClass: field(z.string().optional(), {
    title: "Object class of groups",
    advanced: true,
    examples: ["groupOfNames", "group"],
  }),
  emailAttributes: field(z.array(z.string()).optional(), {
    title: "E-mail attributes",
    description: "The first one with a value counts.",
    advanced: true,
    examples: ["mail"],
  }),
  emailSuffix: field(
    z
      .string()
      .regex(/^@[^@\s]+$/u, "must begin with @, as in @example.test")
      .optional(),
    {
      title: "Mail domain for people without an address",
      description: "Put behind their login name; nobody gets a made-up address unless this is given.",
      advanced: true,
      examples: ["@example.test"],
    },
  ),
  loginAttribute: field(z.string().optional(), {
    title: "Login name attribute",
    description: "What goes before the mail domain, and what memberUid names; uid or sAMAccountName unless given.",
    advanced: true,
    examples: ["uid", "sAMAccountName"],
  }),
  nameAttribute: field(z.string().optional(), {
    title: "Name attribute of people",
    advanced: true,
    examples: ["displayName"],
  }),
  groupNameAttribute: field(z.string().optional(), {
    title: "Name attribute of groups",
    advanced: true,
    examples: ["cn"],
  }),
  memberAttribute: field(z.string().optional(), {
    title: "Member attribute",
    advanced: true,
    examples: ["member", "uniqueMember", "memberUid"],
  }),
  membersFrom: field(z.enum(["groups", "memberOf"]).optional(), {
    title: "Where memberships are read",
    description:
      "In the groups unless given; memberOf takes them from people, where groups cannot be read: groups are then known by their DN and have no filter.",
    advanced: true,
  }),
  primaryGroup: field(z.boolean().optional(), {
    title: "Count the primary group",
    description: "Active Directory lists nobody as a member of the primary group (Domain Users) unless this is on.",
    advanced: true,
  }),
  idAttribute: field(z.string().optional(), {
    title: "Id attribute",
    description:
      "entryUUID, objectGUID or what the server has instead; dn takes the name of the entry, which changes with it.",
    advanced: true,
    examples: ["entryUUID", "objectGUID", "dn"],
  }),
  disabledWhen: field(z.array(z.string()).optional(), {
    title: "What disables an account",
    description:
      "Names of attributes the program knows (userAccountControl, accountExpires, nsAccountLock, pwdAccountLockedTime, shadowExpire, loginDisabled), or attribute=value; what fits the server unless given, and an empty list for nothing.",
    advanced: true,
    examples: ["nsAccountLock", "employeeStatus=inactive"],
  }),
  pageSize: field(z.int().min(1).max(5000).default(1000), { title: "Page size", selects: false, advanced: true }),
  timeout: field(z.int().min(1).max(3600).default(120), {
    title: "Time-out of one request",
    selects: false,
    unit: "seconds",
    advanced: true,
  }),
});
export type LdapConfig = z.infer<typeof LdapConfig>;
