import { z } from "zod";
import { Finding, profile } from "./parts.ts";

/** Organizations: who answers at an address, logging in and out, what the key may do. */
export const organizationCalls = {
  "organizations.list": {
    input: z.object({}),
    output: z.object({
      organizations: z.array(
        z.object({ name: z.string(), server: z.string(), clientId: z.string(), loggedIn: z.boolean() }),
      ),
    }),
  },
  "organizations.probe": {
    input: z.object({ server: z.string(), apiUrl: z.string().optional(), identityUrl: z.string().optional() }),
    output: z.object({
      dialect: z.string(),
      version: z.string().optional(),
      region: z.string().optional(),
      api: z.string(),
      identity: z.string(),
      vault: z.string(),
      staging: z.boolean(),
    }),
  },
  "organizations.login": {
    input: z.object({
      name: z.string().optional(),
      server: z.string(),
      apiUrl: z.string().optional(),
      identityUrl: z.string().optional(),
      clientId: z.string(),
      clientSecret: z.string(),
      /** Where the secret came from (`env:NAME`, `file:/path`): kept in the configuration instead of storing a copy. */
      reference: z.string().optional(),
      owners: z.array(z.string()).optional(),
      store: z.enum(["keychain", "sealed"]).optional(),
    }),
    output: z.object({
      name: z.string(),
      server: z.string(),
      dialect: z.string(),
      version: z.string().optional(),
      region: z.string().optional(),
      organizationId: z.string(),
      replaced: z.boolean(),
      storedIn: z.string(),
      /** Whether addresses of owners are in the configuration. */
      owners: z.boolean().optional(),
      findings: z.array(Finding),
    }),
  },
  "organizations.logout": {
    input: z.object({ name: z.string().optional() }),
    /** `removed` is false where the secret is kept elsewhere (`env:NAME`, a file, a command): only there can it be removed. */
    output: z.object({ name: z.string(), removed: z.boolean(), reference: z.string() }),
  },
  "organization.check": {
    input: z.object({ profile }),
    output: z.object({ name: z.string(), findings: z.array(Finding) }),
  },
} as const;
