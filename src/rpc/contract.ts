import { z } from "zod";
import { appCalls } from "./contract/app.ts";
import { diagnosticCalls } from "./contract/diagnostics.ts";
import { directoryCalls } from "./contract/directory.ts";
import { filterCalls } from "./contract/filters.ts";
import { importCalls } from "./contract/import.ts";
import { organizationCalls } from "./contract/organizations.ts";
import { Finding } from "./contract/parts.ts";
import { personCalls } from "./contract/people.ts";
import { planListCalls } from "./contract/plan-lists.ts";
import { planCalls } from "./contract/plans.ts";
import { profileCalls } from "./contract/profiles.ts";
import { Followed, runCalls } from "./contract/runs.ts";
import { scheduleCalls, ScheduleShape } from "./contract/schedule.ts";
import { settingCalls } from "./contract/settings.ts";
import { updateCalls } from "./contract/updates.ts";
import type { Answers, Caller } from "./contract/shape.ts";

export type { RunSummary, ShownRow } from "./contract/run-shapes.ts";

/**
 * Everything a face of the program can ask of the engine: name → input, output, progress. The command line, the window
 * and the browser are clients of this and of nothing else. Names are noun.verb; no call ever returns a secret; no
 * message exceeds 1 MB, so lists come in pages.
 */
export const contract = {
  ...appCalls,
  ...organizationCalls,
  ...profileCalls,
  ...settingCalls,
  ...importCalls,
  ...planCalls,
  ...planListCalls,
  ...runCalls,
  ...scheduleCalls,
  ...directoryCalls,
  ...filterCalls,
  ...diagnosticCalls,
  ...personCalls,
  ...updateCalls,
} as const;

export type Contract = typeof contract;
export type ProcedureName = keyof Contract;
export type Input<Name extends ProcedureName> = z.input<Contract[Name]["input"]>;
export type Output<Name extends ProcedureName> = z.output<Contract[Name]["output"]>;

/** Told while a call with `progress` runs; at most ten a second, dropped rather than queued. */
export const ProgressEvent = z.union([
  z.object({ stage: z.string(), done: z.number(), total: z.number().optional() }),
  z.object({ wait: z.object({ seconds: z.number(), reason: z.string() }) }),
  /** Another run holds a profile or an organization, `subject`; it is waited for. */
  z.object({
    held: z.object({
      subject: z.string(),
      what: z.string(),
      who: z.string(),
      host: z.string(),
      pid: z.int(),
      since: z.iso.datetime(),
    }),
  }),
  z.object({ finding: Finding }),
  /** Of a check: everything found so far. */
  z.object({ findings: z.array(Finding) }),
  z.object({ schedules: z.array(ScheduleShape) }),
  z.object({ followed: Followed }),
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
