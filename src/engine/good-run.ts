import type { StateChange } from "../store/store.ts";
import type { EngineDependencies } from "./dependencies.ts";
import type { Profile } from "./profile.ts";

/** A run that got to its end, for what later runs compare themselves with. */
export interface GoodRun {
  /** When its directory was read. */
  readonly readAt: number;
  /** What it read and selected; absent where nobody has reviewed yet what a change of these leads to. */
  readonly ends?: { readonly directory: string; readonly selection: string } | undefined;
  /** All memberships of the organization were compared. */
  readonly comparedAll: boolean;
  /** It applied something. */
  readonly applied: boolean;
}

/** What a good run leaves in the profile's state. Mail domains are those of the people who are managed by then. */
export const goodRun = async (
  { store }: EngineDependencies,
  profile: Profile,
  { readAt, ends, comparedAll, applied }: GoodRun,
): Promise<StateChange> => {
  const [before, present] = await Promise.all([store.state(profile.key), store.domains(profile.key)]);
  const domains = new Set([...(before.domains ?? []), ...present]);
  return {
    organization: profile.organizationId,
    ...ends,
    ...(ends?.selection === profile.selection ? { settings: profile.settings } : {}),
    lastGoodRun: readAt,
    ...(profile.config.sync.users ? { lastUsersRun: readAt } : {}),
    ...(profile.config.sync.groups ? { lastGroupsRun: readAt } : {}),
    ...(comparedAll ? { lastFullRead: readAt } : {}),
    ...(applied ? { firstApplied: before.firstApplied ?? readAt } : {}),
    domains: [...domains].sort(),
    failures: undefined,
  };
};
