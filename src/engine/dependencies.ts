import type { Config, OrganizationConfig, ProfileConfig } from "../config/schema.ts";
import type { Clock } from "../core/clock.ts";
import type { Diagnostic } from "../core/diagnostic.ts";
import type { Fault } from "../core/fault.ts";
import type { Log } from "../core/log.ts";
import type { Progress } from "../core/progress.ts";
import type { OpenDirectory } from "../directories/directory.ts";
import type { OpenOrganization } from "../organizations/organization.ts";
import type { LeaseHolder, Store } from "../store/store.ts";

/** Who is waited for, or keeps somebody out; `since` in ISO 8601. */
export interface HeldBy extends Pick<LeaseHolder, "what" | "who" | "host" | "pid"> {
  readonly subject: string;
  readonly since: string;
}

/** What a run tells and how it is stopped. */
export interface Runtime {
  readonly signal: AbortSignal;
  readonly progress: Progress;
  /** Says something worth knowing before a run goes on. */
  readonly tell?: (note: Diagnostic) => void;
  /** Each finding of a check as it is made; those of a step that leads to a failure too. */
  readonly found?: (finding: Diagnostic) => void;
  readonly onWait: (wait: { readonly seconds: number; readonly reason: string }) => void;
  /** Told once when another run is waited for that holds `subject`: a profile or an organization, by its name. */
  readonly onHeld?: (held: HeldBy) => void;
  /** Asked before each write to the organization: throws Fault `lease.lost` when somebody else took over. */
  readonly beforeWrite?: () => Promise<void>;
}

/** Everything with an effect on the world; the composition root supplies it, tests supply their own. */
export interface EngineDependencies {
  readonly store: Store;
  /** The configuration as it is now; `broken` profiles carry the fault that stops them and nobody else. */
  readonly configuration: () => Promise<{ readonly config: Config; readonly broken: ReadonlyMap<string, Fault> }>;
  /** Resolves secrets, connects, logs in. */
  readonly openDirectory: (name: string, profile: ProfileConfig, runtime: Runtime) => Promise<OpenDirectory>;
  readonly openOrganization: (
    name: string,
    organization: OrganizationConfig,
    runtime: Runtime,
  ) => Promise<OpenOrganization>;
  readonly clock: Clock;
  readonly log: Log;
  /** Who acts: shown to whoever finds a lease taken, kept with runs and audits. */
  readonly actor: { readonly who: string; readonly host: string; readonly pid: number };
  readonly limits: EngineLimits;
  /** Takes secrets out of the words of an unforeseen error before they are kept with its run. */
  readonly redact: (text: string) => string;
}

/** Times of the engine, in milliseconds; arguments so that tests need not wait. */
export interface EngineLimits {
  readonly heartbeat: number;
  /** A lease without a heartbeat this long is taken over. */
  readonly stale: number;
  /** How long applying waits for another profile that applies to the same organization. */
  readonly waitForOrganization: number;
  /** Between two tries for a lease. */
  readonly leasePoll: number;
  /** After the first complete read that missed somebody, a second one counts this much later. */
  readonly secondRead: number;
  /** How often everything is compared although nothing changed. */
  readonly driftCheck: number;
  /** How long an accepted plan stays usable. */
  readonly planAge: number;
  /** Between two looks at what is due, and at what other processes started or stopped. */
  readonly scheduleLook: number;
  /** After a lost answer, before looking what the server did with the request. */
  readonly lostAnswerPause: number;
}

export const defaultLimits: EngineLimits = {
  heartbeat: 5_000,
  stale: 30_000,
  waitForOrganization: 600_000,
  leasePoll: 500,
  secondRead: 30 * 60_000,
  driftCheck: 24 * 3_600_000,
  planAge: 72 * 3_600_000,
  scheduleLook: 5_000,
  lostAnswerPause: 3_000,
};
