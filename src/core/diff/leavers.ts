import type { DesiredPerson } from "../desired.ts";
import type { PersonLink } from "../link.ts";
import type { OrganizationMember } from "../organization-state.ts";
import type { Because } from "../plan.ts";
import { day } from "./input.ts";
import { isRevoked, memberOf, presenceOf, recordHand, refreshed, type Presence } from "./members.ts";
import { heirOf, type PeoplePart } from "./part.ts";
import { protectionOf } from "./protection.ts";
import { change, keep, note, update, type Who } from "./rows.ts";
import { stay } from "./stay.ts";

/** A linked person whom the directory holds disabled. */
export const judgeDisabled = (part: PeoplePart, link: PersonLink, person: DesiredPerson | undefined): void => {
  const { missingSince: _found, ...known } = know(part, link);
  const who: Who = { link: known, person, member: memberOf(part.members, link) };
  if (restoreMarked(part, link, who)) return;
  const policy = part.input.settings.leavers.disabled;
  if (policy !== "keep") return leave(part, link, who, policy, { code: "leaver.disabled" });
  stay(part, known, who.member);
  update(part, link, known);
};

/** A linked person whom the complete read did not show, or showed as not selected. */
export const judgeMissing = (part: PeoplePart, link: PersonLink): void => {
  const { desired, settings, now, directoryChanged } = part.input;
  const known = know(part, link);
  const member = memberOf(part.members, link);
  if (heirOf(part, link) !== undefined || isSomebodyElse(part, link, member)) return;
  stay(part, known, member);
  if (restoreMarked(part, link, { link: known, person: undefined, member })) return;
  if (directoryChanged) return keepFromOtherDirectory(part, link, { link: known, person: undefined, member });
  if (desired.leftOutDisabled?.has(link.id) === true) return judgeDisabled(part, link, undefined);
  if (desired.leftOut.has(link.id)) {
    const { missingSince: _found, ...found } = known;
    return update(part, link, found);
  }
  const missing = { ...known, missingSince: link.missingSince ?? now };
  const who: Who = { link: missing, person: undefined, member };
  if (waitsForSuccessor(part, who)) return update(part, link, missing);
  const presence = presenceOf(part.members, link, member);
  const because = desired.unselected.get(link.id) ?? { code: "gone.not_found" };
  const until = waitsUntil(part, link);
  if (presence === "removed-by-hand") return forget(part, link, who, until === undefined && !isInDirectory(part, link));
  if (settings.leavers.gone === "keep") return update(part, link, missing);
  if (until !== undefined && !isRevoked(presence) && protectionOf(part, who) === undefined) {
    keep(part, who, until === "second read" ? missingOnce(because) : { code: "keep.waiting", params: { until } });
    return update(part, link, missing);
  }
  leave(part, link, who, settings.leavers.gone, because);
};

/**
 * Another directory says nothing of who is missing in it. Whoever may be the same person under another id is proposed
 * for adoption, which says it already.
 */
const keepFromOtherDirectory = (part: PeoplePart, link: PersonLink, who: Who): void => {
  const isOut = isRevoked(presenceOf(part.members, link, who.member));
  if (!isOut && !part.successors.has(link.id)) keep(part, who, { code: "keep.other_directory" });
  update(part, link, who.link);
};

/** Somebody said that this person shall have access again, whatever the directory says; true where there is some to give back. */
const restoreMarked = (part: PeoplePart, link: PersonLink, who: Who): boolean => {
  if (!part.marked.has(`restore ${link.id}`) || !isRevoked(presenceOf(part.members, link, who.member))) return false;
  const { email, externalId } = who.link;
  stay(part, who.link, who.member);
  change(part, "restore", who, { email, externalId }, { code: "restore.against_directory" });
  update(part, link, who.link);
  return true;
};

const missingOnce = (because: Because): Because => ({ code: "keep.missing_once", params: reasonOf(because) });

/** A reason within a reason: its code, and its values for the words of that code. */
const reasonOf = ({ code, params }: Because): NonNullable<Because["params"]> => ({ ...params, reason: code });

const isInDirectory = ({ input: { desired } }: PeoplePart, { id }: PersonLink): boolean =>
  desired.unselected.has(id) && desired.unselected.get(id)?.code !== "gone.deleted";

/** What this reading says of the member behind a link. */
const know = (part: PeoplePart, link: PersonLink): PersonLink => {
  const known = refreshed(link, memberOf(part.members, link));
  if (known.externalId !== link.externalId) part.renamed.set(link.externalId, known.externalId);
  return known;
};

/** Another entry of the directory has this very membership by now: it is theirs, and what we knew of the missing one ends. */
const isSomebodyElse = (part: PeoplePart, link: PersonLink, member: OrganizationMember | undefined): boolean => {
  const id = member?.id ?? link.organizationId;
  const holder = id === undefined ? undefined : part.presentByMember.get(id);
  if (holder === undefined || holder.id === link.id) return false;
  note(
    part,
    "gone.same_member",
    { ...link, email: link.directoryEmail },
    { holder: holder.name ?? holder.directoryEmail },
  );
  part.ended.push(link.id);
  return true;
};

/** Somebody has to say whether the same person came back as another entry: never a leaver and a joiner. */
const waitsForSuccessor = (part: PeoplePart, who: Who): boolean => {
  const successor = part.successors.get(who.link.id);
  if (successor === undefined) return false;
  const { email, id } = successor.person;
  keep(part, who, { code: "keep.same_address_new_id", params: { address: email, id } });
  return true;
};

/** What a missing person still waits for: a second complete read, or a moment (ISO); undefined = they are gone. */
const waitsUntil = ({ input }: PeoplePart, link: PersonLink): string | undefined => {
  const { now, settings } = input;
  const { missingSince } = link;
  const after = input.accepted?.has(`person ${link.id}`) === true ? 0 : input.secondReadAfter;
  if (missingSince === undefined || now <= missingSince || now - missingSince < after) return "second read";
  const until = missingSince + settings.leavers.wait * day;
  return now < until ? new Date(until).toISOString() : undefined;
};

/** Not in the organization any more: once the person is surely gone from the directory too, the link ends. */
const forget = (part: PeoplePart, link: PersonLink, who: Who, gone: boolean): void => {
  if (gone && part.members.read) part.ended.push(link.id);
  else update(part, link, recordHand(who.link, "removed-by-hand"));
};

/** Takes access away the way the settings say, unless somebody stands in the way: an owner, `protect`, a hand in the organization. */
export const leave = (
  part: PeoplePart,
  link: PersonLink,
  who: Who,
  policy: "revoke" | "remove",
  because: Because,
): void => {
  const { link: known, member } = who;
  const presence = presenceOf(part.members, link, member);
  stay(part, known, member);
  if (presence === "removed-by-hand") return forget(part, link, who, false);
  const protection = protectionOf(part, who);
  if (protection !== undefined) {
    keep(part, who, { code: protection, params: reasonOf(because) });
    return update(part, link, recordHand(known, presence));
  }
  const isUnsure = !part.input.server.readable && link.perhaps !== undefined;
  if (isRevoked(presence) && !isUnsure) return stayRevoked(part, link, who, presence, because);
  if (link.revoked !== undefined && !isUnsure) {
    note(part, "drift.restored_by_hand", { ...known, email: known.directoryEmail });
    return update(part, link, { ...known, byHand: "restored" });
  }
  if (policy === "remove" && part.input.server.remove) return remove(part, who, because);
  change(part, "revoke", who, { email: known.email, externalId: known.externalId, status: "revoked" }, because);
  update(part, link, known);
};

/** Revoked already: removed once the settings say so, if the revocation was ours; what was done by hand stands. */
const stayRevoked = (part: PeoplePart, link: PersonLink, who: Who, presence: Presence, because: Because): void => {
  const days = part.input.settings.leavers.removeAfter;
  const isOurs = presence !== "revoked-by-hand" && link.revoked !== undefined;
  if (isOurs && days !== undefined && part.input.server.remove && part.input.now - link.revoked.at >= days * day)
    return remove(part, who, { code: "leaver.removed_after", params: { ...reasonOf(because), days } });
  update(part, link, recordHand(who.link, presence));
};

const remove = (part: PeoplePart, who: Who, because: Because): void => {
  sayOtherMembership(part, who);
  part.staying.delete(who.link.externalId);
  part.leaving.add(who.link.externalId);
  change(part, "remove", who, {}, because);
};

/** With its link gone, an entry whose external id has changed is found under the new one, which only the next plan can follow. */
const sayOtherMembership = (part: PeoplePart, { person, member }: Who): void => {
  const { members, linkByMember } = part;
  const other = person === undefined ? undefined : members.byExternalId.get(person.externalId);
  if (person === undefined || other === undefined || other.id === member?.id || linkByMember.has(other.id)) return;
  note(part, "leaver.other_membership", person, { address: other.email, id: person.externalId });
};
