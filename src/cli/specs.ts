import { dialects, logFormats, logLevels, sandboxPlans } from "./context.ts";
import type { Run } from "./session.ts";

/**
 * The commands as data: parsing, help, completion and the reference are derived from it, and nothing of a command is
 * loaded before it is called. Words: `cli.command.<path>`, `cli.argument.<path>.<name>`, `cli.option.<path>.<name>`
 * (`cli.option.<name>` where several commands share it), path with dots.
 */
export interface CommandSpec {
  readonly name: string;
  readonly arguments?: readonly ArgumentSpec[];
  readonly options?: readonly OptionSpec[];
  readonly commands?: readonly CommandSpec[];
  readonly load?: () => Promise<{ readonly run: Run }>;
  /** Options that depend on more than this table. */
  readonly moreOptions?: () => Promise<readonly OptionSpec[]>;
}
export interface ArgumentSpec {
  readonly name: string;
  readonly optional?: true;
  readonly many?: true;
  readonly choices?: readonly string[];
  /** Completed as a path. */
  readonly file?: true;
}
export interface OptionSpec {
  /** Without dashes. */
  readonly name: string;
  readonly short?: string;
  /** What the value is called; absent = no value. */
  readonly value?: string;
  readonly choices?: readonly string[];
  readonly many?: true;
  readonly file?: true;
  /** `--no-x` is accepted beside it. */
  readonly negatable?: true;
  /** Words of an option that no catalogue knows, as those of a directory's fields. */
  readonly words?: string;
  /** A message that frames those words as `title`. */
  readonly wordsKey?: string;
  /** Directories it is a field of. */
  readonly kinds?: readonly string[];
}

/** Accepted before and after a command. */
export const globalOptions: readonly OptionSpec[] = [
  { name: "profile", value: "name" },
  { name: "home", value: "folder", file: true },
  { name: "config", value: "file", file: true },
  { name: "override", value: "setting=value", many: true },
  { name: "json" },
  { name: "log-level", value: "level", choices: logLevels },
  { name: "log-format", value: "format", choices: logFormats },
  { name: "no-color" },
  { name: "detailed-exitcode" },
  { name: "strict" },
  { name: "wait" },
  { name: "lang", value: "language" },
  { name: "help", short: "h" },
  { name: "version", short: "V" },
];

const all: OptionSpec = { name: "all" };
const full: OptionSpec = { name: "full" };
const start: readonly OptionSpec[] = [
  { name: "baseline", value: "way", choices: ["record", "send"] },
  { name: "same-ids" },
];
const where: readonly OptionSpec[] = [{ name: "keychain" }, { name: "sealed" }];

/** What `--only` takes: the sections of a plan. */
export const sections = [
  "loses-access",
  "restored",
  "invited",
  "changed",
  "adopted",
  "groups",
  "memberships",
  "kept",
  "left-out",
  "proposals",
  "strangers",
  "notes",
] as const;
export type SectionName = (typeof sections)[number];
const only: OptionSpec = { name: "only", value: "section", choices: sections, many: true };

export const topics = ["filters", "secrets", "guards", "vaultwarden", "exit-codes", "environment"] as const;

export const commands: readonly CommandSpec[] = [
  {
    name: "login",
    options: [
      { name: "server", value: "url" },
      { name: "client-id", value: "id" },
      { name: "client-secret-file", value: "file", file: true },
      { name: "client-secret-env", value: "variable" },
      { name: "client-secret-stdin" },
      { name: "name", value: "name" },
      { name: "api-url", value: "url" },
      { name: "identity-url", value: "url" },
      { name: "owner", value: "address", many: true },
      ...where,
    ],
    load: () => import("./commands/login.ts"),
  },
  {
    name: "logout",
    arguments: [{ name: "organization", optional: true }],
    load: () => import("./commands/logout.ts"),
  },
  { name: "test", options: [only], load: () => import("./commands/test.ts") },
  {
    name: "plan",
    options: [
      { name: "out", value: "file", file: true },
      { name: "markdown" },
      { name: "redact" },
      ...start,
      full,
      only,
      all,
    ],
    load: () => import("./commands/plan.ts"),
  },
  { name: "apply", arguments: [{ name: "file", file: true }], load: () => import("./commands/apply.ts") },
  {
    name: "sync",
    options: [{ name: "accept", value: "digest" }, ...start, full, all],
    load: () => import("./commands/sync.ts"),
  },
  {
    name: "explain",
    arguments: [{ name: "who", optional: true }],
    options: [
      { name: "in", value: "group" },
      { name: "guard", value: "guard" },
    ],
    load: () => import("./commands/explain.ts"),
  },
  { name: "check", options: [all], load: () => import("./commands/check.ts") },
  {
    name: "adopt",
    arguments: [{ name: "address", optional: true, many: true }],
    options: [{ name: "same-address" }, { name: "groups" }, { name: "gone" }],
    load: () => import("./commands/adopt.ts"),
  },
  {
    name: "last-sync",
    arguments: [{ name: "what", optional: true, choices: ["users", "groups"] }],
    load: () => import("./commands/last-sync.ts"),
  },
  { name: "clear-cache", load: () => import("./commands/clear-cache.ts") },
  { name: "data-file", load: () => import("./commands/data-file.ts") },
  {
    name: "config",
    commands: [
      { name: "get", arguments: [{ name: "setting" }], load: () => import("./commands/config-get.ts") },
      {
        name: "set",
        arguments: [{ name: "setting" }, { name: "value" }],
        load: () => import("./commands/config-set.ts"),
      },
      { name: "unset", arguments: [{ name: "setting" }], load: () => import("./commands/config-unset.ts") },
      { name: "show", load: () => import("./commands/config-show.ts") },
      { name: "check", load: () => import("./commands/config-check.ts") },
      {
        name: "load",
        arguments: [{ name: "file", file: true }],
        load: () => import("./commands/config-load.ts"),
      },
      { name: "dump", load: () => import("./commands/config-dump.ts") },
    ],
  },
  {
    name: "profile",
    commands: [
      { name: "list", load: () => import("./commands/profile-list.ts") },
      {
        name: "add",
        arguments: [{ name: "name", optional: true }],
        options: [
          { name: "organization", value: "name" },
          { name: "directory", value: "kind" },
          { name: "set", value: "setting=value", many: true },
        ],
        moreOptions: async () => (await import("./directory-flags.ts")).directoryOptions(),
        load: () => import("./commands/profile-add.ts"),
      },
      { name: "use", arguments: [{ name: "name" }], load: () => import("./commands/profile-use.ts") },
      {
        name: "rename",
        arguments: [{ name: "name" }, { name: "to" }],
        load: () => import("./commands/profile-rename.ts"),
      },
      {
        name: "remove",
        arguments: [{ name: "name" }],
        options: [{ name: "forget" }, { name: "yes" }],
        load: () => import("./commands/profile-remove.ts"),
      },
    ],
  },
  {
    name: "secrets",
    commands: [
      {
        name: "set",
        arguments: [{ name: "setting" }],
        options: [{ name: "file", value: "file", file: true }, { name: "stdin" }, ...where],
        load: () => import("./commands/secrets-set.ts"),
      },
      { name: "clear", arguments: [{ name: "setting" }], load: () => import("./commands/secrets-clear.ts") },
      { name: "status", load: () => import("./commands/secrets-status.ts") },
    ],
  },
  {
    name: "history",
    arguments: [{ name: "run", optional: true }],
    options: [
      { name: "undo" },
      { name: "out", value: "file", file: true },
      { name: "who", value: "address" },
      only,
      { name: "changed" },
      { name: "limit", value: "number" },
    ],
    load: () => import("./commands/history.ts"),
  },
  {
    name: "restore",
    arguments: [{ name: "address" }],
    options: [{ name: "out", value: "file", file: true }],
    load: () => import("./commands/restore.ts"),
  },
  {
    name: "protect",
    arguments: [{ name: "address", optional: true, many: true }],
    options: [{ name: "remove" }],
    load: () => import("./commands/protect.ts"),
  },
  { name: "pause", options: [{ name: "why", value: "text" }], load: () => import("./commands/pause.ts") },
  { name: "resume", load: () => import("./commands/resume.ts") },
  {
    name: "serve",
    options: [{ name: "port", value: "number" }, { name: "address", value: "address" }, { name: "link" }],
    load: () => import("./commands/serve.ts"),
  },
  {
    name: "sandbox",
    options: [
      { name: "dialect", value: "dialect", choices: dialects },
      { name: "plan", value: "plan", choices: sandboxPlans },
      { name: "seats", value: "number" },
      { name: "port", value: "number" },
      { name: "latency", value: "milliseconds" },
      { name: "state", value: "file", file: true },
    ],
    load: () => import("./commands/sandbox.ts"),
  },
  { name: "demo", load: () => import("./commands/demo.ts") },
  { name: "doctor", load: () => import("./commands/doctor.ts") },
  { name: "update", load: () => import("./commands/update.ts") },
  { name: "import", arguments: [{ name: "file", file: true }], load: () => import("./commands/import.ts") },
  {
    name: "completion",
    arguments: [{ name: "shell", choices: ["bash", "zsh", "fish"] }],
    load: () => import("./commands/completion.ts"),
  },
  {
    name: "help",
    arguments: [{ name: "topic", optional: true, many: true }],
    load: () => import("./commands/help.ts"),
  },
];

/** The name people call. */
export const programName = "directory-connector";
