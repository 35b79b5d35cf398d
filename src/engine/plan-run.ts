import type { Baseline } from "../core/plan.ts";
import { stateBaseline } from "./baseline.ts";
import type { EngineDependencies, Runtime } from "./dependencies.ts";
import { memberCounts } from "./member-counts.ts";
import { judge, prepare, type Prepared } from "./prepare.ts";
import type { Profile } from "./profile.ts";
import { endQuiet, findQuiet } from "./quiet.ts";
import { readProfile } from "./read.ts";
import { endRun, recordLearnt, recordPlan, recordRun, saveRead } from "./record.ts";
import { endRecovered, recover, type Recovered } from "./recover.ts";
import { withProfile } from "./session.ts";
import type { RunResult } from "./sync.ts";

export interface PlanOptions {
  readonly kind: "plan" | "test";
  readonly full: boolean;
  readonly wait: boolean;
  /** How to start where the organization cannot be read, and whether its ids are the same: as for a sync. */
  readonly baseline?: Baseline | undefined;
  readonly sameIds?: boolean | undefined;
  /** The settings are not saved: nothing is kept but the plan, which no later run goes on from. */
  readonly unsaved?: boolean;
}

/**
 * The same path as a sync with the last step missing: reads, compares, judges, records, and changes nothing but the
 * record of the read: a complete read counts, whoever asked for it, unless it tries another selection or directory.
 * Guards are told, never thrown: looking is always allowed.
 */
export const planRun = async (
  dependencies: EngineDependencies,
  profile: Profile,
  options: PlanOptions,
  runtime: Runtime,
): Promise<RunResult> =>
  withProfile(
    dependencies,
    profile,
    { what: options.kind, wait: options.wait, applies: false },
    runtime,
    async (session) => {
      const recovered = await recover(dependencies, profile, session.lease, session.organization);
      return recordRun(dependencies, profile, options.kind, session.lease, async (run) => {
        const full = options.full || options.kind === "test" || options.unsaved === true;
        const reading = await readProfile(dependencies, profile, { full, runtime: session.runtime });
        const asksMore = full || options.baseline !== undefined || recovered.length > 0;
        const like = asksMore ? undefined : await findQuiet(dependencies, profile, reading);
        if (like !== undefined) {
          await endQuiet(dependencies, profile, run, { reading, like, lease: session.lease });
          return { run, guards: [], recovered };
        }
        const organization = session.organization;
        const prepared = await prepare(dependencies, profile, {
          reading,
          full,
          reviewed: true,
          baseline: stateBaseline(options),
          organization,
        });
        const { collected } = prepared;
        if (options.unsaved !== true) {
          await saveRead(dependencies, profile, prepared, session.lease);
          await recordLearnt(dependencies, profile, prepared, session.lease, isTrial(profile, prepared));
        }
        await recordPlan(dependencies, run, prepared.plan, session.lease);
        const hits = await judge(dependencies, profile, prepared, prepared.plan.rows);
        const counts = {
          readMilliseconds: prepared.readMilliseconds,
          people: collected.users.length,
          groups: collected.groups.length,
          compared: prepared.organization === undefined ? 0 : 1,
          comparedAll: prepared.comparedAll ? 1 : 0,
          ...memberCounts(prepared),
        };
        await endRun(
          dependencies,
          run,
          { outcome: prepared.plan.header.counts.changes === 0 ? "unchanged" : "planned", guards: hits, counts },
          session.lease,
        );
        await endRecovered(dependencies, recovered.filter(isSpent), session.lease);
        return { run, guards: hits, recovered };
      });
    },
  );

/** Looking takes nothing away: what was accepted and not reached is still to be gone on with. */
const isSpent = ({ accepted, left }: Recovered): boolean => accepted.length === 0 || left === 0;

/** Whoever is not in a selection or directory that somebody only looks at is not missing for that. */
const isTrial = (profile: Profile, { state, directoryIdentity }: Prepared): boolean =>
  (state.selection ?? profile.selection) !== profile.selection ||
  (state.directory ?? directoryIdentity) !== directoryIdentity;
