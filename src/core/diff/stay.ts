import type { PersonLink } from "../link.ts";
import type { OrganizationMember } from "../organization-state.ts";
import { presenceOf } from "./members.ts";
import type { PeoplePart } from "./part.ts";

/** The person follows the directory's memberships. */
export const follow = (part: PeoplePart, link: PersonLink, member: OrganizationMember | undefined): void => {
  const where = placeOf(part, link, member);
  if (where === "named") part.following.set(link.id, link.externalId);
  else part[where].add(link.externalId);
};

/** The person keeps the memberships last applied. */
export const stay = (part: PeoplePart, link: PersonLink, member: OrganizationMember | undefined): void => {
  const where = placeOf(part, link, member);
  part[where === "named" ? "staying" : where].add(link.externalId);
};

/** A group names people by external id: who is not there, or has none there, can be neither put in nor taken out. */
const placeOf = (
  part: PeoplePart,
  link: PersonLink,
  member: OrganizationMember | undefined,
): "named" | "fixed" | "leaving" => {
  if (presenceOf(part.members, link, member) === "removed-by-hand") return "leaving";
  return member !== undefined && member.externalId === undefined ? "fixed" : "named";
};
