import type { DesiredGroup } from "../desired.ts";
import type { Diagnostic } from "../diagnostic.ts";
import type { GroupLink } from "../link.ts";
import type { OrganizationGroup } from "../organization-state.ts";
import type { Because, Change, GroupFacts, Subject } from "../plan.ts";
import type { DiffInput, Standing } from "./input.ts";

export interface GroupsDiff {
  readonly changes: Change[];
  readonly notes: Diagnostic[];
  readonly updates: GroupLink[];
  readonly unchanged: number;
}

/**
 * Every group's part of a difference (product: groups). A membership is ours when we set it or the directory asks for
 * it; all others are left alone while `keepManualMembers` holds. Who stays keeps the memberships last applied.
 */
export const diffGroups = (input: DiffInput, standing: Standing): GroupsDiff => {
  if (!input.settings.groups) return { changes: [], notes: [], updates: [], unchanged: input.groups.length };
  const part = createPart(input, standing);
  for (const link of input.groups) {
    const group = input.desired.groups.get(link.id);
    if (group === undefined) judgeGone(part, link);
    else judgeLinked(part, link, group);
  }
  for (const group of input.desired.groups.values()) if (!part.linked.has(group.id)) judgeUnlinked(part, group);
  const touched = new Set(part.changes.map((change) => change.subject.id));
  return {
    changes: part.changes,
    notes: part.notes,
    updates: part.updates,
    unchanged: input.groups.filter((link) => !touched.has(link.id)).length,
  };
};

interface Part {
  readonly input: DiffInput;
  readonly standing: Standing;
  readonly linked: ReadonlySet<string>;
  readonly byId: ReadonlyMap<string, OrganizationGroup>;
  readonly byExternalId: ReadonlyMap<string, OrganizationGroup>;
  readonly byName: ReadonlyMap<string, readonly OrganizationGroup[]>;
  /** Organization groups that some link holds. */
  readonly held: ReadonlySet<string>;
  readonly marked: ReadonlySet<string>;
  /** Member GUID → external id, or the address of a member without one. */
  readonly memberKeys: ReadonlyMap<string, MemberKey>;
  readonly changes: Change[];
  readonly notes: Diagnostic[];
  readonly updates: GroupLink[];
}
type MemberKey = { readonly externalId: string } | { readonly email: string };

const createPart = (input: DiffInput, standing: Standing): Part => {
  const groups = input.organization?.groups ?? [];
  const byId = new Map(groups.map((group) => [group.id, group]));
  const byExternalId = new Map(
    groups.flatMap((group) => (group.externalId === undefined ? [] : [[group.externalId, group] as const])),
  );
  const linkedIds = new Set<string>();
  for (const link of input.groups) {
    const group =
      (link.organizationId === undefined ? undefined : byId.get(link.organizationId)) ??
      byExternalId.get(link.externalId);
    if (group !== undefined) linkedIds.add(group.id);
  }
  return {
    input,
    standing,
    linked: new Set(input.groups.map((link) => link.id)),
    byId,
    byExternalId,
    byName: Map.groupBy(groups, (group) => group.name.toLowerCase()),
    held: linkedIds,
    marked: new Set(
      input.marks.filter((mark) => mark.kind === "adopt" && mark.subject === "group").map((mark) => mark.id),
    ),
    memberKeys: new Map(
      (input.organization?.members ?? []).map((member) => [
        member.id,
        member.externalId === undefined ? { email: member.email } : { externalId: member.externalId },
      ]),
    ),
    changes: [],
    notes: [],
    updates: [],
  };
};

/** A linked group that the directory selects. */
const judgeLinked = (part: Part, link: GroupLink, group: DesiredGroup): void => {
  const { input } = part;
  const theirs =
    (link.organizationId === undefined ? undefined : part.byId.get(link.organizationId)) ??
    part.byExternalId.get(link.externalId);
  const {
    missingSince: _found,
    kept: _kept,
    ...known
  } = theirs === undefined ? link : { ...link, organizationId: theirs.id };
  if (input.organization !== undefined && theirs === undefined) {
    part.changes.push(create(part, group, { ...link }, { code: "group.created_again" }));
    return;
  }
  update(part, link, { ...known, ...compare(part, known, group, theirs) });
};

/** A group this profile does not manage yet. */
const judgeUnlinked = (part: Part, group: DesiredGroup): void => {
  const same = part.byExternalId.get(group.externalId);
  if (same !== undefined && !part.held.has(same.id)) return adopt(part, group, same, { code: "adopt.same_id" });
  const namesakes = (part.byName.get(group.name.toLowerCase()) ?? []).filter((theirs) => !part.held.has(theirs.id));
  const [namesake] = namesakes;
  if (namesake !== undefined) {
    if (part.marked.has(group.id) && namesakes.length === 1)
      return adopt(part, group, namesake, { code: "adopt.same_name" });
    part.notes.push({
      code: namesakes.length > 1 ? "proposal.same_name_twice" : "proposal.same_name",
      severity: "warning",
      subject: { kind: "group", id: group.id, name: group.name },
      params: { name: group.name, theirs: namesake.externalId ?? "", count: namesakes.length },
    });
    return;
  }
  part.changes.push(create(part, group, undefined, { code: "group.new" }));
};

/** Takes a group of the organization into our care; its present members are somebody else's until the directory asks for them. */
const adopt = (part: Part, group: DesiredGroup, theirs: OrganizationGroup, because: Because): void => {
  const externalId = theirs.externalId ?? group.externalId;
  const facts: GroupFacts = {
    name: theirs.name,
    ...(theirs.externalId === undefined ? {} : { externalId: theirs.externalId }),
    ...(theirs.members === undefined ? {} : { size: theirs.members.length }),
  };
  part.changes.push({
    action: "adopt",
    subject: { kind: "group", id: group.id, externalId, name: group.name, organizationId: theirs.id },
    before: facts,
    after: facts,
    because,
  });
  const link: GroupLink = {
    id: group.id,
    externalId,
    name: theirs.name,
    organizationId: theirs.id,
    writtenBy: theirs.externalId === undefined ? "member-ids" : "import",
    members: [],
  };
  compare(part, link, group, theirs);
};

/** Names and memberships of a group we manage; gives how it has to be written from now on and which memberships there are ours. */
const compare = (
  part: Part,
  link: GroupLink,
  group: DesiredGroup,
  theirs: OrganizationGroup | undefined,
): Pick<GroupLink, "writtenBy" | "members"> => {
  const { input, standing } = part;
  const wanted = wantedMembers(part, link, group);
  const actual = theirs?.members === undefined ? undefined : actualMembers(part, theirs.members);
  const present = actual?.externalIds ?? new Set(link.members.filter((id) => !standing.leaving.has(id)));
  const ours = new Set(link.members);
  const add = [...wanted].filter((id) => !present.has(id) || standing.leaving.has(id)).sort();
  const surplus = [...present].filter((id) => !wanted.has(id) && !standing.leaving.has(id));
  const manual = surplus.filter((id) => !ours.has(id));
  const keepManual = input.settings.keepManualMembers;
  const remove = (keepManual ? surplus.filter((id) => ours.has(id)) : surplus).sort();
  const removeByEmail = keepManual ? [] : (actual?.emails ?? []).toSorted();
  const foreign = keepManual && (manual.length > 0 || (actual?.emails.length ?? 0) > 0);
  const adoptedWithoutId = theirs !== undefined && theirs.externalId === undefined;
  const writtenBy = actual === undefined ? link.writtenBy : foreign || adoptedWithoutId ? "member-ids" : "import";
  const subject = subjectOf(link, group);
  rename(part, link, group, theirs, writtenBy);
  if (add.length > 0 || remove.length > 0 || removeByEmail.length > 0) {
    const size = actual === undefined ? present.size : actual.externalIds.size + actual.emails.length;
    part.changes.push({
      action: "change-members",
      subject,
      before: { externalId: link.externalId, size },
      after: { externalId: link.externalId, size: size + add.length - remove.length - removeByEmail.length },
      because: { code: "group.members" },
      add,
      remove,
      ...(removeByEmail.length > 0 ? { removeByEmail } : {}),
    });
  }
  if (actual === undefined) return { writtenBy, members: link.members };
  return { writtenBy, members: [...present].filter((id) => ours.has(id) || wanted.has(id)).sort() };
};

/** External ids that belong in a group: who follows the directory and is in it, and who stays and was in it. */
const wantedMembers = (part: Part, link: GroupLink | undefined, group: DesiredGroup): Set<string> => {
  const { following, staying, leaving } = part.standing;
  const wanted = new Set<string>();
  for (const id of group.members) {
    const externalId = following.get(id);
    if (externalId !== undefined) wanted.add(externalId);
  }
  for (const externalId of link?.members ?? [])
    if (staying.has(externalId) && !leaving.has(externalId)) wanted.add(externalId);
  return wanted;
};

const actualMembers = (part: Part, members: readonly string[]): { externalIds: Set<string>; emails: string[] } => {
  const externalIds = new Set<string>();
  const emails: string[] = [];
  for (const id of members) {
    const key = part.memberKeys.get(id);
    if (key === undefined) continue;
    if ("externalId" in key) externalIds.add(key.externalId);
    else emails.push(key.email);
  }
  return { externalIds, emails };
};

const rename = (
  part: Part,
  link: GroupLink,
  group: DesiredGroup,
  theirs: OrganizationGroup | undefined,
  writtenBy: GroupLink["writtenBy"],
): void => {
  const name = theirs?.name ?? link.name;
  if (name === group.name) return;
  if (writtenBy === "member-ids" || !part.input.server.renameGroup) {
    part.notes.push({
      code: writtenBy === "member-ids" ? "group.rename_by_hand" : "group.rename_unavailable",
      severity: "info",
      subject: { kind: "group", id: group.id, name: group.name },
      params: { name, wanted: group.name },
    });
    return;
  }
  part.changes.push({
    action: "rename-group",
    subject: subjectOf(link, group),
    before: { name, externalId: link.externalId },
    after: { name: group.name, externalId: link.externalId },
    because: { code: name === link.name ? "group.renamed" : "group.renamed_by_hand" },
  });
};

/** A linked group that the directory no longer shows, or that is no longer selected. */
const judgeGone = (part: Part, link: GroupLink): void => {
  const { input } = part;
  const other = input.desired.otherGroups.get(link.id);
  if (other !== undefined || link.kept === true || input.selectionChanged || input.directoryChanged) {
    part.notes.push({
      code: "group.kept",
      severity: "info",
      subject: { kind: "group", id: link.id, name: link.name },
      params: { reason: other?.code ?? "group.selection_changed" },
    });
    const { missingSince: _seen, ...rest } = link;
    update(part, link, { ...rest, kept: true });
    return;
  }
  const theirs =
    (link.organizationId === undefined ? undefined : part.byId.get(link.organizationId)) ??
    part.byExternalId.get(link.externalId);
  const missing: GroupLink = { ...link, missingSince: link.missingSince ?? input.now };
  update(part, link, missing);
  if (input.settings.groupsGone === "keep") return;
  const again =
    link.missingSince !== undefined &&
    input.now > link.missingSince &&
    input.now - link.missingSince >= input.secondReadAfter;
  if (!again) {
    part.changes.push({
      action: "keep",
      subject: subjectOf(link, undefined),
      before: {},
      after: {},
      because: { code: "keep.missing_once", params: { reason: "gone.not_found" } },
    });
    return;
  }
  if (input.organization !== undefined && theirs === undefined) return;
  const before: GroupFacts = {
    name: link.name,
    externalId: link.externalId,
    size: theirs?.members?.length ?? link.members.length,
  };
  const remaining = theirs?.members === undefined ? link.members : [...actualMembers(part, theirs.members).externalIds];
  if (input.settings.groupsGone === "remove" && input.server.removeGroup) {
    part.changes.push({
      action: "remove-group",
      subject: withOrganization(subjectOf(link, undefined), theirs),
      before,
      after: {},
      because: { code: "gone.not_found" },
    });
    return;
  }
  const ours = new Set(link.members);
  const remove = remaining.filter((id) => ours.has(id)).toSorted();
  if (remove.length === 0) return;
  part.changes.push({
    action: "empty-group",
    subject: withOrganization(subjectOf(link, undefined), theirs),
    before,
    after: { name: link.name, externalId: link.externalId, size: Math.max(0, (before.size ?? 0) - remove.length) },
    because: { code: "gone.not_found" },
    remove,
  });
};

const create = (part: Part, group: DesiredGroup, link: GroupLink | undefined, because: Because): Change => {
  const externalId = link?.externalId ?? group.externalId;
  const add = [...wantedMembers(part, link, group)].sort();
  return {
    action: "create-group",
    subject: { kind: "group", id: group.id, externalId, name: group.name },
    before: {},
    after: { name: group.name, externalId, size: add.length },
    because,
    add,
  };
};

const subjectOf = (link: GroupLink, group: DesiredGroup | undefined): Subject => ({
  kind: "group",
  id: link.id,
  externalId: link.externalId,
  name: group?.name ?? link.name,
  ...(link.organizationId === undefined ? {} : { organizationId: link.organizationId }),
});

const withOrganization = (subject: Subject, theirs: OrganizationGroup | undefined): Subject =>
  theirs === undefined ? subject : { ...subject, organizationId: theirs.id };

const update = (part: Part, link: GroupLink, known: GroupLink): void => {
  const changed =
    link.organizationId !== known.organizationId ||
    link.writtenBy !== known.writtenBy ||
    link.missingSince !== known.missingSince ||
    link.kept !== known.kept ||
    !sameList(link.members, known.members);
  if (changed) part.updates.push(known);
};

const sameList = (left: readonly string[], right: readonly string[]): boolean =>
  left === right || (left.length === right.length && left.every((item, index) => item === right[index]));
