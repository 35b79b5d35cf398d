import type { DesiredGroup } from "../desired.ts";
import type { GroupLink, Unresolved } from "../link.ts";
import type { OrganizationGroup } from "../organization-state.ts";
import { day } from "./input.ts";
import { actualMembers, groupSubject, noteGroup, type GroupPart } from "./group-part.ts";

/**
 * The memberships of a group we manage, as one row where they differ; gives how the group has to be written from now on
 * and which memberships in it are ours.
 */
export const compareMembers = (
  part: GroupPart,
  link: GroupLink,
  group: DesiredGroup,
  theirs: OrganizationGroup | undefined,
): Pick<GroupLink, "writtenBy" | "members"> => {
  const { keepManualMembers } = part.input.settings;
  const { leaving, staying, fixed, nameless } = part.standing;
  const ours = ownMembers(link);
  const wanted = wantedMembers(part, ours, group);
  const actual = theirs?.members === undefined ? undefined : actualMembers(part, theirs.members);
  const present = actual?.externalIds ?? new Set([...ours].filter((id) => !leaving.has(id)));
  // Whom a lost request put in or took out is neither surely there nor surely not.
  const perhaps = perhapsMembers(part, link);
  const add = [...wanted].filter((id) => !present.has(id) || perhaps.has(id) || leaving.has(id)).sort();
  const surplus = [...present.union(perhaps)].filter((id) => !wanted.has(id) && !leaving.has(id));
  // Who is invited anew starts without groups; that this one is not given back is said like any other departure.
  const anew = [...part.returning].filter((id) => present.has(id) && !wanted.has(id));
  const leavingGroup = surplus.filter((id) => !staying.has(id) && !fixed.has(id));
  const removable = waitsForSecondRead(part, link, group, leavingGroup) ? anew : [...anew, ...leavingGroup];
  const isForUs = (id: string): boolean => !keepManualMembers || ours.has(id) || perhaps.has(id);
  const remove = removable.filter(isForUs).sort();
  const removeByEmail = keepManualMembers ? [] : (actual?.emails ?? []).toSorted();
  if (add.length > 0 || remove.length > 0 || removeByEmail.length > 0) {
    const size = present.size + (actual?.emails.length ?? 0);
    const arriving = add.filter((id) => !present.has(id)).length;
    part.changes.push({
      action: "change-members",
      subject: groupSubject(link, group.name),
      before: { externalId: link.externalId, size },
      after: { externalId: link.externalId, size: size + arriving - remove.length - removeByEmail.length },
      because: { code: "group.members" },
      add,
      remove,
      ...(removeByEmail.length > 0 ? { removeByEmail } : {}),
    });
  }
  if (actual === undefined) return { writtenBy: link.writtenBy, members: [...ours].sort() };
  // An import names everybody by external id: it would throw out who stays without one, whatever the settings say.
  const isManual =
    theirs?.members?.some((id) => nameless.has(id)) === true ||
    (keepManualMembers && (actual.emails.length > 0 || surplus.some((id) => !ours.has(id))));
  return {
    writtenBy: isManual || theirs?.externalId === undefined ? "member-ids" : "import",
    members: [...ours.union(present)].filter((id) => isOurs(id, { ours, present, wanted, staying })).sort(),
  };
};

/** How many members nobody shows, and since which read there have been as many; undefined where there are none. */
export const unresolvedIn = (
  { input: { now } }: GroupPart,
  { unresolved: before }: GroupLink,
  { unresolved: count = 0 }: DesiredGroup,
): Unresolved | undefined => {
  if (count === 0) return undefined;
  return { count, since: before !== undefined && before.count >= count ? before.since : now };
};

/**
 * A member that a read names and does not show may be a group inside, whose people then only seem to have left: like
 * somebody missing, they stay until a second complete read, and for the days of `wait`.
 */
const waitsForSecondRead = (
  part: GroupPart,
  { unresolved }: GroupLink,
  group: DesiredGroup,
  leaving: readonly string[],
): boolean => {
  const { now, secondReadAfter, people, settings } = part.input;
  if (unresolved === undefined || leaving.length === 0) return false;
  const { since } = unresolved;
  const isConfirmed = now > since && now - since >= secondReadAfter;
  const until = since + settings.leavers.wait * day;
  if (isConfirmed && now >= until) return false;
  const of = new Set(leaving);
  const who = people.flatMap((link) => (of.has(link.externalId) ? (link.name ?? link.email) : [])).toSorted();
  const params = {
    unresolved: unresolved.count,
    count: leaving.length,
    who: who.slice(0, 3),
    until: isConfirmed ? new Date(until).toISOString() : "none",
  };
  noteGroup(part, "group.members_wait", group, params);
  return true;
};

/** What we put there and is still there, what the directory asks for and is there, and what who stays had. */
const isOurs = (
  id: string,
  sets: Readonly<Record<"ours" | "present" | "wanted" | "staying", ReadonlySet<string>>>,
): boolean => {
  const { ours, present, wanted, staying } = sets;
  return present.has(id) ? ours.has(id) || wanted.has(id) : wanted.has(id) && staying.has(id);
};

/** Whom a request whose answer was lost may have put in a group or taken out, where nobody can look. */
export const perhapsMembers = (part: GroupPart, link: GroupLink): Set<string> =>
  new Set(part.input.server.readable ? [] : link.perhaps?.members);

/** The people we put in a group. */
export const ownMembers = (link: GroupLink | undefined): Set<string> => new Set(link?.members);

/** External ids that belong in a group: who follows the directory and is in it, and who stays and was in it. */
export const wantedMembers = (part: GroupPart, ours: ReadonlySet<string>, group: DesiredGroup): Set<string> => {
  const { following, staying } = part.standing;
  const wanted = new Set<string>();
  for (const id of group.members) {
    const externalId = following.get(id);
    if (externalId !== undefined) wanted.add(externalId);
  }
  for (const externalId of ours) if (staying.has(externalId)) wanted.add(externalId);
  return wanted;
};
