/** The public calls about groups. */
import { Refusal, empty, json } from "../reply.ts";
import type { Context, Incoming, Reply } from "../reply.ts";
import type { Group, State } from "../state.ts";
import { groupBody, memberIdsBody, readBody } from "./body.ts";
import { refuse } from "./errors.ts";
import { eventType, eventWriter } from "./events.ts";

export function answerGroups(context: Context): Reply {
  return json(200, { object: "list", data: Array.from(context.state.groups.values(), shown) });
}

export function answerGroup(context: Context, _incoming: Incoming, id: string): Reply {
  return json(200, shown(groupOf(context.state, id)));
}

export function answerGroupMembers(context: Context, _incoming: Incoming, id: string): Reply {
  return json(200, [...groupOf(context.state, id).memberIds]);
}

/** What the body leaves out is reset; the members stay. */
export function putGroup(context: Context, incoming: Incoming, id: string): Reply {
  const group = groupOf(context.state, id);
  const body = readBody(groupBody, incoming.body);
  if (!context.state.organization.useGroups) throw refuse("This organization cannot use groups.");
  group.name = body.name;
  group.externalId = body.externalid ?? null;
  group.collections = body.collections ?? [];
  eventWriter(context, incoming)(eventType.groupUpdated, { groupId: group.id });
  return json(200, shown(group));
}

/** Replaces the membership; ids that are no members are overlooked. */
export function putGroupMembers(context: Context, incoming: Incoming, id: string): Reply {
  const group = groupOf(context.state, id);
  const { memberids } = readBody(memberIdsBody, incoming.body);
  group.memberIds = new Set(
    memberids.map((memberId) => memberId.toLowerCase()).filter((memberId) => context.state.members.has(memberId)),
  );
  eventWriter(context, incoming)(eventType.groupUpdated, { groupId: group.id });
  return empty(200);
}

export function deleteGroup(context: Context, incoming: Incoming, id: string): Reply {
  const group = groupOf(context.state, id);
  context.state.groups.delete(group.id);
  eventWriter(context, incoming)(eventType.groupDeleted, { groupId: group.id });
  return empty(200);
}

function groupOf(state: State, id: string): Group {
  const group = state.groups.get(id);
  if (group === undefined) throw new Refusal(empty(404));
  return group;
}

function shown(group: Group): unknown {
  return {
    object: "group",
    id: group.id,
    name: group.name,
    externalId: group.externalId,
    collections: group.collections,
  };
}
