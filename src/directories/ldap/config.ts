import { z } from "zod";
import { field, optionalSecretField } from "../../config/field.ts";

/** Active Directory, OpenLDAP and other LDAP servers. */
export const LdapConfig = z.strictObject({
  kind: field(z.literal("ldap"), { title: "Active Directory or LDAP" }),
  url: field(z.string().regex(/^ldaps?:\/\/[^/]+$/u), {
    title: "Server",
    selects: false,
    description: "ldaps:// for TLS from the start, ldap:// for StartTLS.",
    examples: ["ldaps://dc1.example.test", "ldap://ldap.example.test:389"],
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
  bindDn: field(z.string().optional(), {
    title: "Bind as",
    selects: false,
    description: "A DN, user@domain or DOMAIN\\user; empty binds anonymously.",
    examples: ["cn=reader,dc=example,dc=test", "svc@example.test"],
  }),
  password: optionalSecretField({ title: "Password" }),
  baseDn: field(z.string().min(1), { title: "Base DN", examples: ["dc=example,dc=test"] }),
  userBase: field(z.string().optional(), {
    title: "Base DN of users",
    description: "Below or instead of the base DN.",
    advanced: true,
  }),
  groupBase: field(z.string().optional(), { title: "Base DN of groups", advanced: true }),
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
  idAttribute: field(z.string().optional(), {
    title: "Id attribute",
    description: "entryUUID or objectGUID unless given.",
    advanced: true,
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
