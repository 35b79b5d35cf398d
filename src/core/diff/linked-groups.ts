import type { DesiredGroup } from "../desired.ts";
import type { GroupLink } from "../link.ts";
import { findGroup, updateGroup, type GroupPart } from "./group-part.ts";
import { compareMembers, unresolvedIn } from "./memberships.ts";
import { createGroup, judgeNamesakes } from "./new-groups.ts";
import { renameGroup } from "./rename-group.ts";

/** A linked group that the directory selects. */
export const judgeLinkedGroup = (part: GroupPart, link: GroupLink, group: DesiredGroup): void => {
  const theirs = findGroup(part, link);
  const { missingSince: _found, kept: _kept, unresolved: _before, ...rest } = link;
  const unresolved = unresolvedIn(part, link, group);
  const found: GroupLink = unresolved === undefined ? rest : { ...rest, unresolved };
  const known: GroupLink =
    theirs === undefined
      ? found
      : { ...found, organizationId: theirs.id, externalId: theirs.externalId ?? link.externalId, name: theirs.name };
  if (part.input.organization !== undefined && theirs === undefined) {
    updateGroup(part, link, known);
    if (!judgeNamesakes(part, group, known)) createGroup(part, group, known, { code: "group.created_again" });
    return;
  }
  if (link.perhaps?.there === false && theirs === undefined) {
    updateGroup(part, link, known);
    return createGroup(part, group, known, { code: "group.sent" });
  }
  const membership = compareMembers(part, known, group, theirs);
  renameGroup(part, link, known, group, membership.writtenBy);
  updateGroup(part, link, { ...known, ...membership });
};
