import type { DesiredGroup } from "../desired.ts";
import type { GroupLink } from "../link.ts";
import { groupSubject, noteGroup, type GroupPart } from "./group-part.ts";

/** Names follow the directory, where the server can rename and no import would throw out what others put there. */
export const renameGroup = (
  part: GroupPart,
  link: GroupLink,
  known: GroupLink,
  group: DesiredGroup,
  writtenBy: GroupLink["writtenBy"],
): void => {
  if (known.name === group.name) return;
  const params = { name: known.name, wanted: group.name };
  if (!part.input.server.renameGroup) return noteGroup(part, "group.rename_unavailable", group, params);
  if (writtenBy === "member-ids") return noteGroup(part, "group.rename_by_hand", group, params);
  part.changes.push({
    action: "rename-group",
    subject: groupSubject(known, group.name),
    before: { name: known.name, externalId: known.externalId },
    after: { name: group.name, externalId: known.externalId },
    because: { code: known.name === link.name ? "group.renamed" : "group.renamed_by_hand" },
  });
};
