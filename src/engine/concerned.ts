import type { OrganizationGroup } from "../core/organization-state.ts";
import type { Change } from "../core/plan.ts";

/** Picks the organization's groups that some changes are about, so that only their memberships are read. */
export const groupsOf = (changes: Iterable<Change>): ((group: OrganizationGroup) => boolean) => {
  const ids = new Set<string>();
  for (const { subject } of changes) {
    if (subject.kind !== "group") continue;
    if (subject.organizationId !== undefined) ids.add(subject.organizationId);
    if (subject.externalId !== undefined) ids.add(subject.externalId);
  }
  return (group) => ids.has(group.id) || (group.externalId !== undefined && ids.has(group.externalId));
};
