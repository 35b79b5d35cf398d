import type { DesiredGroup } from "../desired.ts";
import type { GroupLink } from "../link.ts";
import type { OrganizationGroup } from "../organization-state.ts";
import type { Because, GroupFacts } from "../plan.ts";
import { recordGroup } from "./baseline.ts";
import { findGroup, noteGroup, type GroupPart } from "./group-part.ts";
import { compareMembers, ownMembers, wantedMembers } from "./memberships.ts";
import { renameGroup } from "./rename-group.ts";

/** A group that the directory selects and this profile does not manage yet. */
export const judgeNewGroup = (part: GroupPart, group: DesiredGroup): void => {
  const same = part.byExternalId.get(group.externalId);
  const holder = part.linkByExternalId.get(group.externalId);
  if (holder !== undefined || (same !== undefined && part.held.has(same.id))) {
    if (holder !== undefined && isGone(part, holder)) return handOver(part, group, holder);
    return noteGroup(part, "held.group_id_taken", group, { holder: holder?.name ?? same?.name ?? "" }, "warning");
  }
  if (same !== undefined) return adoptGroup(part, group, same, undefined, "adopt.same_id");
  if (part.input.baseline === "record") return recordGroup(part, group);
  if (!judgeNamesakes(part, group, undefined))
    createGroup(part, group, undefined, { code: part.input.server.readable ? "group.new" : "group.sent" });
};

/** A link whose group is not in the directory any more: another entry with its external id takes it over. */
const isGone = ({ input: { desired, directoryChanged, selectionChanged } }: GroupPart, link: GroupLink): boolean =>
  !desired.groups.has(link.id) &&
  !desired.otherGroups.has(link.id) &&
  (directoryChanged || (!selectionChanged && link.kept !== true));

/** The new entry goes on with the old one's group, or makes it again where somebody removed it. */
const handOver = (part: GroupPart, group: DesiredGroup, former: GroupLink): void => {
  const theirs = findGroup(part, former);
  if (theirs !== undefined || part.input.organization === undefined)
    return adoptGroup(part, group, theirs, former, "adopt.same_id");
  part.ended.push(former.id);
  if (!judgeNamesakes(part, group, undefined)) createGroup(part, group, former, { code: "group.created_again" });
};

/** Another group takes over the external id of this gone one, so that it is not gone after all. */
export const hasGroupSuccessor = (part: GroupPart, link: GroupLink): boolean =>
  part.newExternalIds.has(link.externalId) && isGone(part, link);

/**
 * A group of the same name that no link holds: adopted where somebody said so, else proposed, instead of making a second
 * one. False when there is none.
 */
export const judgeNamesakes = (part: GroupPart, group: DesiredGroup, link: GroupLink | undefined): boolean => {
  const namesakes = (part.byName.get(group.name.toLowerCase()) ?? []).filter(
    (theirs) => !part.held.has(theirs.id) && !part.newExternalIds.has(theirs.externalId ?? ""),
  );
  const [namesake] = namesakes;
  if (namesake === undefined) return false;
  if (part.marked.has(group.id) && namesakes.length === 1) adoptGroup(part, group, namesake, link, "adopt.same_name");
  else
    noteGroup(
      part,
      namesakes.length > 1 ? "proposal.same_name_twice" : "proposal.same_name",
      group,
      { name: group.name, theirs: namesake.externalId ?? "", count: namesakes.length },
      "warning",
    );
  return true;
};

/**
 * Takes a group of the organization, or what a former link stands for, into this entry's care; its present members are
 * somebody else's until the directory asks for them.
 */
const adoptGroup = (
  part: GroupPart,
  group: DesiredGroup,
  theirs: OrganizationGroup | undefined,
  former: GroupLink | undefined,
  code: "adopt.same_id" | "adopt.same_name",
): void => {
  if (theirs !== undefined) part.held.add(theirs.id);
  const externalId = theirs?.externalId ?? former?.externalId ?? group.externalId;
  const name = theirs?.name ?? former?.name ?? group.name;
  const organizationId = theirs?.id ?? former?.organizationId;
  const link: GroupLink = {
    id: group.id,
    externalId,
    name,
    writtenBy: theirs !== undefined && theirs.externalId === undefined ? "member-ids" : "import",
    members: former?.members ?? [],
    ...(organizationId === undefined ? {} : { organizationId }),
  };
  const facts: GroupFacts = {
    name,
    ...(theirs !== undefined && theirs.externalId === undefined ? {} : { externalId }),
    ...(theirs?.members === undefined ? {} : { size: theirs.members.length }),
  };
  part.changes.push({
    action: "adopt",
    subject: {
      kind: "group",
      id: group.id,
      externalId,
      name: group.name,
      ...(organizationId === undefined ? {} : { organizationId }),
    },
    before: facts,
    after: facts,
    because: { code },
  });
  const { writtenBy } = compareMembers(part, link, group, theirs);
  renameGroup(part, link, link, group, writtenBy);
};

export const createGroup = (
  part: GroupPart,
  group: DesiredGroup,
  link: GroupLink | undefined,
  because: Because,
): void => {
  const externalId = link?.externalId ?? group.externalId;
  const add = [...wantedMembers(part, ownMembers(link), group)].sort();
  part.changes.push({
    action: "create-group",
    subject: { kind: "group", id: group.id, externalId, name: group.name },
    before: {},
    after: { name: group.name, externalId, size: add.length },
    because,
    add,
  });
};
