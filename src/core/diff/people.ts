import type { DesiredPerson } from "../desired.ts";
import type { Diagnostic } from "../diagnostic.ts";
import type { PersonLink } from "../link.ts";
import type { OrganizationMember } from "../organization-state.ts";
import type { Action, Because, Change, PersonFacts, Subject } from "../plan.ts";
import { day, type DiffInput, type Standing } from "./input.ts";
import { indexMembers, memberOf, type MemberIndex } from "./members.ts";

/** What the people's part of a difference came to. */
export interface PeopleDiff {
  readonly changes: Change[];
  readonly notes: Diagnostic[];
  readonly updates: PersonLink[];
  readonly standing: Standing;
  readonly unchanged: number;
  readonly strangers: number;
}

/**
 * Everybody's part of a difference (product: what happens to a linked person, joiners, links). Only linked people are
 * ever taken anything away; whoever is not clearly a joiner or a leaver is left alone and noted.
 */
export const diffPeople = (input: DiffInput): PeopleDiff => {
  const part = createPart(input);
  for (const link of input.people) {
    const person = input.desired.people.get(link.id);
    if (person === undefined) judgeMissing(part, link);
    else if (person.state === "disabled") judgeDisabled(part, link, person);
    else judgeEnabled(part, link, person);
  }
  for (const person of input.desired.people.values()) if (!part.linkOf.has(person.id)) judgeUnlinked(part, person);
  const strangers = input.organization === undefined ? 0 : judgeStrangers(part);
  const touched = new Set(part.changes.map((change) => change.subject.id));
  const unchanged = input.people.filter((link) => !touched.has(link.id)).length;
  return {
    changes: part.changes,
    notes: part.notes,
    updates: part.updates,
    standing: { following: part.following, staying: part.staying, leaving: part.leaving },
    unchanged,
    strangers,
  };
};

interface Part {
  readonly input: DiffInput;
  readonly members: MemberIndex;
  readonly linkOf: ReadonlyMap<string, PersonLink>;
  readonly linkByExternalId: ReadonlyMap<string, PersonLink>;
  readonly linkByEmail: ReadonlyMap<string, PersonLink>;
  /** Desired people without a link, by address: somebody gone may have come back under another id. */
  readonly unlinkedByEmail: ReadonlyMap<string, DesiredPerson>;
  /** Organization GUIDs that a link names. */
  readonly linkedMembers: ReadonlySet<string | undefined>;
  readonly marked: ReadonlySet<string>;
  readonly changes: Change[];
  readonly notes: Diagnostic[];
  readonly updates: PersonLink[];
  readonly following: Map<string, string>;
  readonly staying: Set<string>;
  readonly leaving: Set<string>;
}

const createPart = (input: DiffInput): Part => {
  const linkOf = new Map(input.people.map((link) => [link.id, link]));
  const unlinked = [...input.desired.people.values()].filter((person) => !linkOf.has(person.id));
  return {
    input,
    members: indexMembers(input.organization),
    linkOf,
    linkByExternalId: new Map(input.people.map((link) => [link.externalId, link])),
    linkByEmail: new Map(
      input.people.flatMap((link) => [[link.directoryEmail, link] as const, [link.email, link] as const]),
    ),
    unlinkedByEmail: new Map(unlinked.map((person) => [person.email, person])),
    linkedMembers: new Set(input.people.map((link) => link.organizationId)),
    marked: new Set(input.marks.filter((mark) => mark.subject === "person").map((mark) => `${mark.kind} ${mark.id}`)),
    changes: [],
    notes: [],
    updates: [],
    following: new Map(),
    staying: new Set(),
    leaving: new Set(),
  };
};

/** A linked person whom the directory holds enabled. */
const judgeEnabled = (part: Part, link: PersonLink, person: DesiredPerson): void => {
  const { input } = part;
  const member = memberOf(part.members, link);
  const known = refresh(link, person, member);
  if (input.organization !== undefined && member === undefined) {
    part.leaving.add(link.externalId);
    if (!part.marked.has(`restore ${link.id}`)) {
      note(part, "drift.removed_by_hand", link, person);
      update(part, link, { ...known, byHand: "removed" });
      return;
    }
    part.leaving.delete(link.externalId);
    part.following.set(link.id, link.externalId);
    change(
      part,
      "invite",
      link,
      person,
      undefined,
      { email: person.email, externalId: link.externalId, status: "invited" },
      { code: "restore.marked" },
    );
    return;
  }
  const revoked = member === undefined ? link.revoked !== undefined : member.status === "revoked";
  if (revoked) {
    const ours = link.revoked !== undefined && link.revoked.cause !== "undo";
    const marked = part.marked.has(`restore ${link.id}`);
    if (!ours && !marked) {
      part.staying.add(link.externalId);
      note(part, link.revoked === undefined ? "drift.revoked_by_hand" : "drift.revoked_by_undo", link, person);
      update(part, link, { ...known, ...(link.revoked === undefined ? { byHand: "revoked" as const } : {}) });
      return;
    }
    part.following.set(link.id, link.externalId);
    change(
      part,
      "restore",
      link,
      person,
      member,
      { email: known.email, externalId: link.externalId },
      {
        code: marked && !ours ? "restore.marked" : "restore.back",
      },
    );
    update(part, link, known);
    return;
  }
  part.following.set(link.id, link.externalId);
  update(part, link, input.organization === undefined ? known : withoutHindrance(known));
  if (member !== undefined && member.externalId === undefined) {
    change(
      part,
      "stamp",
      link,
      person,
      member,
      { ...factsOf(member), externalId: link.externalId },
      { code: "stamp.lost" },
    );
    return;
  }
  if (person.email !== link.directoryEmail)
    judgeAddress(part, { ...known, directoryEmail: link.directoryEmail }, person, member);
  else if (member !== undefined && member.email !== person.email)
    note(part, "address.differs", link, person, { address: member.email });
};

/** A linked person whose address in the directory is another one than we last accepted. */
const judgeAddress = (
  part: Part,
  link: PersonLink,
  person: DesiredPerson,
  member: OrganizationMember | undefined,
): void => {
  const { input } = part;
  const holder = part.members.byEmail.get(person.email);
  const other = part.linkByEmail.get(person.email);
  if (holder !== undefined ? holder.id !== member?.id : other !== undefined && other.id !== link.id) {
    part.changes.push(
      keep(link, person, {
        code: "held.address_taken",
        params: { address: person.email, holder: holder?.name ?? other?.name ?? person.email },
      }),
    );
    return;
  }
  if (member === undefined) {
    if (!input.server.readable && input.settings.addressChange === "wait") {
      note(part, "address.waits", link, person, { address: link.email });
      return;
    }
    change(
      part,
      "readdress",
      link,
      person,
      undefined,
      { email: person.email, externalId: link.externalId },
      { code: "address.replaced", params: { old: link.email } },
    );
    return;
  }
  if (member.email === person.email) {
    change(
      part,
      "readdress",
      link,
      person,
      member,
      { ...factsOf(member) },
      { code: "address.arrived", params: { old: link.directoryEmail } },
    );
    return;
  }
  const replaceable = member.status === "invited" || member.status === "staged";
  if (replaceable && member.type !== "owner") {
    part.leaving.add(link.externalId);
    change(
      part,
      "readdress",
      link,
      person,
      member,
      {
        email: person.email,
        externalId: link.externalId,
        status: input.settings.joiners === "stage" ? "staged" : "invited",
      },
      { code: "address.invited_anew", params: { old: member.email } },
    );
    return;
  }
  change(
    part,
    "readdress",
    link,
    person,
    member,
    { ...factsOf(member) },
    { code: "address.theirs_to_change", params: { old: member.email, address: person.email } },
  );
};

/** A linked person whom the directory holds disabled. */
const judgeDisabled = (part: Part, link: PersonLink, person: DesiredPerson): void => {
  const member = memberOf(part.members, link);
  const known = refresh(link, person, member);
  const policy = part.input.settings.leavers.disabled;
  if (!part.input.settings.users || policy === "keep") {
    part.staying.add(link.externalId);
    update(part, link, known);
    return;
  }
  leave(part, known, link, person, member, policy, { code: "leaver.disabled" });
};

/** A linked person whom the complete read did not show, or showed as not selected. */
const judgeMissing = (part: Part, link: PersonLink): void => {
  const { desired, settings, now, secondReadAfter } = part.input;
  const member = memberOf(part.members, link);
  const known = member === undefined ? link : refreshed(link, member);
  if (!settings.users || part.input.directoryChanged || desired.leftOut.has(link.id)) {
    part.staying.add(link.externalId);
    const { missingSince: _found, ...found } = known;
    update(part, link, part.input.directoryChanged ? known : found);
    return;
  }
  const because = desired.unselected.get(link.id) ?? { code: "gone.not_found" };
  const missingSince = link.missingSince ?? now;
  const missing = { ...known, missingSince };
  const successor = part.unlinkedByEmail.get(link.directoryEmail) ?? part.unlinkedByEmail.get(link.email);
  if (successor !== undefined) {
    part.staying.add(link.externalId);
    part.changes.push(
      keep(link, undefined, {
        code: "keep.same_address_new_id",
        params: { address: successor.email, id: successor.id },
      }),
    );
    update(part, link, missing);
    return;
  }
  const settled = link.revoked !== undefined && (member === undefined || member.status === "revoked");
  if (!settled && settings.leavers.gone !== "keep" && protectedBy(part, link, member) === undefined) {
    const again =
      link.missingSince !== undefined && now > link.missingSince && now - link.missingSince >= secondReadAfter;
    const until = missingSince + settings.leavers.wait * day;
    if (!again || now < until) {
      part.staying.add(link.externalId);
      part.changes.push(
        keep(
          link,
          undefined,
          again
            ? { code: "keep.waiting", params: { until: new Date(until).toISOString() } }
            : { code: "keep.missing_once", params: { reason: because.code } },
        ),
      );
      update(part, link, missing);
      return;
    }
  }
  if (settings.leavers.gone === "keep") {
    part.staying.add(link.externalId);
    update(part, link, missing);
    return;
  }
  leave(part, missing, link, undefined, member, settings.leavers.gone, because);
};

/** Takes access away the way the settings say, unless somebody stands in the way: an owner, `protect`, a hand in the organization. */
const leave = (
  part: Part,
  known: PersonLink,
  link: PersonLink,
  person: DesiredPerson | undefined,
  member: OrganizationMember | undefined,
  policy: "revoke" | "remove",
  because: Because,
): void => {
  const { input } = part;
  const protection = protectedBy(part, link, member);
  if (protection !== undefined) {
    part.staying.add(link.externalId);
    part.changes.push(keep(link, person, { code: protection, params: { reason: because.code } }));
    update(part, link, known);
    return;
  }
  if (input.organization !== undefined && member === undefined) {
    part.leaving.add(link.externalId);
    update(part, link, { ...known, byHand: "removed" });
    return;
  }
  const revoked = member === undefined ? link.revoked !== undefined : member.status === "revoked";
  const removeNow =
    revoked &&
    link.revoked !== undefined &&
    input.settings.leavers.removeAfter !== undefined &&
    input.now - link.revoked.at >= input.settings.leavers.removeAfter * day;
  if (removeNow && input.server.remove) {
    part.leaving.add(link.externalId);
    change(
      part,
      "remove",
      link,
      person,
      member,
      {},
      { code: "leaver.removed_after", params: { days: input.settings.leavers.removeAfter, reason: because.code } },
    );
    return;
  }
  part.staying.add(link.externalId);
  if (revoked && (policy === "revoke" || link.revoked !== undefined || !input.server.remove)) {
    update(part, link, link.revoked === undefined && member !== undefined ? { ...known, byHand: "revoked" } : known);
    return;
  }
  if (link.revoked !== undefined) {
    note(part, "drift.restored_by_hand", link, person);
    update(part, link, { ...known, byHand: "restored" });
    return;
  }
  if (policy === "remove" && input.server.remove) {
    part.staying.delete(link.externalId);
    part.leaving.add(link.externalId);
    change(part, "remove", link, person, member, {}, because);
    return;
  }
  change(
    part,
    "revoke",
    link,
    person,
    member,
    { email: known.email, externalId: link.externalId, status: "revoked" },
    because,
  );
  update(part, link, known);
};

/** Somebody the directory selects whom this profile does not manage yet. */
const judgeUnlinked = (part: Part, person: DesiredPerson): void => {
  const { input } = part;
  if (!input.settings.users) return followIfMember(part, person);
  const byId = part.members.byExternalId.get(person.externalId);
  const byEmail = part.members.byEmail.get(person.email);
  const other = input.elsewhere.get(byId?.externalId ?? byEmail?.externalId ?? person.externalId);
  if (other !== undefined) {
    part.following.set(person.id, byId?.externalId ?? byEmail?.externalId ?? person.externalId);
    part.notes.push({
      code: "reference.other_profile",
      severity: "info",
      subject: subjectOfPerson(person),
      params: { profile: other },
    });
    return;
  }
  const taken = part.linkByExternalId.get(person.externalId);
  if (taken !== undefined) {
    part.changes.push(
      keep({ id: person.id, externalId: person.externalId }, person, {
        code: "held.id_taken",
        params: { holder: taken.name ?? taken.email },
      }),
    );
    return;
  }
  if (byId !== undefined) return adopt(part, person, byId, { code: "adopt.same_id" });
  if (person.state === "disabled") return;
  if (byEmail !== undefined) return judgeSameAddress(part, person, byEmail);
  const former = part.linkByEmail.get(person.email);
  if (former !== undefined) return judgeFormer(part, person, former);
  const stage = input.settings.joiners === "stage";
  part.following.set(person.id, person.externalId);
  part.changes.push({
    action: stage ? "stage" : "invite",
    subject: subjectOfPerson(person),
    before: {},
    after: {
      email: person.email,
      externalId: person.externalId,
      ...(input.server.readable ? { status: stage ? "staged" : "invited" } : {}),
    },
    because: { code: "joiner.new" },
  });
};

/** The organization holds the address: ours to stamp when it has no external id, else somebody must say that it is the same person. */
const judgeSameAddress = (part: Part, person: DesiredPerson, member: OrganizationMember): void => {
  if (member.externalId === undefined) {
    part.following.set(person.id, person.externalId);
    part.changes.push({
      action: "stamp",
      subject: { ...subjectOfPerson(person), organizationId: member.id },
      before: factsOf(member),
      after: { ...factsOf(member), externalId: person.externalId },
      because: { code: "stamp.same_address" },
    });
    return;
  }
  const holder = part.linkByExternalId.get(member.externalId);
  if (holder !== undefined && part.input.desired.people.has(holder.id)) {
    part.changes.push(
      keep({ id: person.id, externalId: person.externalId }, person, {
        code: "held.address_taken",
        params: { address: person.email, holder: holder.name ?? member.name ?? member.email },
      }),
    );
    return;
  }
  if (part.marked.has(`adopt ${person.id}`))
    return adopt(part, person, member, { code: "adopt.same_address", params: { id: member.externalId } });
  part.notes.push({
    code: "proposal.same_address",
    severity: "warning",
    subject: { ...subjectOfPerson(person) },
    params: { address: person.email, theirs: member.externalId, ours: person.externalId },
  });
};

/** Without a reading of the organization: a link holds the address, so this is no joiner. */
const judgeFormer = (part: Part, person: DesiredPerson, former: PersonLink): void => {
  if (part.input.desired.people.has(former.id)) {
    part.changes.push(
      keep({ id: person.id, externalId: person.externalId }, person, {
        code: "held.address_taken",
        params: { address: person.email, holder: former.name ?? former.email },
      }),
    );
    return;
  }
  if (part.marked.has(`adopt ${person.id}`)) {
    part.following.set(person.id, former.externalId);
    part.changes.push({
      action: "adopt",
      subject: subjectOfPerson(person),
      before: { email: former.email, externalId: former.externalId },
      after: { email: former.email, externalId: former.externalId },
      because: { code: "adopt.same_address", params: { id: former.externalId } },
    });
    return;
  }
  part.notes.push({
    code: "proposal.same_address",
    severity: "warning",
    subject: subjectOfPerson(person),
    params: { address: person.email, theirs: former.externalId, ours: person.externalId },
  });
};

/** Takes a member into our care as they are; a disabled one is at once treated like any linked person. */
const adopt = (part: Part, person: DesiredPerson, member: OrganizationMember, because: Because): void => {
  const externalId = member.externalId ?? person.externalId;
  const facts = factsOf(member);
  part.changes.push({
    action: "adopt",
    subject: { ...subjectOfPerson(person), externalId, organizationId: member.id },
    before: facts,
    after: facts,
    because,
  });
  const link: PersonLink = {
    id: person.id,
    externalId,
    email: member.email,
    directoryEmail: person.email,
    organizationId: member.id,
    ...(person.name === undefined ? {} : { name: person.name }),
  };
  if (person.state === "disabled") {
    const policy = part.input.settings.leavers.disabled;
    if (policy === "keep") part.staying.add(externalId);
    else leave(part, link, link, person, member, policy, { code: "leaver.disabled" });
    return;
  }
  part.following.set(person.id, externalId);
};

/** People are not synchronised: whoever is in the organization already still takes part in groups. */
const followIfMember = (part: Part, person: DesiredPerson): void => {
  const member = part.members.byExternalId.get(person.externalId) ?? part.members.byEmail.get(person.email);
  if (member?.externalId !== undefined) part.following.set(person.id, member.externalId);
};

/** Members with an external id this directory does not know: listed, never touched, unless `adopt --gone` named them. */
const judgeStrangers = (part: Part): number => {
  const { input } = part;
  const known = new Set([...input.desired.people.values()].map((person) => person.externalId));
  let strangers = 0;
  for (const member of input.organization?.members ?? []) {
    const id = member.externalId;
    if (id === undefined || part.linkByExternalId.has(id) || known.has(id) || input.elsewhere.has(id)) continue;
    if (part.linkedMembers.has(member.id)) continue;
    if (input.desired.leftOut.has(id) || input.desired.unselected.has(id) || part.unlinkedByEmail.has(member.email))
      continue;
    if (part.marked.has(`adopt-gone ${member.id}`) && input.settings.users && input.settings.leavers.gone !== "keep") {
      const facts = factsOf(member);
      const link: PersonLink = {
        id,
        externalId: id,
        email: member.email,
        directoryEmail: member.email,
        organizationId: member.id,
        missingSince: input.now,
      };
      part.changes.push({
        action: "adopt",
        subject: subjectOfLink(link, undefined),
        before: facts,
        after: facts,
        because: { code: "adopt.gone" },
      });
      leave(part, link, link, undefined, member, input.settings.leavers.gone, { code: "gone.adopted" });
      continue;
    }
    strangers += 1;
    part.notes.push({
      code: "stranger",
      severity: "info",
      subject: {
        kind: "person",
        id: member.id,
        email: member.email,
        ...(member.name === undefined ? {} : { name: member.name }),
      },
      params: { externalId: id },
    });
  }
  return strangers;
};

/** Why nobody may take this person's access: a note code, or undefined. */
const protectedBy = (part: Part, link: PersonLink, member: OrganizationMember | undefined): string | undefined => {
  const { settings, server } = part.input;
  const addresses = [link.email, link.directoryEmail, ...(member === undefined ? [] : [member.email])];
  if (member?.type === "owner" || addresses.some((address) => server.owners?.has(address) === true))
    return "keep.owner";
  if (addresses.some((address) => settings.protect.has(address))) return "keep.protected";
  if (!server.readable && server.owners === undefined) return "keep.owners_unknown";
  return undefined;
};

const note = (
  part: Part,
  code: string,
  link: PersonLink,
  person: DesiredPerson | undefined,
  params?: Diagnostic["params"],
): void => {
  const { kind, id, name, email } = subjectOfLink(link, person);
  part.notes.push({
    code,
    severity: "info",
    subject: { kind, id, ...(name === undefined ? {} : { name }), ...(email === undefined ? {} : { email }) },
    ...(params === undefined ? {} : { params }),
  });
};

const change = (
  part: Part,
  action: Action,
  link: PersonLink,
  person: DesiredPerson | undefined,
  member: OrganizationMember | undefined,
  after: PersonFacts,
  because: Because,
): void => {
  const before =
    member === undefined
      ? action === "invite"
        ? {}
        : { email: link.email, externalId: link.externalId }
      : factsOf(member);
  const subject = subjectOfLink(link, person);
  part.changes.push({
    action,
    subject: member === undefined ? subject : { ...subject, organizationId: member.id },
    before,
    after,
    because,
  });
};

const keep = (
  link: Pick<PersonLink, "id" | "externalId"> & Partial<PersonLink>,
  person: DesiredPerson | undefined,
  because: Because,
): Change => ({
  action: "keep",
  subject: subjectOfLink(link, person),
  before: {},
  after: {},
  because,
});

const subjectOfLink = (
  link: Pick<PersonLink, "id" | "externalId"> & Partial<PersonLink>,
  person: DesiredPerson | undefined,
): Subject => {
  const name = person?.name ?? link.name;
  const email = person?.email ?? link.directoryEmail;
  return {
    kind: "person",
    id: link.id,
    externalId: link.externalId,
    ...(name === undefined ? {} : { name }),
    ...(email === undefined ? {} : { email }),
    ...(link.organizationId === undefined ? {} : { organizationId: link.organizationId }),
  };
};

const subjectOfPerson = (person: DesiredPerson): Subject => ({
  kind: "person",
  id: person.id,
  externalId: person.externalId,
  email: person.email,
  ...(person.name === undefined ? {} : { name: person.name }),
});

const factsOf = (member: OrganizationMember): PersonFacts => ({
  email: member.email,
  status: member.status,
  type: member.type,
  ...(member.externalId === undefined ? {} : { externalId: member.externalId }),
});

/** A link with what this read says of the person and this reading says of the member. */
const refresh = (link: PersonLink, person: DesiredPerson, member: OrganizationMember | undefined): PersonLink => {
  const { missingSince: _found, name: _old, ...rest } = member === undefined ? link : refreshed(link, member);
  const name = person.name ?? link.name;
  return name === undefined ? rest : { ...rest, name };
};

const refreshed = (link: PersonLink, member: OrganizationMember): PersonLink => ({
  ...link,
  email: member.email,
  organizationId: member.id,
  externalId: member.externalId ?? link.externalId,
});

/** An enabled, active member needs no memory of an earlier revocation or intervention. */
const withoutHindrance = ({ revoked: _revoked, byHand: _byHand, ...rest }: PersonLink): PersonLink => rest;

const update = (part: Part, link: PersonLink, known: PersonLink): void => {
  if (!same(link, known)) part.updates.push(known);
};

const same = (left: PersonLink, right: PersonLink): boolean =>
  left.externalId === right.externalId &&
  left.email === right.email &&
  left.directoryEmail === right.directoryEmail &&
  left.name === right.name &&
  left.organizationId === right.organizationId &&
  left.missingSince === right.missingSince &&
  left.byHand === right.byHand &&
  left.revoked?.at === right.revoked?.at;
