import type { DesiredPerson } from "../desired.ts";
import type { PersonLink } from "../link.ts";
import type { OrganizationMember } from "../organization-state.ts";
import type { Because, PersonFacts } from "../plan.ts";
import { recordPerson } from "./baseline.ts";
import { judgeEnabled } from "./enabled.ts";
import { leave } from "./leavers.ts";
import { memberOf } from "./members.ts";
import { heirOf, holderOfId, idElsewhere, predecessorOf, type PeoplePart } from "./part.ts";
import { stay } from "./stay.ts";
import { factsOf, keepUnlinked, note, subjectOfPerson } from "./rows.ts";

/** Somebody the directory selects whom this profile does not manage yet. */
export const judgeUnlinked = (part: PeoplePart, person: DesiredPerson): void => {
  const { members, linkByMember } = part;
  const byId = members.byExternalId.get(person.externalId);
  const byEmail = members.byEmail.get(person.email);
  if (isElsewhere(part, person)) return;
  // Of two members with one id, only a link can say which is meant.
  const isAmbiguous = members.shared.has(person.externalId) && !part.linkByExternalId.has(person.externalId);
  if (byId !== undefined && isAmbiguous) return holdBack(part, person, byId);
  const holder = holderOfId(part, person);
  if (holder !== undefined) return judgeSameId(part, person, holder);
  if (byId !== undefined) return adopt(part, person, byId, undefined, { code: "adopt.same_id" });
  const former = byEmail === undefined ? predecessorOf(part, person) : linkByMember.get(byEmail.id);
  if (former !== undefined) return judgeSameAddress(part, person, byEmail ?? memberOf(members, former), former);
  if (person.state === "disabled") return;
  const heir = heirOfAddress(part, person.email);
  if (heir !== undefined)
    return keepUnlinked(part, person, {
      code: "held.address_taken",
      params: { address: person.email, holder: heir.name ?? heir.email },
    });
  if (byEmail?.externalId !== undefined) return judgeSameAddress(part, person, byEmail, undefined);
  if (byEmail !== undefined) return stamp(part, person, byEmail);
  if (part.input.baseline === "record") recordPerson(part, person);
  else invite(part, person);
};

/**
 * Where nobody can look, the server knows a link by the address we last sent: an invitation to it would be about whoever
 * takes that link over in this plan.
 */
const heirOfAddress = (part: PeoplePart, address: string): DesiredPerson | undefined => {
  if (part.input.server.readable) return undefined;
  const links = (part.linksByEmail.get(address) ?? []).filter(({ email }) => email === address);
  return links.flatMap((link) => heirOf(part, link) ?? [])[0];
};

/** Another profile of this store manages the person: usable in our groups while they are there, never changed. */
export const isElsewhere = (part: PeoplePart, person: DesiredPerson): boolean => {
  const { elsewhere } = part.input;
  const externalId = idElsewhere(part, person);
  if (externalId === undefined) return false;
  if (part.input.unsentElsewhere?.has(externalId) === true) part.unsent.set(externalId, person.name ?? person.email);
  const member = part.members.byExternalId.get(externalId);
  const isThere = !part.members.read || (member !== undefined && member.status !== "revoked");
  if (isThere) {
    if (person.state === "enabled") part.following.set(person.id, externalId);
    else part.staying.add(externalId);
  }
  note(part, "reference.other_profile", person, { profile: elsewhere.get(externalId) ?? "" });
  return true;
};

/** A link has this external id: handed over when its own entry is gone, else nobody can have it twice. */
const judgeSameId = (part: PeoplePart, person: DesiredPerson, holder: PersonLink): void => {
  const successor = part.successors.get(holder.id);
  if (successor?.by === "id" && successor.person.id === person.id)
    return adopt(part, person, memberOf(part.members, holder), holder, { code: "adopt.same_id" });
  holdBack(part, person, holder);
};

const holdBack = (part: PeoplePart, person: DesiredPerson, holder: OrganizationMember | PersonLink): void => {
  if (person.state === "disabled") return;
  keepUnlinked(part, person, { code: "held.id_taken", params: { holder: holder.name ?? holder.email } });
};

/**
 * Somebody in the organization, or one of our links, has this address under another id. Held back while that one is in
 * the directory too; otherwise somebody has to say that it is the same person.
 */
const judgeSameAddress = (
  part: PeoplePart,
  person: DesiredPerson,
  member: OrganizationMember | undefined,
  former: PersonLink | undefined,
): void => {
  const { desired } = part.input;
  const theirs = member?.externalId ?? former?.externalId;
  const owner = member?.externalId === undefined ? undefined : part.newByExternalId.get(member.externalId);
  const heir = former === undefined ? undefined : heirOf(part, former);
  const isInherited = heir !== undefined && heir.id !== person.id;
  const isTaken =
    isInherited || (former !== undefined && (desired.people.has(former.id) || desired.leftOut.has(former.id)));
  if (isTaken || owner !== undefined) {
    if (person.state === "disabled") return;
    const holder = former?.name ?? owner?.name ?? member?.name ?? former?.email ?? person.email;
    return keepUnlinked(part, person, { code: "held.address_taken", params: { address: person.email, holder } });
  }
  const because = { code: "adopt.same_address", params: { id: theirs ?? "" } };
  const isOurs = former === undefined || part.successors.get(former.id)?.person.id === person.id;
  if (isOurs && part.marked.has(`adopt ${person.id}`)) return adopt(part, person, member, former, because);
  if (member?.externalId !== undefined) part.staying.add(member.externalId);
  note(
    part,
    "proposal.same_address",
    person,
    { address: person.email, theirs: theirs ?? "", ours: person.externalId },
    "warning",
  );
};

/** Takes a member, or what a former link stands for, into this entry's care; a disabled one is treated like any linked person. */
export const adopt = (
  part: PeoplePart,
  person: DesiredPerson,
  member: OrganizationMember | undefined,
  former: PersonLink | undefined,
  because: Because,
): void => {
  const { missingSince: _gone, ...rest } = former ?? {};
  const link: PersonLink = {
    ...rest,
    id: person.id,
    externalId: member?.externalId ?? former?.externalId ?? person.externalId,
    email: member?.email ?? former?.email ?? person.email,
    directoryEmail: person.email,
    ...(person.name === undefined ? {} : { name: person.name }),
    ...(member === undefined ? {} : { organizationId: member.id }),
  };
  const facts: PersonFacts =
    member === undefined ? { email: link.email, externalId: link.externalId } : factsOf(member);
  part.changes.push({
    action: "adopt",
    subject: {
      ...subjectOfPerson(person),
      externalId: link.externalId,
      ...(link.organizationId === undefined ? {} : { organizationId: link.organizationId }),
    },
    before: facts,
    after: facts,
    because,
  });
  const policy = part.input.settings.leavers.disabled;
  if (person.state === "disabled" && policy !== "keep")
    return leave(part, link, { link, person, member }, policy, { code: "leaver.disabled" });
  if (person.state === "disabled") return stay(part, link, member);
  judgeEnabled(part, link, person);
  if (!part.input.server.readable && link.email !== person.email)
    note(part, "address.differs", person, { address: link.email });
};

/** The organization holds the address without any external id: ours is put on it. */
const stamp = (part: PeoplePart, person: DesiredPerson, member: OrganizationMember): void => {
  if (member.status === "revoked") part.staying.add(person.externalId);
  else part.following.set(person.id, person.externalId);
  part.unnamed.set(member.id, person.externalId);
  part.changes.push({
    action: "stamp",
    subject: { ...subjectOfPerson(person), organizationId: member.id },
    before: factsOf(member),
    after: { ...factsOf(member), externalId: person.externalId },
    because: { code: "stamp.same_address" },
  });
};

const invite = (part: PeoplePart, person: DesiredPerson): void => {
  const { server, settings } = part.input;
  const stage = settings.joiners === "stage";
  const { email, externalId } = person;
  part.following.set(person.id, externalId);
  part.changes.push({
    action: stage ? "stage" : "invite",
    subject: subjectOfPerson(person),
    before: nothing,
    after: server.readable ? { email, externalId, status: stage ? "staged" : "invited" } : { email, externalId },
    because: server.readable ? isNew : isSent,
  });
};

/** The same for everybody: a first plan invites the whole company. */
const nothing: PersonFacts = {};
const isNew: Because = { code: "joiner.new" };
const isSent: Because = { code: "joiner.sent" };
