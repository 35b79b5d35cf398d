import type { DesiredPerson } from "../desired.ts";
import type { Diagnostic } from "../diagnostic.ts";
import type { PersonLink } from "../link.ts";
import type { OrganizationMember } from "../organization-state.ts";
import type { Action, Because, PersonFacts, Subject } from "../plan.ts";
import type { PeoplePart } from "./part.ts";

/** Whom a row is about: a link, the entry it stands for, and the member, as far as they are known. */
export interface Who {
  readonly link: PersonLink;
  readonly person: DesiredPerson | undefined;
  readonly member: OrganizationMember | undefined;
}

/** A change that relies on the member as read, else on what we last sent. */
export const change = (part: PeoplePart, action: Action, who: Who, after: PersonFacts, because: Because): void => {
  const { link, member } = who;
  part.changes.push({ action, subject: subjectOf(who), before: knownFacts(link, member), after, because });
};

const knownFacts = (link: PersonLink, member: OrganizationMember | undefined): PersonFacts =>
  member === undefined ? { email: link.email, externalId: link.externalId } : factsOf(member);

/** A row that says why nothing happens to somebody. */
export const keep = (part: PeoplePart, who: Who, because: Because): void =>
  void part.changes.push({ action: "keep", subject: subjectOf(who), before: {}, after: {}, because });

export const keepUnlinked = (part: PeoplePart, person: DesiredPerson, because: Because): void =>
  void part.changes.push({ action: "keep", subject: subjectOfPerson(person), before: {}, after: {}, because });

export const note = (
  part: PeoplePart,
  code: string,
  { id, name, email }: Pick<Subject, "id" | "name" | "email">,
  params?: Diagnostic["params"],
  severity: Diagnostic["severity"] = "info",
): void =>
  void part.notes.push({
    code,
    severity,
    subject: {
      kind: "person",
      id,
      ...(name === undefined ? {} : { name }),
      ...(email === undefined ? {} : { email }),
    },
    ...(params === undefined ? {} : { params }),
  });

export const subjectOf = ({ link, person, member }: Who): Subject => {
  const name = person?.name ?? link.name;
  const organizationId = member?.id ?? link.organizationId;
  return {
    kind: "person",
    id: link.id,
    externalId: link.externalId,
    email: person?.email ?? link.directoryEmail,
    ...(name === undefined ? {} : { name }),
    ...(organizationId === undefined ? {} : { organizationId }),
  };
};

export const subjectOfPerson = ({ id, externalId, email, name }: DesiredPerson): Subject =>
  name === undefined ? { kind: "person", id, externalId, email } : { kind: "person", id, externalId, email, name };

export const factsOf = (member: OrganizationMember): PersonFacts => ({
  email: member.email,
  status: member.status,
  type: member.type,
  ...(member.externalId === undefined ? {} : { externalId: member.externalId }),
});

/** Keeps what this run learnt of a link, where it differs; what a plan would only adopt is not a link yet. */
export const update = (part: PeoplePart, link: PersonLink, known: PersonLink): void => {
  if (part.linkOf.has(link.id) && !isSame(link, known)) part.updates.push(known);
};

const isSame = (left: PersonLink, right: PersonLink): boolean =>
  left.externalId === right.externalId &&
  left.email === right.email &&
  left.directoryEmail === right.directoryEmail &&
  left.name === right.name &&
  left.organizationId === right.organizationId &&
  left.missingSince === right.missingSince &&
  left.byHand === right.byHand &&
  left.revoked?.at === right.revoked?.at;
