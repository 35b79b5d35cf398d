/** What an organization holds, as its own server tells it. */
export interface OrganizationState {
  readonly members: readonly OrganizationMember[];
  readonly groups: readonly OrganizationGroup[];
  /** Absent where the server does not tell; `total` absent = unlimited. */
  readonly seats?: { readonly total?: number; readonly autoscaleLimit?: number };
}

/** `revoked` hides what the member was before; `staged` has neither mail nor seat. */
export type MemberStatus = "revoked" | "invited" | "accepted" | "confirmed" | "staged";
export type MemberType = "owner" | "admin" | "user" | "custom";

export interface OrganizationMember {
  /** The organization's GUID of the membership. */
  readonly id: string;
  /** Lower case. */
  readonly email: string;
  readonly name?: string;
  readonly status: MemberStatus;
  readonly type: MemberType;
  readonly externalId?: string;
}

export interface OrganizationGroup {
  readonly id: string;
  readonly name: string;
  readonly externalId?: string;
  /** GUIDs of the memberships in it; absent when this group's members were not asked for. */
  readonly members?: readonly string[];
}

/** Members that take a seat: everybody but the revoked and the staged (bitwarden/server, occupied seats). */
export const takesSeat = (status: MemberStatus): boolean => status !== "revoked" && status !== "staged";
