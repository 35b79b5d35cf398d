import type { DesiredPerson } from "../desired.ts";
import type { Diagnostic } from "../diagnostic.ts";
import type { PersonLink } from "../link.ts";
import type { Change } from "../plan.ts";
import type { DiffInput } from "./input.ts";
import { indexMembers, memberOf, refreshed, type MemberIndex } from "./members.ts";

/** The people's part while it is made: what everybody is looked up in, and what has been decided so far. */
export interface PeoplePart {
  readonly input: DiffInput;
  readonly members: MemberIndex;
  readonly linkOf: ReadonlyMap<string, PersonLink>;
  readonly linkByExternalId: ReadonlyMap<string, PersonLink>;
  /** Links by both of their addresses; those whose entry is in the directory first. */
  readonly linksByEmail: ReadonlyMap<string, readonly PersonLink[]>;
  /** Organization GUID → the link that stands for that membership. */
  readonly linkByMember: ReadonlyMap<string, PersonLink>;
  /** Organization GUID → the link with that membership whose entry is in the directory. */
  readonly presentByMember: ReadonlyMap<string, PersonLink>;
  /** Desired people without a link. */
  readonly newByExternalId: ReadonlyMap<string, DesiredPerson>;
  /** A link whose entry is gone from the directory → the new entry that seems to be the same person. */
  readonly successors: ReadonlyMap<string, Successor>;
  readonly marked: ReadonlySet<string>;
  readonly changes: Change[];
  readonly notes: Diagnostic[];
  readonly updates: PersonLink[];
  /** Links that end without a row: gone on both sides. */
  readonly ended: string[];
  readonly following: Map<string, string>;
  readonly staying: Set<string>;
  readonly leaving: Set<string>;
  readonly fixed: Set<string>;
  readonly unsent: Map<string, string>;
  readonly unsentPeople: Map<string, string>;
  /** External ids that somebody changed in the organization: the one we knew → the one that holds now. */
  readonly renamed: Map<string, string>;
  /** Members without an external id: GUID → the one their link has, or this plan gives them. */
  readonly unnamed: Map<string, string>;
}

/** `id`: the same external id, so certainly the same person; `address`: somebody has to say so. */
export interface Successor {
  readonly person: DesiredPerson;
  readonly by: "id" | "address";
}

export const createPart = (input: DiffInput): PeoplePart => {
  const members = indexMembers(input.organization);
  const linkOf = new Map(input.people.map((link) => [link.id, link]));
  const linkByExternalId = new Map(input.people.map((link) => [link.externalId, link]));
  const linkByMember = linkMembers(input, members);
  const marked = new Set(
    input.marks.filter((mark) => mark.subject === "person").map((mark) => `${mark.kind} ${mark.id}`),
  );
  const unlinked = [...input.desired.people.values()].filter((person) => !linkOf.has(person.id));
  const newByExternalId = new Map<string, DesiredPerson>();
  for (const person of unlinked) newByExternalId.set(person.externalId, person);
  return {
    input,
    members,
    linkOf,
    linkByExternalId,
    linksByEmail: indexAddresses(input, members),
    linkByMember,
    presentByMember: presentMembers(input, members),
    newByExternalId,
    successors: findSuccessors({ input, members, marked, unlinked, newByExternalId }),
    marked,
    changes: [],
    notes: [],
    updates: [],
    ended: [],
    following: new Map(),
    staying: new Set(),
    leaving: new Set(),
    fixed: new Set(),
    unsent: new Map(),
    unsentPeople: new Map(),
    renamed: new Map(),
    unnamed: new Map(
      [...linkByMember].flatMap(([id, link]) =>
        members.byId.get(id)?.externalId === undefined ? [[id, link.externalId] as const] : [],
      ),
    ),
  };
};

/** The addresses a link stands for: the organization's as it is now, and the directory's as last accepted. */
const addressesOf = (link: PersonLink, members: MemberIndex): Set<string> =>
  new Set([refreshed(link, memberOf(members, link)).email, link.directoryEmail]);

const indexAddresses = ({ people, desired }: DiffInput, members: MemberIndex): Map<string, PersonLink[]> => {
  const links = new Map<string, PersonLink[]>();
  const rank = ({ id }: PersonLink): number => (desired.people.has(id) ? 0 : desired.leftOut.has(id) ? 1 : 2);
  for (const link of people)
    for (const address of addressesOf(link, members)) {
      const others = links.get(address);
      if (others === undefined) links.set(address, [link]);
      else others.push(link);
    }
  for (const several of links.values())
    if (several.length > 1) several.sort((left, right) => rank(left) - rank(right) || (left.id < right.id ? -1 : 1));
  return links;
};

const linkMembers = (input: DiffInput, members: MemberIndex): Map<string, PersonLink> => {
  const byMember = new Map<string, PersonLink>();
  for (const link of input.people) {
    const member = memberOf(members, link);
    if (member !== undefined) byMember.set(member.id, link);
  }
  return byMember;
};

const presentMembers = ({ people, desired }: DiffInput, members: MemberIndex): Map<string, PersonLink> =>
  new Map(
    people.flatMap((link) => {
      const id = memberOf(members, link)?.id ?? link.organizationId;
      return id === undefined || !desired.people.has(link.id) ? [] : [[id, link] as const];
    }),
  );

/** Entries that are gone, each with the unlinked entry that took over its external id or its address. */
const findSuccessors = ({
  input: { desired, people },
  members,
  marked,
  unlinked,
  newByExternalId,
}: Pick<PeoplePart, "input" | "members" | "marked" | "newByExternalId"> & {
  readonly unlinked: readonly DesiredPerson[];
}): Map<string, Successor> => {
  const gone = people.filter((link) => !desired.people.has(link.id) && !desired.leftOut.has(link.id));
  if (gone.length === 0) return new Map();
  // Whoever is in the organization under an id of their own is not somebody else's successor.
  const byEmail = new Map(
    unlinked.flatMap((person) =>
      members.byExternalId.has(person.externalId) ? [] : [[person.email, person] as const],
    ),
  );
  const successors = new Map<string, Successor>();
  for (const link of gone) {
    const { externalId } = refreshed(link, memberOf(members, link));
    const same = desired.unselected.has(link.id) ? undefined : newByExternalId.get(externalId);
    const namesakes = [...addressesOf(link, members)].flatMap((address) => byEmail.get(address) ?? []);
    const namesake = namesakes.find(({ id }) => marked.has(`adopt ${id}`)) ?? namesakes[0];
    if (same !== undefined) successors.set(link.id, { person: same, by: "id" });
    else if (namesake !== undefined) successors.set(link.id, { person: namesake, by: "address" });
  }
  return successors;
};

/** The link that a new entry would go on with: of its external id, else of the member or the link with its address. */
export const predecessorOf = (part: PeoplePart, person: DesiredPerson): PersonLink | undefined => {
  const same = part.linkByExternalId.get(person.externalId);
  if (same !== undefined) return same;
  const member = part.members.byEmail.get(person.email);
  if (member !== undefined) return part.linkByMember.get(member.id);
  return part.linksByEmail.get(person.email)?.find((link) => {
    const other = part.successors.get(link.id);
    return other === undefined || other.person.id === person.id || !isHandedTo(part, link, other);
  });
};

/** The entry that this plan hands a link over to. */
export const heirOf = (part: PeoplePart, link: PersonLink): DesiredPerson | undefined => {
  const successor = part.successors.get(link.id);
  return successor !== undefined && isHandedTo(part, link, successor) ? successor.person : undefined;
};

/** Whether this plan hands a link over to the entry that seems to be the same person. */
const isHandedTo = (part: PeoplePart, link: PersonLink, { person, by }: Successor): boolean => {
  if (idElsewhere(part, person) !== undefined) return false;
  if (by === "id") return holderOfId(part, person)?.id === link.id;
  return part.marked.has(`adopt ${person.id}`) && predecessorOf(part, person)?.id === link.id;
};

/** The external id under which another profile of this store manages the person, by their own id or their address. */
export const idElsewhere = ({ input, members }: PeoplePart, person: DesiredPerson): string | undefined => {
  if (input.elsewhere.size === 0) return undefined;
  const found = [members.byExternalId.get(person.externalId), members.byEmail.get(person.email)];
  const ids = [...found.map((member) => member?.externalId), person.externalId];
  return ids.find((id) => id !== undefined && input.elsewhere.has(id));
};

/**
 * The link that has a new entry's external id, else the one of the member who has it. Of several that seem to have it,
 * since two members were given one id, only this one goes on with the entry.
 */
export const holderOfId = ({ linkByExternalId, linkByMember, members }: PeoplePart, person: DesiredPerson) => {
  const member = members.byExternalId.get(person.externalId);
  return linkByExternalId.get(person.externalId) ?? (member === undefined ? undefined : linkByMember.get(member.id));
};
