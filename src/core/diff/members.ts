import type { PersonLink } from "../link.ts";
import type { OrganizationMember, OrganizationState } from "../organization-state.ts";

/** The organization's members, findable the three ways a person is known. */
export interface MemberIndex {
  /** Whether the organization was read at all. */
  readonly read: boolean;
  readonly byId: ReadonlyMap<string, OrganizationMember>;
  readonly byExternalId: ReadonlyMap<string, OrganizationMember>;
  readonly byEmail: ReadonlyMap<string, OrganizationMember>;
  /** External ids that several members bear, so that they name nobody. */
  readonly shared: ReadonlySet<string>;
}

export const indexMembers = (organization: OrganizationState | undefined): MemberIndex => {
  const byId = new Map<string, OrganizationMember>();
  const byExternalId = new Map<string, OrganizationMember>();
  const byEmail = new Map<string, OrganizationMember>();
  const shared = new Set<string>();
  for (const member of organization?.members ?? []) {
    byId.set(member.id, member);
    byEmail.set(member.email, member);
    if (member.externalId === undefined) continue;
    if (byExternalId.has(member.externalId)) shared.add(member.externalId);
    byExternalId.set(member.externalId, member);
  }
  return { read: organization !== undefined, byId, byExternalId, byEmail, shared };
};

/**
 * The member a link stands for: by the organization's own id first, since ids of directories can be changed by hand. Who
 * was invited and lost the external id before we learnt that id is whoever has the address we invited, without another id.
 */
export const memberOf = (index: MemberIndex, link: PersonLink): OrganizationMember | undefined => {
  if (link.organizationId !== undefined)
    return index.byId.get(link.organizationId) ?? index.byExternalId.get(link.externalId);
  const invited = index.byEmail.get(link.email);
  return index.byExternalId.get(link.externalId) ?? (invited?.externalId === undefined ? invited : undefined);
};

/**
 * How a linked person stands in the organization: as just read, else as our own record has it. A revocation is ours only
 * while nobody has restored the person by hand since.
 */
export type Presence = "active" | "revoked-by-us" | "revoked-by-undo" | "revoked-by-hand" | "removed-by-hand";

export const presenceOf = (index: MemberIndex, link: PersonLink, member: OrganizationMember | undefined): Presence => {
  const revoked = index.read ? member?.status === "revoked" : isRevokedByRecord(link);
  if (index.read ? member === undefined : link.byHand === "removed") return "removed-by-hand";
  if (!revoked) return "active";
  if (link.revoked === undefined || link.byHand === "restored") return "revoked-by-hand";
  return link.revoked.cause === "undo" ? "revoked-by-undo" : "revoked-by-us";
};

const isRevokedByRecord = (link: PersonLink): boolean =>
  link.byHand === "revoked" || (link.revoked !== undefined && link.byHand !== "restored");

export const isRevoked = (presence: Presence): boolean => presence.startsWith("revoked");

/** A link with what this reading says of the member. */
export const refreshed = (link: PersonLink, member: OrganizationMember | undefined): PersonLink =>
  member === undefined
    ? link
    : {
        ...link,
        email: member.email,
        organizationId: member.id,
        externalId: member.externalId ?? link.externalId,
      };

/** What the organization says against us, kept so that a run which does not read it knows too. */
export const recordHand = (link: PersonLink, presence: Presence): PersonLink => {
  if (presence === "removed-by-hand") return { ...link, byHand: "removed" };
  if (presence !== "revoked-by-hand") return link;
  const { revoked: _ours, ...rest } = link;
  return { ...rest, byHand: "revoked" };
};
