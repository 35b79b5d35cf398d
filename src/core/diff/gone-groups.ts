import type { GroupLink } from "../link.ts";
import type { OrganizationGroup } from "../organization-state.ts";
import type { GroupFacts } from "../plan.ts";
import { actualMembers, findGroup, groupSubject, noteGroup, updateGroup, type GroupPart } from "./group-part.ts";
import { day } from "./input.ts";
import { ownMembers, perhapsMembers } from "./memberships.ts";
import { hasGroupSuccessor } from "./new-groups.ts";

/** A linked group that the directory no longer shows, or that is no longer selected. */
export const judgeGoneGroup = (part: GroupPart, link: GroupLink): void => {
  const { input } = part;
  const other = input.desired.otherGroups.get(link.id);
  if (hasGroupSuccessor(part, link)) return;
  if (other !== undefined || link.kept === true || input.selectionChanged || input.directoryChanged)
    return keepGroup(part, link, other?.code ?? `group.${input.directoryChanged ? "directory" : "selection"}_changed`);
  const theirs = findGroup(part, link);
  const missing: GroupLink = { ...link, missingSince: link.missingSince ?? input.now };
  const waiting = waitsFor(part, link);
  if (waiting === undefined && input.organization !== undefined && theirs === undefined) {
    part.ended.push(link.id);
    return;
  }
  updateGroup(part, link, missing);
  if (input.settings.groupsGone === "keep") return;
  if (waiting !== undefined)
    part.changes.push({ action: "keep", subject: groupSubject(link), before: {}, after: {}, because: waiting });
  else if (theirs !== undefined || input.organization === undefined) takeLeave(part, link, theirs);
};

/** Out of the selection is not gone: the group stays as it is until it is selected again. */
const keepGroup = (part: GroupPart, link: GroupLink, reason: string): void => {
  noteGroup(part, "group.kept", link, { reason });
  const { missingSince: _seen, ...rest } = link;
  updateGroup(part, link, { ...rest, kept: true });
};

/** What a missing group still waits for, like a person: a second complete read, then the days of `wait`. */
const waitsFor = (
  { input }: GroupPart,
  { id, missingSince }: GroupLink,
): { readonly code: string; readonly params: Readonly<Record<string, string>> } | undefined => {
  const { now, settings } = input;
  const after = input.accepted?.has(`group ${id}`) === true ? 0 : input.secondReadAfter;
  if (missingSince === undefined || now <= missingSince || now - missingSince < after)
    return { code: "keep.missing_once", params: { reason: "gone.not_found" } };
  const until = missingSince + settings.leavers.wait * day;
  return now < until ? { code: "keep.waiting", params: { until: new Date(until).toISOString() } } : undefined;
};

/** Emptied or removed. Who stays keeps the membership, so a group that still holds somebody staying is not removed yet. */
const takeLeave = (part: GroupPart, link: GroupLink, theirs: OrganizationGroup | undefined): void => {
  const { input, standing } = part;
  const ours = ownMembers(link).union(perhapsMembers(part, link));
  const present = theirs?.members === undefined ? ours : actualMembers(part, theirs.members).externalIds;
  const remaining = [...present].filter((id) => ours.has(id) && !standing.leaving.has(id));
  const remove = remaining.filter((id) => !standing.staying.has(id)).toSorted();
  const size = theirs?.members?.length ?? ours.size;
  const before: GroupFacts = { name: theirs?.name ?? link.name, externalId: link.externalId, size };
  const subject = groupSubject(theirs === undefined ? link : { ...link, organizationId: theirs.id });
  const isRemoving = input.settings.groupsGone === "remove";
  if (isRemoving && !input.server.removeGroup) noteGroup(part, "group.remove_unavailable", link, {});
  if (isRemoving && input.server.removeGroup && remove.length === remaining.length)
    part.changes.push({
      action: "remove-group",
      subject,
      before,
      after: {},
      because: { code: "gone.not_found" },
      remove,
    });
  else if (remove.length > 0)
    part.changes.push({
      action: "empty-group",
      subject,
      before,
      after: { ...before, size: Math.max(0, size - remove.length) },
      because: { code: "gone.not_found" },
      remove,
    });
  const kept = remaining.length - remove.length;
  if (kept > 0) noteGroup(part, "group.still_needed", link, { count: kept });
};
