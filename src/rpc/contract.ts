import { z } from "zod";
import { NoteLine, PlanCountsShape, PlanHeaderLine, PlanRowLine } from "../core/plan-schema.ts";
import type { Answers, Caller } from "./contract/shape.ts";
import { Undo } from "./contract/undo.ts";

/**
 * Everything a face of the program can ask of the engine: name → input, output, progress. The command line, the window
 * and the browser are clients of this and of nothing else. Names are noun.verb; no call ever returns a secret; no
 * message exceeds 1 MB, so lists come in pages.
 */
const profile = z.string().optional().describe("Name of the profile; the only or current one when absent");
const page = { cursor: z.int().optional(), limit: z.int().min(1).max(500).optional(), search: z.string().optional() };
const baseline = {
  baseline: z.enum(["record", "send"]).optional().describe("How to start where the organization cannot be read"),
  sameIds: z.boolean().optional().describe("With record: what is there was sent under the ids this profile uses"),
};
const pageOf = <Row extends z.ZodType>(row: Row) =>
  z.object({ rows: z.array(row), next: z.int().optional(), total: z.int() });

export const Params = z.record(z.string(), z.unknown());
export const FaultShape = z.object({ code: z.string(), params: Params });
export const GuardHitShape = z.object({
  code: z.string(),
  params: z.record(z.string(), z.union([z.string(), z.number()])),
});
export const Finding = NoteLine;

/** What became of a row. */
export const RowState = z.enum(["planned", "intent", "done", "refused", "unknown", "skipped"]);

/**
 * A plan row as faces show it: people named, memberships by name where known. `add`, `remove` and `removeByEmail` hold at
 * most 50 each, so that a page keeps its size; `added` and `removed` count all of them, and `plan.text` has them all.
 */
export const ShownRow = PlanRowLine.extend({
  state: RowState.optional(),
  detail: z.string().optional(),
  added: z.int().optional(),
  removed: z.int().optional(),
  /** Names, or addresses where there is no name, of the people in `add` and `remove`, in their order. */
  addNames: z.array(z.string()).optional(),
  removeNames: z.array(z.string()).optional(),
});
export type ShownRow = z.infer<typeof ShownRow>;

/** What a headline needs of a plan or run. */
export const RunSummary = z.object({
  run: z.int(),
  kind: z.enum(["test", "plan", "apply", "sync", "undo"]),
  profile: z.string(),
  /** What the directory and the organization are called, for the first line. */
  directory: z.string(),
  organization: z.string(),
  server: z.string(),
  startedAt: z.string(),
  endedAt: z.string().optional(),
  outcome: z
    .enum(["unchanged", "planned", "done", "incomplete", "guard", "failed", "interrupted", "refused"])
    .optional(),
  header: PlanHeaderLine.optional(),
  counts: PlanCountsShape.optional(),
  /** Guards that would stop, or stopped, it. */
  guards: z.array(GuardHitShape),
  /** `done`, `refused`, `skipped`, `unknown` … rows by state; seconds of reading as `readMilliseconds`. */
  tally: z.record(z.string(), z.number()),
  fault: FaultShape.optional(),
  accepted: z.object({ by: z.string(), how: z.string() }).optional(),
  /** Whether the organization was read and compared, or only our own record of it. */
  compared: z.enum(["organization", "record"]),
  undoes: z.int().optional(),
  /** Runs that a kill or a lost connection had left open, closed by this one: what of each was surely done, and what was not. */
  recovered: z.array(z.object({ run: z.int(), done: z.int(), left: z.int() })).optional(),
});
export type RunSummary = z.infer<typeof RunSummary>;

export const PersonSummary = z.object({
  id: z.string(),
  email: z.string().optional(),
  name: z.string().optional(),
  state: z.enum(["enabled", "disabled", "deleted"]),
  selected: z.boolean(),
  because: z.string().optional(),
});
export const GroupSummary = z.object({
  id: z.string(),
  name: z.string(),
  selected: z.boolean(),
  members: z.int(),
  /** Names, or addresses where there is no name, of its members, nested ones included; at most 20. */
  memberNames: z.array(z.string()).optional(),
});

export const ProfileSummary = z.object({
  name: z.string(),
  id: z.string(),
  organization: z.string(),
  directory: z.string(),
  current: z.boolean(),
  paused: z.object({ at: z.string(), by: z.string(), why: z.string().optional() }).optional(),
  fault: FaultShape.optional(),
});

export const contract = {
  "app.info": {
    input: z.object({}),
    output: z.object({
      version: z.string(),
      home: z.string(),
      configFile: z.string(),
      stateFile: z.string(),
      locked: z.boolean(),
    }),
  },

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

  "profiles.list": { input: z.object({}), output: z.object({ profiles: z.array(ProfileSummary) }) },
  "profiles.add": {
    input: z.object({
      name: z.string(),
      organization: z.string().optional(),
      settings: z.record(z.string(), z.string()).describe("Dotted key below the profile → text, as in directory.kind"),
      secrets: z.record(z.string(), z.string()).optional(),
    }),
    output: ProfileSummary,
  },
  "profiles.use": { input: z.object({ name: z.string() }), output: ProfileSummary },
  "profiles.rename": { input: z.object({ name: z.string(), to: z.string() }), output: ProfileSummary },
  "profiles.remove": {
    input: z.object({ name: z.string(), forget: z.boolean().optional() }),
    output: z.object({ name: z.string(), forgotten: z.boolean() }),
  },
  "profiles.pause": { input: z.object({ profile, why: z.string().optional() }), output: ProfileSummary },
  "profiles.resume": { input: z.object({ profile }), output: ProfileSummary },
  "profiles.protect": {
    input: z.object({ profile, add: z.array(z.string()).optional(), remove: z.array(z.string()).optional() }),
    output: z.object({ protect: z.array(z.string()) }),
  },

  "secrets.set": {
    input: z.object({ name: z.string(), secret: z.string(), store: z.enum(["keychain", "sealed"]).optional() }),
    output: z.object({ name: z.string(), storedIn: z.string() }),
  },
  "secrets.clear": { input: z.object({ name: z.string() }), output: z.object({ name: z.string() }) },
  "secrets.status": {
    input: z.object({}),
    output: z.object({
      secrets: z.array(
        z.object({ name: z.string(), reference: z.string(), readable: z.boolean(), fault: FaultShape.optional() }),
      ),
    }),
  },

  "config.show": {
    input: z.object({ profile, flags: z.record(z.string(), z.string()).optional() }),
    output: z.object({
      values: z.array(
        z.object({ path: z.string(), value: z.string(), source: z.string(), title: z.string().optional() }),
      ),
    }),
  },
  "config.get": {
    input: z.object({ path: z.string(), profile }),
    output: z.object({ path: z.string(), value: z.unknown(), text: z.string() }),
  },
  "config.set": {
    input: z.object({ path: z.string(), value: z.string(), profile }),
    output: z.object({ path: z.string(), text: z.string(), before: z.string().optional() }),
  },
  "config.unset": {
    input: z.object({ path: z.string(), profile }),
    output: z.object({ path: z.string(), before: z.string().optional() }),
  },
  "config.check": { input: z.object({}), output: z.object({ file: z.string(), faults: z.array(FaultShape) }) },
  "config.dump": { input: z.object({ profile }), output: z.object({ text: z.string() }) },
  "config.load": {
    input: z.object({ path: z.string() }),
    output: z.object({ profiles: z.array(z.string()), organizations: z.array(z.string()) }),
  },

  "directory.check": {
    input: z.object({ profile }),
    output: z.object({ name: z.string(), findings: z.array(Finding) }),
  },
  "organization.check": {
    input: z.object({ profile }),
    output: z.object({ name: z.string(), findings: z.array(Finding) }),
  },

  "plan.create": {
    input: z.object({
      profile,
      kind: z.enum(["plan", "test"]),
      full: z.boolean().optional(),
      wait: z.boolean().optional(),
      ...baseline,
    }),
    output: RunSummary,
    progress: true,
  },
  /** The whole plan as JSON Lines, as a file has it, in pieces of text to be joined; `next` is absent after the last. */
  "plan.text": {
    input: z.object({ run: z.int(), cursor: z.string().optional(), redact: z.boolean().optional() }),
    output: z.object({ text: z.string(), next: z.string().optional() }),
  },
  "plan.write": {
    input: z.object({ run: z.int(), path: z.string(), redact: z.boolean().optional() }),
    output: z.object({ path: z.string(), rows: z.int(), digest: z.string() }),
  },
  "plan.apply": {
    input: z.object({ profile, path: z.string(), wait: z.boolean().optional() }),
    output: RunSummary,
    progress: true,
  },
  "sync.run": {
    input: z.object({
      profile,
      accept: z.string().optional(),
      ...baseline,
      full: z.boolean().optional(),
      wait: z.boolean().optional(),
    }),
    output: RunSummary,
    progress: true,
  },

  "runs.list": {
    input: z.object({
      profile,
      changedOnly: z.boolean().optional(),
      cursor: z.int().optional(),
      limit: z.int().min(1).max(100).optional(),
    }),
    output: pageOf(RunSummary),
  },
  "runs.get": { input: z.object({ run: z.int() }), output: RunSummary },
  "runs.changes": {
    input: z.object({
      run: z.int(),
      actions: z.array(z.string()).optional(),
      states: z.array(z.string()).optional(),
      ...page,
    }),
    output: pageOf(ShownRow),
  },
  "runs.notes": { input: z.object({ run: z.int(), ...page }), output: pageOf(NoteLine) },
  "runs.undo": { input: z.object({ profile, run: z.int(), path: z.string() }), output: Undo },
  "runs.last": {
    input: z.object({ profile }),
    output: z.object({ users: z.string().optional(), groups: z.string().optional(), run: RunSummary.optional() }),
  },

  /** What the directory held at the last complete read. */
  "directory.people": { input: z.object({ profile, ...page }), output: pageOf(PersonSummary) },
  "directory.groups": { input: z.object({ profile, ...page }), output: pageOf(GroupSummary) },

  "person.explain": {
    /** `inGroup`: why they are in that group, or are not. */
    input: z.object({ profile, who: z.string(), inGroup: z.string().optional() }),
    output: z.object({
      who: z.string(),
      /** One sentence: `explain.headline.<state>`. */
      headline: z.object({ code: z.string(), params: Params }),
      /** Lines with a label (`found`, `selected`, `left_out`, `organization`, `so`, `since`, `remedy`). */
      lines: z.array(z.object({ label: z.string(), code: z.string(), params: Params })),
    }),
  },
  "guard.explain": {
    input: z.object({ profile, guard: z.string() }),
    output: z.object({
      headline: z.object({ code: z.string(), params: Params }),
      lines: z.array(z.object({ label: z.string(), code: z.string(), params: Params })),
    }),
  },
  "person.history": {
    input: z.object({ profile, who: z.string(), limit: z.int().max(500).optional() }),
    output: z.object({ rows: z.array(ShownRow.extend({ run: z.int(), at: z.string() })) }),
  },
  "person.restore": {
    input: z.object({ profile, who: z.string(), path: z.string() }),
    // `undo` where they have to be invited anew: the plan for that, written to `path`.
    output: z.object({ who: z.string(), marked: z.boolean(), undo: Undo.extend({ run: z.int() }).optional() }),
  },
  "people.adopt": {
    input: z.object({
      profile,
      addresses: z.array(z.string()).optional(),
      sameAddress: z.boolean().optional(),
      groups: z.boolean().optional(),
      gone: z.boolean().optional(),
    }),
    output: z.object({
      marked: z.array(z.object({ kind: z.string(), subject: z.string(), who: z.string() })),
      unknown: z.array(z.string()),
    }),
  },

  "cache.clear": { input: z.object({ profile }), output: z.object({ profile: z.string() }) },
  "doctor.run": { input: z.object({}), output: z.object({ findings: z.array(Finding) }) },
} as const;

export type Contract = typeof contract;
export type ProcedureName = keyof Contract;
export type Input<Name extends ProcedureName> = z.input<Contract[Name]["input"]>;
export type Output<Name extends ProcedureName> = z.output<Contract[Name]["output"]>;

/** Told while a call with `progress` runs; at most ten a second, dropped rather than queued. */
export const ProgressEvent = z.union([
  z.object({ stage: z.string(), done: z.number(), total: z.number().optional() }),
  z.object({ wait: z.object({ seconds: z.number(), reason: z.string() }) }),
  z.object({ finding: Finding }),
]);
export type ProgressEvent = z.infer<typeof ProgressEvent>;

/** Options of one call. */
export interface CallOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (event: ProgressEvent) => void;
}

/** The engine as a face sees it. */
export type Client = Caller<Contract>;
/** What answers each call. */
export type Handlers = Answers<Contract>;
