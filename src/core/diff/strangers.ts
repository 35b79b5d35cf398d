import type { PersonLink } from "../link.ts";
import type { OrganizationMember } from "../organization-state.ts";
import { leave } from "./leavers.ts";
import type { PeoplePart } from "./part.ts";
import { factsOf, note, subjectOf, type Who } from "./rows.ts";

/**
 * Members with an external id this directory does not know: listed, never touched, unless `adopt --gone` named them.
 * Gives how many there are.
 */
export const judgeStrangers = (part: PeoplePart): number => {
  const { input } = part;
  let addresses: ReadonlySet<string> | undefined;
  const isDesired = (address: string): boolean =>
    (addresses ??= new Set(input.desired.people.values().map((person) => person.email))).has(address);
  let strangers = 0;
  for (const member of input.organization?.members ?? []) {
    const { externalId } = member;
    if (externalId === undefined || isKnown(part, member, externalId) || isDesired(member.email)) continue;
    if (part.marked.has(`adopt-gone ${member.id}`) && input.settings.users && input.settings.leavers.gone !== "keep")
      makeLeaver(part, member, externalId, input.settings.leavers.gone);
    else {
      strangers += 1;
      note(part, "stranger", member, { externalId });
    }
  }
  return strangers;
};

const isKnown = ({ input, linkByMember, linkByExternalId }: PeoplePart, member: OrganizationMember, id: string) =>
  linkByMember.has(member.id) ||
  linkByExternalId.has(id) ||
  input.desired.externalIds.has(id) ||
  input.elsewhere.has(id);

/** Somebody said that this member has left: adopted and treated as gone in one plan. */
const makeLeaver = (
  part: PeoplePart,
  member: OrganizationMember,
  externalId: string,
  policy: "revoke" | "remove",
): void => {
  const { people, leftOut, unselected } = part.input.desired;
  // An external id of the organization may happen to be the id of an entry that is somebody else.
  const isEntry = people.has(externalId) || leftOut.has(externalId) || unselected.has(externalId);
  const link: PersonLink = {
    id: isEntry ? member.id : externalId,
    externalId,
    email: member.email,
    directoryEmail: member.email,
    organizationId: member.id,
    ...(member.name === undefined ? {} : { name: member.name }),
  };
  const who: Who = { link, person: undefined, member };
  const facts = factsOf(member);
  part.changes.push({
    action: "adopt",
    subject: subjectOf(who),
    before: facts,
    after: facts,
    because: { code: "adopt.gone" },
  });
  leave(part, link, who, policy, { code: "gone.adopted" });
};
