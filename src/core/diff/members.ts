import type { PersonLink } from "../link.ts";
import type { OrganizationMember, OrganizationState } from "../organization-state.ts";

/** The organization's members, findable the three ways a person is known. */
export interface MemberIndex {
  readonly byId: ReadonlyMap<string, OrganizationMember>;
  readonly byExternalId: ReadonlyMap<string, OrganizationMember>;
  readonly byEmail: ReadonlyMap<string, OrganizationMember>;
}

export const indexMembers = (organization: OrganizationState | undefined): MemberIndex => {
  const byId = new Map<string, OrganizationMember>();
  const byExternalId = new Map<string, OrganizationMember>();
  const byEmail = new Map<string, OrganizationMember>();
  for (const member of organization?.members ?? []) {
    byId.set(member.id, member);
    byEmail.set(member.email, member);
    if (member.externalId !== undefined) byExternalId.set(member.externalId, member);
  }
  return { byId, byExternalId, byEmail };
};

/** The member a link stands for: by the organization's own id first, since ids of directories can be changed by hand. */
export const memberOf = (index: MemberIndex, link: PersonLink): OrganizationMember | undefined =>
  (link.organizationId === undefined ? undefined : index.byId.get(link.organizationId)) ??
  index.byExternalId.get(link.externalId);
