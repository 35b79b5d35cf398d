import { diff } from "../core/diff/diff.ts";
import type { DiffInput, DiffResult } from "../core/diff/input.ts";
import type { OrganizationGroup, OrganizationState } from "../core/organization-state.ts";
import type { Baseline, Change } from "../core/plan.ts";
import type { OpenOrganization } from "../organizations/organization.ts";

export interface Compared {
  readonly result: DiffResult;
  /** As read; absent where nothing can be read. */
  readonly organization: OrganizationState | undefined;
  readonly readable: boolean;
}

type Pick = (group: OrganizationGroup) => boolean;

/**
 * Reads as much of the organization as the difference `quick` needs, or without one all of it, and compares with what it
 * really holds. A group is never planned for without its memberships: where the comparison turns to one that was not
 * read, it is read as well.
 */
export const compareWithOrganization = async (
  organization: OpenOrganization,
  input: DiffInput,
  quick: DiffResult | undefined,
  baseline: Baseline | undefined,
): Promise<Compared> => {
  const { abilities } = organization;
  const server = {
    readable: abilities.read === "yes",
    remove: abilities.remove === "yes",
    renameGroup: abilities.renameGroup === "yes",
    removeGroup: abilities.removeGroup === "yes",
    owners: input.server.owners,
  };
  if (organization.read === undefined)
    return { result: diff({ ...input, server, baseline }), organization: undefined, readable: false };
  let pick: "all" | Pick = quick === undefined ? "all" : concerned(input, quick);
  for (;;) {
    const state = await organization.read(pick);
    const result = diff({ ...input, server, organization: state });
    const unread = unreadGroups(result.changes, state);
    if (pick === "all" || unread.size === 0) return { result, organization: state, readable: true };
    const before: Pick = pick;
    pick = (group) => before(group) || unread.has(group.id);
  }
};

/** Groups whose memberships a difference is about: those with a change, and any that a new group may turn out to be. */
const concerned = (input: DiffInput, quick: DiffResult): Pick => {
  const changed = new Set(quick.changes.filter(isAboutGroup).map((change) => change.subject.id));
  const ids = new Set<string | undefined>();
  const names = new Set<string>();
  for (const link of input.groups) if (changed.has(link.id)) ids.add(link.organizationId).add(link.externalId);
  for (const id of changed) {
    const group = input.desired.groups.get(id);
    if (group === undefined) continue;
    ids.add(group.externalId);
    names.add(group.name.toLowerCase());
  }
  return (group) =>
    ids.has(group.id) ||
    (group.externalId !== undefined && ids.has(group.externalId)) ||
    names.has(group.name.toLowerCase());
};

/** Groups that a change is about and whose members nobody asked for. */
const unreadGroups = (changes: readonly Change[], state: OrganizationState): ReadonlySet<string> => {
  const ids = new Set<string | undefined>();
  for (const change of changes)
    if (isAboutGroup(change)) ids.add(change.subject.organizationId).add(change.subject.externalId);
  return new Set(
    state.groups
      .filter((group) => group.members === undefined)
      .filter((group) => ids.has(group.id) || (group.externalId !== undefined && ids.has(group.externalId)))
      .map((group) => group.id),
  );
};

const isAboutGroup = ({ subject, action }: Change): boolean => subject.kind === "group" && action !== "keep";
