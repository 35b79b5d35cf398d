import { takesSeat, type OrganizationState } from "./organization-state.ts";
import type { Change, PersonFacts, SeatForecast } from "./plan.ts";

/**
 * Seats before and after a plan (bitwarden/server: invited, accepted and confirmed members take one, revoked and staged
 * ones none). `known` is the number the settings give where the server tells none. A restored person is counted as
 * taking a seat, since what they were before is not shown.
 */
export const forecastSeats = (
  organization: OrganizationState | undefined,
  changes: readonly Change[],
  known: number | undefined,
): SeatForecast | undefined => {
  if (organization === undefined) return undefined;
  const used = organization.members.filter((member) => takesSeat(member.status)).length;
  const total = organization.seats?.total ?? (organization.seats === undefined ? known : undefined);
  let needs = 0;
  let frees = 0;
  for (const change of changes) {
    const before: PersonFacts = change.before;
    const took = before.status !== undefined && takesSeat(before.status);
    if (change.action === "invite" || change.action === "restore") needs += 1;
    else if ((change.action === "revoke" || change.action === "remove") && took) frees += 1;
    else if (change.action === "readdress" && change.because.code === "address.invited_anew") {
      const after: PersonFacts = change.after;
      if (took) frees += 1;
      if (after.status === "invited") needs += 1;
    }
  }
  const isUnlimited = organization.seats !== undefined && total === undefined;
  const short = total === undefined ? 0 : Math.max(0, used - frees + needs - total);
  return {
    ...(total === undefined ? {} : { total }),
    ...(isUnlimited ? { unlimited: true } : {}),
    used,
    needs,
    frees,
    short,
  };
};
