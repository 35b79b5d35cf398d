/** The import step for groups: matched by externalId only, renamed, and given exactly the requested membership. */
import { newGuid } from "../random.ts";
import type { Group } from "../state.ts";
import { refuse, serverError } from "./errors.ts";
import { eventType } from "./events.ts";
import type { Run } from "./import.ts";

export function importGroups(run: Run): void {
  const { groups } = run.request;
  const { state, random } = run.context;
  if (groups.length === 0) return;
  if (!state.organization.useGroups) throw refuse("Organization cannot use groups.");
  if (new Set(groups.map((group) => group.externalId)).size < groups.length) throw serverError();
  const wanted = groups.map((group) => {
    if (group.memberExternalIds === null) throw serverError();
    return { ...group, memberExternalIds: group.memberExternalIds };
  });

  const existing = new Map<string, Group>();
  for (const group of state.groups.values()) {
    if (group.externalId !== null && !existing.has(group.externalId)) existing.set(group.externalId, group);
  }
  for (const requested of wanted) {
    const memberIds = new Set(requested.memberExternalIds.flatMap((externalId) => run.known.get(externalId)?.id ?? []));
    const group = existing.get(requested.externalId);
    if (group === undefined) {
      const created: Group = {
        id: newGuid(random),
        name: requested.name,
        externalId: requested.externalId,
        memberIds,
        collections: [],
      };
      state.groups.set(created.id, created);
      run.log(eventType.groupCreated, { groupId: created.id });
    } else {
      group.name = requested.name;
      group.memberIds = memberIds;
      run.log(eventType.groupUpdated, { groupId: group.id });
    }
  }
}
