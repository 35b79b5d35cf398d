import type { DesiredPerson } from "../desired.ts";
import type { Diagnostic } from "../diagnostic.ts";
import type { PersonLink } from "../link.ts";
import type { Change } from "../plan.ts";
import { endsMembership } from "../satisfied.ts";
import { findUnsent, sayBaseline } from "./baseline.ts";
import { judgeEnabled } from "./enabled.ts";
import type { DiffInput, Standing } from "./input.ts";
import { isElsewhere, judgeUnlinked } from "./joiners.ts";
import { judgeDisabled, judgeMissing } from "./leavers.ts";
import { isRevoked, memberOf, presenceOf, refreshed } from "./members.ts";
import { createPart, type PeoplePart } from "./part.ts";
import { follow, stay } from "./stay.ts";
import { judgeStrangers } from "./strangers.ts";

/** What the people's part of a difference came to. */
export interface PeopleDiff {
  readonly changes: Change[];
  readonly notes: Diagnostic[];
  readonly updates: PersonLink[];
  readonly ended: string[];
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
    if (!input.settings.users) standBy(part, link, person);
    else if (person === undefined) judgeMissing(part, link);
    else if (person.state === "disabled") judgeDisabled(part, link, person);
    else judgeEnabled(part, link, person);
  }
  for (const person of input.desired.people.values()) {
    if (part.linkOf.has(person.id)) continue;
    if (input.settings.users) judgeUnlinked(part, person);
    else followIfMember(part, person);
  }
  // Whom another profile manages and we do not find keeps what we gave them: only that profile knows whether they left.
  if (input.elsewhere.size > 0) {
    const followed = new Set(part.following.values());
    for (const externalId of input.elsewhere.keys()) if (!followed.has(externalId)) part.staying.add(externalId);
  }
  const strangers = input.organization === undefined ? 0 : judgeStrangers(part);
  findUnsent(part);
  sayLimits(part);
  sayBaseline(part);
  const touched = new Set(input.people.length === 0 ? [] : part.changes.map((row) => row.subject.id));
  return {
    changes: part.changes,
    notes: part.notes,
    updates: part.updates,
    ended: part.ended,
    standing: { ...part, nameless: namelessOf(part) },
    unchanged: input.people.filter((link) => !touched.has(link.id)).length,
    strangers,
  };
};

/** Linked members without an external id whom this plan neither gives one nor takes out. */
const namelessOf = ({ unnamed, changes }: PeoplePart): Set<string> => {
  const nameless = new Set(unnamed.keys());
  for (const change of changes)
    if (change.action === "stamp" || endsMembership(change)) nameless.delete(change.subject.organizationId ?? "");
  return nameless;
};

/** What this server makes of leavers otherwise than the settings say, once for all of them; unnamed owners keep everybody. */
const sayLimits = ({ input: { server, settings }, changes, notes }: PeoplePart): void => {
  if (!server.readable && server.owners === undefined && settings.users)
    notes.push({ code: "owners.unknown", severity: "warning" });
  if (!changes.some((row) => row.action === "revoke")) return;
  const { disabled, gone } = settings.leavers;
  if (!server.remove && (disabled === "remove" || gone === "remove"))
    notes.push({ code: "leaver.remove_unavailable", severity: "info" });
  if (!server.readable) notes.push({ code: "leaver.found_by_address", severity: "info" });
};

/** People are not synchronised: a linked one follows the directory's groups while active, and nothing else happens. */
const standBy = (part: PeoplePart, link: PersonLink, person: DesiredPerson | undefined): void => {
  const member = memberOf(part.members, link);
  const known = refreshed(link, member);
  if (known.externalId !== link.externalId) part.renamed.set(link.externalId, known.externalId);
  if (person?.state === "enabled" && !isRevoked(presenceOf(part.members, link, member))) follow(part, known, member);
  else stay(part, known, member);
};

/** People are not synchronised: whoever is in the organization already still takes part in groups. */
const followIfMember = (part: PeoplePart, person: DesiredPerson): void => {
  if (!part.input.server.readable) {
    const isReference = isElsewhere(part, person);
    if (!isReference && person.state === "enabled") part.unsentPeople.set(person.id, person.name ?? person.email);
    return;
  }
  const member = part.members.byExternalId.get(person.externalId) ?? part.members.byEmail.get(person.email);
  if (member?.externalId === undefined || part.linkByMember.has(member.id)) return;
  if (person.state === "enabled" && member.status !== "revoked") part.following.set(person.id, member.externalId);
  else part.staying.add(member.externalId);
};
