import { z } from "zod";
import { DirectoryConfig } from "../directories/configs.ts";
import { field, secretField } from "./field.ts";

/** What is synchronised and how; product: rules of a sync. */
export const SyncOptions = z.strictObject({
  users: field(z.boolean().default(true), { title: "Synchronise people", selects: true }),
  groups: field(z.boolean().default(true), { title: "Synchronise groups", selects: true }),
  userFilter: field(z.string().default(""), {
    title: "User filter",
    selects: true,
    description: "Which people take part; empty takes all the directory's selection holds.",
  }),
  groupFilter: field(z.string().default(""), { title: "Group filter", selects: true }),
  nested: field(z.boolean().default(true), {
    title: "Members of nested groups",
    selects: true,
    description: "A group's members include those of the groups in it, at any depth.",
  }),
  narrow: field(z.enum(["off", "direct", "nested"]).default("off"), {
    title: "Only people in the selected groups",
    selects: true,
    description: "direct: members of a selected group; nested: also through groups inside it.",
  }),
  joiners: field(z.enum(["invite", "stage"]).default("invite"), {
    title: "New people",
    description: "stage creates them without an invitation, where the server can.",
  }),
  leavers: field(
    z
      .strictObject({
        disabled: field(z.enum(["keep", "revoke", "remove"]).default("revoke"), { title: "Disabled in the directory" }),
        gone: field(z.enum(["keep", "revoke", "remove"]).default("revoke"), { title: "No longer in the directory" }),
        wait: field(z.int().min(0).max(3650).default(0), {
          title: "Wait before somebody counts as gone",
          unit: "days",
        }),
        removeAfter: field(z.int().min(1).max(3650).optional(), {
          title: "Remove after a revocation",
          description: "Never unless given.",
          unit: "days",
        }),
      })
      .prefault({}),
    { title: "Leavers" },
  ),
  groupsGone: field(z.enum(["keep", "empty", "remove"]).default("empty"), {
    title: "Groups no longer in the directory",
  }),
  keepManualMembers: field(z.boolean().default(true), { title: "Keep members that others put in a group" }),
  fullReadEvery: field(z.int().min(1).max(1000).default(24), {
    title: "Read everything every n-th time",
    description:
      "Where the directory tells what changed, the reads in between ask only for that. 1 reads everything each time.",
    advanced: true,
  }),
  addressChange: field(z.enum(["wait", "replace"]).default("wait"), {
    title: "A changed address",
    description: "Where the server cannot be read: wait, or invite the new address and revoke the old one.",
    advanced: true,
  }),
});
export type SyncOptions = z.infer<typeof SyncOptions>;

const percent = (value: number) =>
  field(z.number().min(0).max(100).default(value), {
    title: "Share",
    description: "More stops the run.",
    unit: "percent",
  });
const atLeast = (value: number) =>
  field(z.int().min(1).default(value), {
    title: "Counts from",
    description: "Fewer never stop a run, whatever their share.",
    unit: "people",
  });
const most = (value: number) =>
  field(z.int().min(0).default(value), {
    title: "At most",
    description: "More stop the run, whatever their share.",
    unit: "people",
  });

/** Limits that stop a run before anything is sent; product: guards. Percentages are of linked people or groups. */
export const Guards = z.strictObject({
  accessLost: field(
    z
      .strictObject({
        percent: percent(5),
        atLeast: atLeast(3),
        most: most(100),
      })
      .prefault({}),
    { title: "People losing access" },
  ),
  invitations: field(
    z
      .strictObject({
        percent: percent(10),
        atLeast: atLeast(10),
        most: most(200),
      })
      .prefault({}),
    { title: "Invitations" },
  ),
  identity: field(z.strictObject({ percent: percent(5), atLeast: atLeast(3) }).prefault({}), {
    title: "Adoptions by address and changed addresses",
  }),
  first: field(
    z.strictObject({ invite: field(z.int().min(0), { title: "Invitations at most", unit: "people" }) }).optional(),
    {
      title: "First run without a review",
      description:
        "Lets the first run of a profile, or of another selection or directory, invite this many if it takes nothing away.",
      advanced: true,
    },
  ),
  seats: field(z.union([z.literal("stop"), z.strictObject({ buy: z.int().min(0) })]).default("stop"), {
    title: "Seats",
    description: "When more are needed than are known to be free: stop, or buy up to a number.",
    examples: ["stop", '{"buy":3}'],
  }),
  age: field(z.int().min(1).default(7), { title: "Age of the last good run", unit: "days" }),
});
export type Guards = z.infer<typeof Guards>;

/** `30s`, `60m`, `12h`, `1d`. */
export const Duration = z.string().regex(/^[1-9]\d{0,5}[smhd]$/u);

export const ProfileConfig = z.strictObject({
  id: field(z.uuid(), { title: "Id", description: "What the history hangs on; never changes.", advanced: true }),
  organization: field(z.string().min(1), { title: "Organization", description: "A name under organizations." }),
  directory: field(DirectoryConfig, { title: "Directory" }),
  sync: SyncOptions.prefault({}),
  guards: Guards.prefault({}),
  onGuard: field(z.enum(["stop", "hold"]).default("stop"), {
    title: "When a limit is reached",
    description: "hold leaves out what reached the limit and goes on with the rest.",
  }),
  protect: field(z.array(z.string()).default([]), { title: "Never revoke or remove", description: "Addresses." }),
  schedule: field(
    z
      .strictObject({
        every: field(Duration.default("60m"), {
          title: "Every",
          description: "The time between two runs: a number and s, m, h or d.",
          examples: ["60m", "12h", "1d"],
        }),
      })
      .prefault({}),
    { title: "Schedule" },
  ),
});
export type ProfileConfig = z.infer<typeof ProfileConfig>;

export const OrganizationConfig = z.strictObject({
  server: field(z.string().min(1), {
    title: "Server URL",
    examples: ["https://vault.bitwarden.com", "https://vault.bitwarden.eu", "https://vault.example.test"],
  }),
  apiUrl: field(z.string().optional(), { title: "API URL", advanced: true }),
  identityUrl: field(z.string().optional(), { title: "Identity URL", advanced: true }),
  clientId: field(z.string().min(1), {
    title: "Client id",
    examples: ["organization.00000000-0000-0000-0000-000000000000"],
  }),
  clientSecret: secretField({ title: "Client secret" }),
  owners: field(z.array(z.string()).optional(), {
    title: "Addresses of the owners",
    description: "Asked for where the server cannot be read; owners are never revoked.",
  }),
  seats: field(z.int().min(0).optional(), { title: "Number of seats", description: "Where the server does not tell." }),
});
export type OrganizationConfig = z.infer<typeof OrganizationConfig>;

/** HTTP to everywhere: proxy, trust, client certificate. */
export const NetworkConfig = z.strictObject({
  proxy: field(z.string().optional(), {
    title: "Proxy",
    description: "Otherwise HTTPS_PROXY, HTTP_PROXY and NO_PROXY count.",
    examples: ["http://proxy.example.test:3128"],
  }),
  caFile: field(z.string().optional(), {
    title: "CA file (PEM)",
    file: true,
    description: "Trusted besides the system's own and NODE_EXTRA_CA_CERTS.",
  }),
  certFile: field(z.string().optional(), { title: "Client certificate (PEM)", file: true, advanced: true }),
  keyFile: field(z.string().optional(), { title: "Key of the client certificate (PEM)", file: true, advanced: true }),
  keyPassphrase: field(secretField({ title: "Passphrase of the key" }).optional(), {
    title: "Passphrase of the key",
    secret: true,
    advanced: true,
  }),
});
export type NetworkConfig = z.infer<typeof NetworkConfig>;

/** Where newer versions of the program are announced; without both nobody is asked. */
export const UpdatesConfig = z.strictObject({
  feed: field(z.url({ protocol: /^https?$/u }).optional(), {
    title: "Feed of releases",
    description: "Asked for a newer version; without it nobody is asked.",
    examples: ["https://example.test/directory-connector/latest.json"],
  }),
  key: field(z.string().optional(), {
    title: "Public key of the releases",
    description: "A feed counts only with a signature by this key (minisign).",
    examples: ["RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3"],
  }),
});

const schemaReference = field(z.string().optional(), {
  title: "JSON Schema for editors",
  advanced: true,
});

/** What a profile or an organization may be called: it is part of file names, variables and command lines. */
export const EntryName = z.string().regex(/^(?!__proto__$)[A-Za-z0-9_][\w.-]{0,63}$/u);

/** One `profiles.d/<name>.json`: a profile, with a hint for editors. */
export const ProfileFile = ProfileConfig.extend({ $schema: schemaReference });

/** `config.json`. */
export const Config = z.strictObject({
  $schema: schemaReference,
  version: field(z.literal(1), { title: "Version of this layout", advanced: true }),
  organizations: field(z.record(EntryName, OrganizationConfig).default({}), { title: "Organizations" }),
  profiles: field(z.record(EntryName, ProfileConfig).default({}), { title: "Profiles" }),
  currentProfile: field(z.string().optional(), { title: "Profile used when none is named" }),
  network: field(NetworkConfig.optional(), { title: "Network" }),
  updates: field(UpdatesConfig.optional(), { title: "Updates" }),
});
export type Config = z.infer<typeof Config>;
