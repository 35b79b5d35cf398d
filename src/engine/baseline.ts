import type { Desired } from "../core/desired.ts";
import type { DiffResult } from "../core/diff/input.ts";
import type { Diagnostic } from "../core/diagnostic.ts";
import { Fault } from "../core/fault.ts";
import { shortDigest, type Baseline, type Plan, type PlanHeader } from "../core/plan.ts";
import type { Run } from "../store/store.ts";
import type { Profile } from "./profile.ts";

/** How a profile starts where the organization cannot be read, as somebody said it. */
export interface StatedBaseline {
  readonly way: Baseline;
  /** Somebody says that what is there was sent before under the ids this profile uses. */
  readonly sameIds: boolean;
}

/** Words of a command line as a statement. */
export const stateBaseline = (options: {
  readonly baseline?: Baseline | undefined;
  readonly sameIds?: boolean | undefined;
}): StatedBaseline | undefined =>
  options.baseline === undefined ? undefined : { way: options.baseline, sameIds: options.sameIds === true };

/**
 * The statement a run goes by: its own, else that of the plan somebody accepted. Fault `baseline.other` where both are
 * there and differ, since the accepted plan shows what the other way does.
 */
export const agreedBaseline = (
  profile: Profile,
  stated: StatedBaseline | undefined,
  accepted: readonly Pick<Run, "header">[],
): StatedBaseline | undefined => {
  for (const { header } of accepted) {
    const shown = header?.baseline;
    if (shown === undefined || (shown === "needed" && stated === undefined)) continue;
    const way = shown === "needed" ? "send" : shown;
    if (stated !== undefined && stated.way !== way)
      throw new Fault("baseline.other", { profile: profile.name, way: stated.way, accepted: way });
    return { way, sameIds: true };
  }
  return stated;
};

/** What a plan's header says of its starting point; undefined where there is nothing to say. */
export const baselineOf = (
  { changes }: DiffResult,
  stated: StatedBaseline | undefined,
  { first, readable }: { readonly first: boolean; readonly readable: boolean },
): PlanHeader["baseline"] => {
  if (readable) return undefined;
  if (first) return stated?.way ?? "needed";
  return changes.some(({ because }) => because.code === "baseline.sent") ? "send" : undefined;
};

/** A statement that has no effect is answered. */
export const baselineNotes = (
  stated: StatedBaseline | undefined,
  { first, readable }: { readonly first: boolean; readonly readable: boolean },
): Diagnostic[] => {
  if (stated === undefined) return [];
  if (readable) return [{ code: "baseline.not_needed", severity: "info" }];
  return first || stated.way === "send" ? [] : [{ code: "baseline.not_first", severity: "info" }];
};

/** Recording needs somebody's word that the ids are the same: an example of each kind is what they can compare. */
export const checkIds = (profile: Profile, stated: StatedBaseline | undefined, desired: Desired): void => {
  if (stated?.way !== "record" || stated.sameIds) return;
  const person = desired.people.values().next().value;
  const group = desired.groups.values().next().value;
  throw new Fault("baseline.ids_unknown", {
    server: hostOf(profile),
    profile: profile.name,
    person: person?.name ?? person?.email ?? "none",
    personId: person?.externalId ?? "none",
    group: group?.name ?? "none",
    groupId: group?.externalId ?? "none",
  });
};

/** Fault `baseline.needed` for a first plan of which nobody has said what to take for what is there already. */
export const refuseWithoutBaseline = (profile: Profile, { header }: Plan): void => {
  if (header.baseline === "record" || header.baseline === "send") return;
  const digest = shortDigest(header.digest);
  throw new Fault("baseline.needed", { server: hostOf(profile), profile: profile.name, digest });
};

/** The server as its own name, without what an address has around it. */
const hostOf = ({ organization: { server } }: Profile): string =>
  URL.canParse(server) ? new URL(server).host : server;
