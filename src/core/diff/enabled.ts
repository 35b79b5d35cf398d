import type { DesiredPerson } from "../desired.ts";
import type { PersonLink } from "../link.ts";
import { holderOf, judgeAddress } from "./address.ts";
import { sendUnread } from "./baseline.ts";
import { memberOf, presenceOf, recordHand, refreshed } from "./members.ts";
import type { PeoplePart } from "./part.ts";
import { stay } from "./stay.ts";
import { change, factsOf, keep, note, update, type Who } from "./rows.ts";

/** A linked person whom the directory holds enabled. */
export const judgeEnabled = (part: PeoplePart, link: PersonLink, person: DesiredPerson): void => {
  const member = memberOf(part.members, link);
  const presence = presenceOf(part.members, link, member);
  const known = found(refreshed(link, member), person);
  const who: Who = { link: known, person, member };
  if (known.externalId !== link.externalId) part.renamed.set(link.externalId, known.externalId);
  const marked = part.marked.has(`restore ${link.id}`);
  switch (presence) {
    case "removed-by-hand":
      return marked ? inviteAgain(part, who) : stand(part, link, who, "drift.removed_by_hand");
    case "revoked-by-hand":
    case "revoked-by-undo":
      if (marked) return restore(part, link, who, "restore.marked");
      return stand(part, link, who, presence === "revoked-by-hand" ? "drift.revoked_by_hand" : "drift.revoked_by_undo");
    case "revoked-by-us":
      return restore(part, link, who, "restore.back");
    case "active":
      judgeActive(part, link, who, person);
      return sendUnread(part, who, marked);
  }
};

/** What somebody did by hand stands: the person keeps what they have, or does not have. */
const stand = (part: PeoplePart, link: PersonLink, who: Who, code: string): void => {
  const presence = presenceOf(part.members, link, who.member);
  stay(part, who.link, who.member);
  note(part, code, { ...who.link, email: who.person?.email ?? who.link.email });
  update(part, link, recordHand(who.link, presence));
};

const inviteAgain = (part: PeoplePart, who: Who): void => {
  const { link, person } = who;
  const email = person?.email ?? link.directoryEmail;
  const holder = holderOf(part, who, email);
  if (holder !== undefined) {
    part.leaving.add(link.externalId);
    return keep(part, who, { code: "held.address_taken", params: { address: email, holder } });
  }
  part.following.set(link.id, link.externalId);
  const { organizationId: _former, ...anew } = link;
  const stage = part.input.settings.joiners === "stage";
  part.changes.push({
    action: stage ? "stage" : "invite",
    subject: { kind: "person", id: anew.id, externalId: anew.externalId, email, ...named(anew.name) },
    before: {},
    after: { email, externalId: anew.externalId, status: stage ? "staged" : "invited" },
    because: { code: "restore.marked" },
  });
};

const named = (name: string | undefined): { readonly name?: string } => (name === undefined ? {} : { name });

const restore = (part: PeoplePart, link: PersonLink, who: Who, code: string): void => {
  part.following.set(link.id, who.link.externalId);
  change(part, "restore", who, { email: who.link.email, externalId: who.link.externalId }, { code });
  // What they were before they were revoked is not shown, so what another address leads to cannot be known yet.
  if (who.person !== undefined && who.person.email !== link.directoryEmail)
    note(part, "address.after_restore", who.person, { address: who.link.email });
  update(part, link, who.link);
  giveIdBack(part, who);
};

const judgeActive = (part: PeoplePart, link: PersonLink, who: Who, person: DesiredPerson): void => {
  const { link: known, member } = who;
  part.following.set(link.id, known.externalId);
  update(part, link, withoutHindrance(known));
  if (holderOfId(part, who) !== undefined) return giveIdBack(part, who);
  if (person.email !== link.directoryEmail) judgeAddress(part, who, person);
  else if (member !== undefined && member.email !== person.email)
    note(part, "address.differs", person, { address: member.email });
  if (!isInvitedAnew(part, known)) giveIdBack(part, who);
};

/**
 * Whoever lost the external id in the organization gets it again. Where another member has it meanwhile nobody can tell
 * who is meant by it, so the person keeps the memberships there are until somebody looks.
 */
const giveIdBack = (part: PeoplePart, who: Who): void => {
  const { link, member } = who;
  if (member === undefined || member.externalId !== undefined) return;
  const holder = holderOfId(part, who);
  if (holder === undefined)
    return change(part, "stamp", who, { ...factsOf(member), externalId: link.externalId }, { code: "stamp.lost" });
  part.following.delete(link.id);
  part.fixed.add(link.externalId);
  note(part, "held.id_taken", { ...link, email: who.person?.email ?? link.email }, { holder }, "warning");
};

/** Another member, by name, who has the external id that this one lost. */
const holderOfId = ({ members }: PeoplePart, { link, member }: Who): string | undefined => {
  if (member === undefined || member.externalId !== undefined) return undefined;
  const holder = members.byExternalId.get(link.externalId);
  return holder === undefined ? undefined : (holder.name ?? holder.email);
};

/** An invitation made anew brings the external id along. */
const isInvitedAnew = ({ changes }: PeoplePart, { id }: PersonLink): boolean => {
  const last = changes.at(-1);
  return last?.subject.id === id && last.because.code === "address.invited_anew";
};

/** The directory shows the person: nobody is missing, and their name is the directory's. */
const found = ({ missingSince: _seen, ...link }: PersonLink, person: DesiredPerson): PersonLink =>
  person.name === undefined ? link : { ...link, name: person.name };

/** An enabled, active member needs no memory of an earlier revocation or intervention. */
const withoutHindrance = ({ revoked: _revoked, byHand: _byHand, ...rest }: PersonLink): PersonLink => rest;
