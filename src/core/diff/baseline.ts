import type { DesiredGroup, DesiredPerson } from "../desired.ts";
import type { Change, PersonFacts } from "../plan.ts";
import type { GroupPart } from "./group-part.ts";
import { wantedMembers } from "./memberships.ts";
import type { PeoplePart } from "./part.ts";
import { change, note, subjectOfPerson, type Who } from "./rows.ts";

/**
 * Where the organization cannot be read, what is there before the first run is what somebody says is there (product:
 * Vaultwarden). `record` takes the directory's people and groups for sent before; nothing goes out for them.
 */
export const recordPerson = (part: PeoplePart, person: DesiredPerson): void => {
  const facts: PersonFacts = { email: person.email, externalId: person.externalId };
  part.following.set(person.id, person.externalId);
  part.unsent.set(person.externalId, person.name ?? person.email);
  part.changes.push({
    action: "adopt",
    subject: subjectOfPerson(person),
    before: facts,
    after: facts,
    because: { code: "baseline.recorded" },
  });
};

/** With the members that the directory gives it now. */
export const recordGroup = (part: GroupPart, group: DesiredGroup): void => {
  const add = [...wantedMembers(part, new Set(), group)].sort();
  const facts = { name: group.name, externalId: group.externalId, size: add.length };
  part.changes.push({
    action: "adopt",
    subject: { kind: "group", id: group.id, externalId: group.externalId, name: group.name },
    before: facts,
    after: facts,
    because: { code: "baseline.recorded" },
    add,
  });
};

/** A linked, active person whom we never sent, or whom somebody marked to be sent again, where nobody can look. */
export const sendUnread = (part: PeoplePart, who: Who, marked: boolean): void => {
  const { link } = who;
  const { baseline, server } = part.input;
  if (server.readable || part.changes.at(-1)?.subject.id === link.id) return;
  const facts = { email: link.email, externalId: link.externalId };
  if (link.perhaps === "readdressed") note(part, "address.perhaps_invited", link, {}, "warning");
  if (link.perhaps === "invited") return inviteOnceMore(part, who);
  if (marked) change(part, "restore", who, facts, { code: "restore.marked" });
  else if (link.perhaps !== undefined) change(part, "restore", who, facts, { code: "restore.unsure" });
  else if (baseline === "send" && link.recorded === true) change(part, "stamp", who, facts, { code: "baseline.sent" });
};

/** Nobody knows whether the invitation arrived: an import invites whoever is not there, and leaves alone whoever is. */
const inviteOnceMore = (part: PeoplePart, { link }: Who): void => {
  const { id, externalId, email, name } = link;
  part.changes.push({
    action: "invite",
    subject: { kind: "person", id, externalId, email, ...(name === undefined ? {} : { name }) },
    before: {},
    after: { email, externalId },
    because: { code: "joiner.unsure" },
  });
};

/** Whose id the organization may not know: people of this or another profile whom neither we nor this plan sent. */
export const findUnsent = ({ input, changes, unsent }: PeoplePart): void => {
  const recorded = input.people.filter((link) => link.recorded === true);
  const sent = new Set(
    recorded.length === 0 ? [] : changes.flatMap(({ action, subject }) => (action === "keep" ? [] : subject.id)),
  );
  for (const link of recorded) if (!sent.has(link.id)) unsent.set(link.externalId, link.name ?? link.email);
  for (const id of input.unsentElsewhere ?? []) if (!unsent.has(id)) unsent.set(id, id);
};

/**
 * A group is sent whole, by ids, and the server drops ids it does not know: where it would hold people whose id was never
 * sent, it is held back, named, or people might lose what they were given by hand or by an earlier connector.
 */
export const holdUnsent = (part: GroupPart, rows: readonly Change[]): Change[] => {
  const { unsent, unsentPeople } = part.standing;
  if (unsent.size === 0 && unsentPeople.size === 0) return [...rows];
  const linkOf = new Map(part.input.groups.map((link) => [link.id, link]));
  return rows.map((row) => {
    if (row.action !== "create-group" && row.action !== "change-members" && row.action !== "empty-group") return row;
    const link = row.action === "create-group" ? undefined : linkOf.get(row.subject.id);
    const members = new Set([...(link?.members ?? []), ...(row.add ?? [])]).difference(new Set(row.remove));
    const unknown = [...members].filter((id) => unsent.has(id));
    const who = [
      ...unknown.flatMap((id) => unsent.get(id) ?? []),
      ...(part.input.desired.groups.get(row.subject.id)?.members ?? []).flatMap((id) => unsentPeople.get(id) ?? []),
    ];
    if (who.length === 0) return row;
    const params = { count: who.length, who: who.toSorted().slice(0, 3), ...whoseToSend(part, unknown, who.length) };
    return {
      action: "keep",
      subject: row.subject,
      before: {},
      after: {},
      because: { code: "held.ids_unsent", params },
    };
  });
};

/** Which profile has to send them: this one (`here`), others (`there`), or both. */
const whoseToSend = (
  { input: { elsewhere, unsentElsewhere } }: GroupPart,
  unknown: readonly string[],
  count: number,
): { readonly where: "here" | "there" | "both"; readonly profile: string } => {
  const theirs = unknown.filter((id) => unsentElsewhere?.has(id) === true);
  const profiles = new Set(theirs.map((id) => elsewhere.get(id) ?? ""));
  return {
    where: theirs.length === 0 ? "here" : theirs.length === count ? "there" : "both",
    profile: [...profiles].toSorted().join(", "),
  };
};

/** What a starting point leaves open, once for the whole plan. */
export const sayBaseline = ({ input, changes, notes, linkOf }: PeoplePart): void => {
  const { baseline, desired } = input;
  if (baseline === "send" && changes.some(({ action }) => action === "invite" || action === "stamp"))
    notes.push({ code: "baseline.restores", severity: "warning" });
  if (baseline !== "record") return;
  const recorded = changes.filter(({ because }) => because.code === "baseline.recorded").length;
  if (recorded > 0) notes.push({ code: "baseline.nobody_invited", severity: "warning", params: { count: recorded } });
  const disabled = [...desired.people.values()].filter(({ id, state }) => state === "disabled" && !linkOf.has(id));
  if (disabled.length > 0)
    notes.push({
      code: "baseline.disabled",
      severity: "warning",
      params: { count: disabled.length, who: disabled.slice(0, 3).map(({ name, email }) => name ?? email) },
    });
};
