import { ascending } from "./ascending.ts";
import type { GroupLink, PersonLink } from "./link.ts";
import { isLocal, type GroupFacts, type PersonFacts, type PlanRow } from "./plan.ts";

/** The links of a profile while a plan is applied. */
export interface LinkTable {
  readonly people: ReadonlyMap<string, PersonLink>;
  readonly groups: ReadonlyMap<string, GroupLink>;
  /** External id → directory id of the person link that holds it. */
  readonly holderOf: ReadonlyMap<string, string>;
  /** Organization GUID of a membership → directory id of the person link that stands for it. */
  readonly holderOfMember: ReadonlyMap<string, string>;
}

export interface Settled {
  readonly people: readonly PersonLink[];
  readonly groups: readonly GroupLink[];
  readonly gonePeople: readonly string[];
  readonly goneGroups: readonly string[];
}

/** What done rows make of the links: each row alone, so that any prefix of a plan leaves true links behind. */
export const settle = (rows: readonly PlanRow[], links: LinkTable, at: number): Settled => {
  const people = new Map<string, PersonLink>();
  const groups = new Map<string, GroupLink>();
  const gonePeople = new Set<string>();
  const goneGroups = new Set<string>();
  for (const row of rows) {
    const { id, kind } = row.subject;
    if (row.action === "keep") continue;
    if (kind === "person") {
      const former = formerPerson(row, links);
      const link = settlePerson(row, people.get(id) ?? links.people.get(id) ?? former, at);
      if (former !== undefined) gonePeople.add(former.id);
      if (link === undefined) gonePeople.add(id);
      else people.set(id, link);
    } else {
      const former = formerGroup(row, links);
      const link = settleGroup(row, groups.get(id) ?? links.groups.get(id) ?? former);
      if (former !== undefined) goneGroups.add(former.id);
      if (link === undefined) goneGroups.add(id);
      else groups.set(id, link);
    }
  }
  for (const id of gonePeople) people.delete(id);
  for (const id of goneGroups) groups.delete(id);
  return {
    people: [...people.values()],
    groups: [...groups.values()],
    gonePeople: [...gonePeople],
    goneGroups: [...goneGroups],
  };
};

/**
 * An adoption takes over what another entry's link stood for: that one ends, and what we know goes with it. It is found
 * by its membership first, since somebody may have changed the external id in the organization.
 */
const formerPerson = (row: PlanRow, links: LinkTable): PersonLink | undefined => {
  if (row.action !== "adopt") return undefined;
  const facts: PersonFacts = row.after;
  const holder =
    links.holderOfMember.get(row.subject.organizationId ?? "") ??
    links.holderOf.get(facts.externalId ?? row.subject.externalId ?? "");
  return holder === undefined || holder === row.subject.id ? undefined : links.people.get(holder);
};

const formerGroup = (row: PlanRow, links: LinkTable): GroupLink | undefined => {
  if (row.action !== "adopt") return undefined;
  const { externalId, organizationId, id } = row.subject;
  const another = (fits: (link: GroupLink) => boolean): GroupLink | undefined =>
    links.groups.values().find((link) => link.id !== id && fits(link));
  const same = organizationId === undefined ? undefined : another((link) => link.organizationId === organizationId);
  return same ?? another((link) => link.externalId === externalId);
};

/** The link after a done row; undefined = it ends. */
const settlePerson = (row: PlanRow, link: PersonLink | undefined, at: number): PersonLink | undefined => {
  const after: PersonFacts = row.after;
  const email = after.email ?? link?.email ?? row.subject.email ?? "";
  const externalId = after.externalId ?? link?.externalId ?? row.subject.externalId ?? row.subject.id;
  if (row.action === "invite" || row.action === "stage")
    return begun({
      id: row.subject.id,
      externalId,
      email,
      directoryEmail: email,
      name: row.subject.name ?? link?.name,
    });
  const base: PersonLink = {
    ...link,
    id: row.subject.id,
    externalId,
    email,
    directoryEmail: link?.directoryEmail ?? row.subject.email ?? email,
    ...(row.subject.name === undefined ? {} : { name: row.subject.name }),
    ...(row.subject.organizationId === undefined ? {} : { organizationId: row.subject.organizationId }),
  };
  switch (row.action) {
    case "adopt": {
      const { missingSince: _found, ...found } = base;
      if (row.because.code === "baseline.recorded") return { ...found, recorded: true };
      return { ...found, directoryEmail: row.subject.email ?? base.directoryEmail };
    }
    case "stamp":
      return withoutRecord(base);
    case "restore":
      // It stands although the directory says otherwise, so that the next run does not take it away again.
      if (row.because.code === "restore.against_directory")
        return { ...withoutRecord(base), revoked: base.revoked ?? { at, cause: "disabled" }, byHand: "restored" };
      return {
        ...begun(base),
        ...(row.subject.organizationId === undefined ? {} : { organizationId: row.subject.organizationId }),
      };
    case "revoke": {
      const { byHand: _before, ...rest } = withoutRecord(base);
      return { ...rest, revoked: { at, cause: causeOf(row) } };
    }
    case "remove":
      return undefined;
    case "readdress": {
      const { organizationId: _former, ...rest } = base;
      return { ...(isLocal(row) ? base : withoutRecord(rest)), directoryEmail: row.subject.email ?? email };
    }
    default:
      return link;
  }
};

/** A new or restored membership has no revocation, absence or foreign hand behind it. */
const begun = ({
  id,
  externalId,
  email,
  directoryEmail,
  name,
}: Omit<PersonLink, "name"> & { readonly name?: string | undefined }): PersonLink =>
  name === undefined ? { id, externalId, email, directoryEmail } : { id, externalId, email, directoryEmail, name };

/** Sent by us, and answered: the organization knows the id from now on. */
const withoutRecord = ({ recorded: _recorded, perhaps: _perhaps, ...rest }: PersonLink): PersonLink => rest;

const causeOf = (row: PlanRow): "disabled" | "gone" | "undo" =>
  row.because.code === "leaver.disabled" ? "disabled" : row.because.code.startsWith("undo") ? "undo" : "gone";

const settleGroup = (row: PlanRow, link: GroupLink | undefined): GroupLink | undefined => {
  const after: GroupFacts = row.after;
  const base: GroupLink = {
    writtenBy: "import",
    members: [],
    ...link,
    id: row.subject.id,
    externalId: after.externalId ?? link?.externalId ?? row.subject.externalId ?? row.subject.id,
    name: after.name ?? link?.name ?? row.subject.name ?? "",
    ...(row.subject.organizationId === undefined ? {} : { organizationId: row.subject.organizationId }),
  };
  switch (row.action) {
    case "adopt": {
      const { missingSince: _found, kept: _kept, ...found } = base;
      if (row.because.code === "baseline.recorded")
        return { ...found, writtenBy: "import", members: ascending(row.add) };
      return { ...found, writtenBy: after.externalId === undefined ? "member-ids" : "import" };
    }
    case "create-group": {
      const { organizationId: _former, perhaps: _perhaps, ...rest } = base;
      return { ...rest, writtenBy: "import", members: ascending(row.add) };
    }
    case "change-members":
    case "empty-group": {
      const { perhaps: _perhaps, ...rest } = base;
      const removed = new Set(row.remove);
      const members = new Set([...base.members.filter((id) => !removed.has(id)), ...(row.add ?? [])]);
      return { ...rest, members: [...members].sort() };
    }
    case "remove-group":
      return undefined;
    default:
      return base;
  }
};
