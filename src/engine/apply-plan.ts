import { Fault } from "../core/fault.ts";
import type { OrganizationState } from "../core/organization-state.ts";
import type { Plan, PlanRow } from "../core/plan.ts";
import { indexState } from "../core/satisfied.ts";
import { freshness, takesAway } from "../core/stale.ts";
import type { OpenOrganization } from "../organizations/organization.ts";
import type { Lease } from "../store/store.ts";
import { applyRows } from "./apply.ts";
import type { EngineDependencies, Runtime } from "./dependencies.ts";
import type { Profile } from "./profile.ts";
import { endRun, recordPlan, recordRun } from "./record.ts";
import { allRows, recover } from "./recover.ts";
import { withOrganization, withProfile, type Session } from "./session.ts";
import { dropMarks, type RunResult } from "./sync.ts";

/**
 * Applies the rows somebody reviewed, without reading the directory again. The organization is read again, and each row
 * compared with the `before` it relies on: what was added meanwhile is skipped with a note, a removal that no longer
 * fits refuses the plan.
 */
export const applyPlan = async (
  dependencies: EngineDependencies,
  profile: Profile,
  plan: Plan,
  options: { readonly wait: boolean },
  runtime: Runtime,
): Promise<RunResult> => {
  checkPlan(dependencies, profile, plan);
  return withProfile(dependencies, profile, { what: "apply", wait: options.wait }, runtime, async (session) => {
    const recovered = await recover(dependencies, profile, session.lease, session.organization);
    const state = await dependencies.store.state(profile.key);
    if (state.generation !== plan.header.generation && recovered.length === 0)
      throw new Fault("plan.overtaken", { profile: profile.name, made: plan.header.made });
    return recordRun(
      dependencies,
      profile,
      plan.header.undoes === undefined ? "apply" : "undo",
      session.lease,
      async (run) => {
        await recordPlan(dependencies, run, plan, session.lease);
        await dependencies.store.updateRun(
          run,
          {
            accepted: { by: dependencies.actor.who, how: "apply" },
            ...(plan.header.undoes === undefined ? {} : { undoes: plan.header.undoes }),
          },
          session.lease,
        );
        const fault = await withOrganization(dependencies, profile, session, "apply", (lease, inner) =>
          applyReviewed(dependencies, profile, { plan, run, session, lease, runtime: inner }),
        );
        return { run, guards: [], recovered, ...(fault === undefined ? {} : { fault }) };
      },
    );
  });
};

/** What can be told about a plan without asking anybody. */
const checkPlan = ({ clock, limits }: EngineDependencies, profile: Profile, { header }: Plan): void => {
  if (header.profile !== profile.config.id || header.organization !== profile.organizationId)
    throw new Fault("plan.foreign", { profile: profile.name, made_for: header.profileName });
  if (!header.complete || !header.applicable) throw new Fault("plan.not_applicable", { made: header.made });
  const age = clock.now() - Date.parse(header.made);
  if (age > limits.planAge || age < -limits.planAge)
    throw new Fault("plan.too_old", { made: header.made, hours: Math.round(limits.planAge / 3_600_000) });
};

interface Reviewed {
  readonly plan: Plan;
  readonly run: number;
  readonly session: Session;
  readonly lease: Lease;
  readonly runtime: Runtime;
}

const applyReviewed = async (
  dependencies: EngineDependencies,
  profile: Profile,
  { plan, run, session, lease, runtime }: Reviewed,
): Promise<Fault | undefined> => {
  const { store, clock } = dependencies;
  const organization = await session.organization();
  const now = await readAgain(organization, plan);
  const { fresh, skipped, already } =
    now === undefined ? { fresh: plan.rows, skipped: [], already: new Set<number>() } : sift(profile, plan.rows, now);
  if (skipped.length > 0)
    await store.journal(
      run,
      { rows: skipped.map((row) => row.row), state: "skipped", at: clock.now(), detail: "stale" },
      undefined,
      session.lease,
    );
  const before = await store.state(profile.key);
  await store.saveState(profile.key, { generation: before.generation + 1 }, session.lease);
  await rememberMissing(dependencies, profile, plan, session.lease);
  const links = await store.links(profile.key);
  const { tally, fault } = await applyRows(dependencies, profile, {
    run,
    rows: fresh,
    already,
    links,
    organization,
    state: now,
    leases: [session.lease, lease],
    accepted: () => true,
    runtime,
  });
  const counts = { ...tally, skipped: skipped.length, compared: now === undefined ? 0 : 1 };
  if (fault !== undefined) {
    await endRun(
      dependencies,
      run,
      { outcome: "incomplete", counts, fault: { code: fault.code, params: fault.params } },
      session.lease,
    );
    return fault;
  }
  await endRun(dependencies, run, { outcome: "done", counts }, session.lease);
  const made = Date.parse(plan.header.made);
  if (plan.header.undoes !== undefined) {
    const undone = await allRows(dependencies, plan.header.undoes);
    await store.markUndone(
      plan.header.undoes,
      undone.map((row) => row.row),
      run,
    );
    await store.saveState(
      profile.key,
      { paused: { at: clock.now(), by: dependencies.actor.who, why: `undo of run ${plan.header.undoes}` } },
      session.lease,
    );
    return undefined;
  }
  await store.saveState(profile.key, await appliedState(dependencies, profile, plan, made), session.lease);
  await dropMarks(dependencies, profile, made);
  return undefined;
};

/** What later runs compare themselves with: the selection and directory the plan was made for, not today's settings. */
const appliedState = async ({ store }: EngineDependencies, profile: Profile, plan: Plan, made: number) => {
  const before = await store.state(profile.key);
  const links = await store.links(profile.key);
  const domains = new Set(before.domains ?? []);
  for (const link of links.people) domains.add(link.directoryEmail.slice(link.directoryEmail.lastIndexOf("@") + 1));
  return {
    directory: plan.header.directory,
    organization: profile.organizationId,
    selection: plan.header.selection,
    ...(plan.header.selection === profile.selection ? { settings: profile.settings } : {}),
    lastGoodRun: made,
    ...(profile.config.sync.users ? { lastUsersRun: made } : {}),
    ...(profile.config.sync.groups ? { lastGroupsRun: made } : {}),
    firstApplied: before.firstApplied ?? made,
    domains: [...domains].sort(),
  };
};

/** Members, groups, and the memberships of the groups the plan is about. */
const readAgain = async (organization: OpenOrganization, plan: Plan): Promise<OrganizationState | undefined> => {
  if (organization.read === undefined) return undefined;
  const ids = new Set<string | undefined>();
  for (const { subject } of plan.rows)
    if (subject.kind === "group") ids.add(subject.organizationId).add(subject.externalId);
  return organization.read(
    (group) => ids.has(group.id) || (group.externalId !== undefined && ids.has(group.externalId)),
  );
};

const sift = (
  profile: Profile,
  rows: readonly PlanRow[],
  state: OrganizationState,
): { fresh: PlanRow[]; skipped: PlanRow[]; already: Set<number> } => {
  const index = indexState(state);
  const judged = rows.map((row) => ({ row, freshness: freshness(row, index) }));
  const stale = judged.filter((one) => one.freshness === "stale");
  const removals = stale.filter((one) => takesAway(one.row));
  if (removals.length > 0)
    throw new Fault("plan.stale", {
      profile: profile.name,
      n: removals.length,
      who: removals.slice(0, 3).map(({ row }) => row.subject.name ?? row.subject.email ?? row.subject.id),
    });
  return {
    fresh: judged.filter((one) => one.freshness !== "stale").map((one) => one.row),
    skipped: stale.map((one) => one.row),
    already: new Set(judged.filter((one) => one.freshness === "already").map((one) => one.row.row)),
  };
};

/** A reviewed plan that saw somebody missing for the first time is their first read; the next one counts. */
const rememberMissing = async (
  { store }: EngineDependencies,
  profile: Profile,
  plan: Plan,
  lease: Lease,
): Promise<void> => {
  const missing = new Set(
    plan.rows
      .filter((row) => row.action === "keep" && row.because.code === "keep.missing_once")
      .map((row) => row.subject.id),
  );
  if (missing.size === 0) return;
  const links = await store.links(profile.key);
  const missingSince = Date.parse(plan.header.made);
  const unmarked = <Link extends { readonly id: string; readonly missingSince?: number }>(
    all: readonly Link[],
  ): Link[] =>
    all
      .filter((link) => missing.has(link.id) && link.missingSince === undefined)
      .map((link) => ({ ...link, missingSince }));
  await store.saveLinks(profile.key, { people: unmarked(links.people), groups: unmarked(links.groups) }, lease);
};
