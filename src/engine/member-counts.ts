import type { MemberStatus } from "../core/organization-state.ts";
import type { Prepared } from "./prepare.ts";

/** What a run's record calls how many of those it manages are how far, before it changed anything. */
const names = {
  invited: "membersInvited",
  accepted: "membersAccepted",
  confirmed: "membersConfirmed",
} as const satisfies Partial<Record<MemberStatus, string>>;

/** How far those are whom the profile manages; nothing where the organization was not read for this plan. */
export const memberCounts = ({
  organization,
  links,
}: Pick<Prepared, "organization" | "links">): Record<string, number> => {
  if (organization === undefined) return {};
  const managed = new Set(links.people.map(({ externalId }) => externalId));
  const counts: Record<string, number> = Object.fromEntries(Object.values(names).map((name) => [name, 0]));
  for (const { status, externalId } of organization.members) {
    if (externalId === undefined || !managed.has(externalId) || status === "revoked" || status === "staged") continue;
    const name = names[status];
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
};
