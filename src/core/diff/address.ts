import type { DesiredPerson } from "../desired.ts";
import type { OrganizationMember } from "../organization-state.ts";
import type { PeoplePart } from "./part.ts";
import { protectionOf } from "./protection.ts";
import { change, factsOf, keep, note, type Who } from "./rows.ts";

/** A linked, active person whose address in the directory is another one than we last accepted. */
export const judgeAddress = (part: PeoplePart, who: Who, person: DesiredPerson): void => {
  const { member } = who;
  const holder = holderOf(part, who, person.email);
  if (holder !== undefined && !isReviewed(part, who)) return holdBack(part, who, { address: person.email, holder });
  if (member === undefined) return judgeUnread(part, who, person);
  if (member.email === person.email)
    return change(part, "readdress", who, factsOf(member), {
      code: "address.arrived",
      params: { old: who.link.directoryEmail },
    });
  if (isPending(member)) return inviteAnew(part, who, person, member);
  change(part, "readdress", who, factsOf(member), {
    code: "address.theirs_to_change",
    params: { old: member.email, address: person.email },
  });
};

/** Somebody said that this is who it was; an invitation could not be made at an address that another one has. */
const isReviewed = (part: PeoplePart, { link, member }: Who): boolean =>
  part.marked.has(`readdress ${link.id}`) && member !== undefined && !isPending(member);

const isPending = ({ status }: OrganizationMember): boolean => status === "invited" || status === "staged";

/** Somebody else who has the new address already, by name; undefined when nobody has. */
export const holderOf = (part: PeoplePart, { link, member }: Who, address: string): string | undefined => {
  if (part.members.read) {
    const holder = part.members.byEmail.get(address);
    return holder === undefined || holder.id === member?.id ? undefined : (holder.name ?? holder.email);
  }
  const other = part.linksByEmail.get(address)?.find((one) => one.id !== link.id);
  return other === undefined ? undefined : (other.name ?? other.email);
};

/** Nobody can tell yet who is who: the person keeps the memberships last applied. */
const holdBack = (part: PeoplePart, who: Who, params: { readonly address: string; readonly holder: string }): void => {
  freeze(part, who);
  keep(part, who, { code: "held.address_taken", params });
};

/** Without a reading the old address is all the server knows the person by. */
const judgeUnread = (part: PeoplePart, who: Who, person: DesiredPerson): void => {
  const { link } = who;
  if (!part.input.server.readable && part.input.settings.addressChange === "wait")
    return note(part, "address.waits", person, { address: link.email });
  const protection = part.input.server.readable ? undefined : protectionOf(part, who);
  if (protection !== undefined) return keep(part, who, { code: protection, params: { reason: "address.changed" } });
  change(
    part,
    "readdress",
    who,
    { email: person.email, externalId: link.externalId },
    { code: "address.replaced", params: { old: link.email } },
  );
};

/** Nobody has accepted yet, so the invitation is taken back and made anew, unless this person may not be removed. */
const inviteAnew = (part: PeoplePart, who: Who, person: DesiredPerson, member: OrganizationMember): void => {
  const protection = protectionOf(part, who);
  if (protection !== undefined) return keep(part, who, { code: protection, params: { reason: "address.changed" } });
  part.leaving.add(who.link.externalId);
  change(
    part,
    "readdress",
    who,
    {
      email: person.email,
      externalId: who.link.externalId,
      status: part.input.settings.joiners === "stage" ? "staged" : "invited",
    },
    { code: "address.invited_anew", params: { old: member.email } },
  );
};

const freeze = (part: PeoplePart, { link }: Who): void => {
  part.following.delete(link.id);
  part.staying.add(link.externalId);
};
