import type { DesiredPerson } from "../desired.ts";
import type { Diagnostic } from "../diagnostic.ts";
import type { PersonLink } from "../link.ts";
import type { Change } from "../plan.ts";
import type { DiffInput } from "./input.ts";
import { indexMembers, type MemberIndex } from "./members.ts";

/** The people's part while it is made: what everybody is looked up in, and what has been decided so far. */
export interface PeoplePart {
  readonly input: DiffInput;
  readonly members: MemberIndex;
  readonly linkOf: ReadonlyMap<string, PersonLink>;
  readonly linkByExternalId: ReadonlyMap<string, PersonLink>;
  readonly linkByEmail: ReadonlyMap<string, PersonLink>;
  /** Organization GUID → the link that stands for that membership. */
  readonly linkByMember: ReadonlyMap<string, PersonLink>;
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
  /** External ids that somebody changed in the organization: the one we knew → the one that holds now. */
  readonly renamed: Map<string, string>;
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
  return {
    input,
    members,
    linkOf,
    linkByExternalId,
    linkByEmail: new Map(
      input.people.flatMap((link) => [[link.directoryEmail, link] as const, [link.email, link] as const]),
    ),
    linkByMember: linkMembers(input, members),
    successors: findSuccessors(input, linkOf),
    marked: new Set(input.marks.filter((mark) => mark.subject === "person").map((mark) => `${mark.kind} ${mark.id}`)),
    changes: [],
    notes: [],
    updates: [],
    ended: [],
    following: new Map(),
    staying: new Set(),
    leaving: new Set(),
    renamed: new Map(),
  };
};

const linkMembers = (input: DiffInput, members: MemberIndex): Map<string, PersonLink> => {
  const byMember = new Map<string, PersonLink>();
  for (const link of input.people) {
    const member =
      (link.organizationId === undefined ? undefined : members.byId.get(link.organizationId)) ??
      members.byExternalId.get(link.externalId);
    if (member !== undefined) byMember.set(member.id, link);
  }
  return byMember;
};

/** Entries that are gone, each with the unlinked entry that took over its external id or its address. */
const findSuccessors = (
  { desired, people }: DiffInput,
  linkOf: ReadonlyMap<string, PersonLink>,
): Map<string, Successor> => {
  const unlinked = [...desired.people.values()].filter((person) => !linkOf.has(person.id));
  const byExternalId = new Map(unlinked.map((person) => [person.externalId, person]));
  const byEmail = new Map(unlinked.map((person) => [person.email, person]));
  const successors = new Map<string, Successor>();
  for (const link of people) {
    if (desired.people.has(link.id) || desired.leftOut.has(link.id)) continue;
    const same = desired.unselected.has(link.id) ? undefined : byExternalId.get(link.externalId);
    const namesake = byEmail.get(link.directoryEmail) ?? byEmail.get(link.email);
    if (same !== undefined) successors.set(link.id, { person: same, by: "id" });
    else if (namesake !== undefined) successors.set(link.id, { person: namesake, by: "address" });
  }
  return successors;
};
