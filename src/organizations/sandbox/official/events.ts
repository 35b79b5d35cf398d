/** The event log: writing and the paged read of `GET /public/events`. */
import { json } from "../reply.ts";
import type { Context, Incoming, Reply } from "../reply.ts";
import { refuse } from "./errors.ts";

export const eventType = {
  memberInvited: 1500,
  memberUpdated: 1502,
  memberRemoved: 1503,
  memberGroupsUpdated: 1504,
  memberRevoked: 1511,
  memberRestored: 1512,
  memberStaged: 1523,
  groupCreated: 1400,
  groupUpdated: 1401,
  groupDeleted: 1402,
} as const;

export type EventType = (typeof eventType)[keyof typeof eventType];

/** A function that logs events of this request; it logs nothing where the plan has no events. */
export function eventWriter(
  context: Context,
  incoming: Incoming,
): (type: EventType, subject: { memberId: string } | { groupId: string }) => void {
  const deviceHeader = incoming.headers["device-type"];
  const device = typeof deviceHeader === "string" && /^\d+$/.test(deviceHeader) ? Number(deviceHeader) : null;
  const date = new Date(context.clock()).toISOString();
  return (type, subject) => {
    if (!context.state.organization.useEvents) return;
    const memberId = "memberId" in subject ? subject.memberId : null;
    const groupId = "groupId" in subject ? subject.groupId : null;
    context.state.events.push({ type, memberId, groupId, date, device, ipAddress: incoming.ip });
  };
}

const pageSize = 50;
const day = 86_400_000;

/** Newest first, 50 a page. */
export function answerEvents(context: Context, incoming: Incoming): Reply {
  const start = incoming.query.get("start");
  const end = incoming.query.get("end");
  const now = context.clock();
  const bounded = start !== null && end !== null;
  const from = bounded ? Date.parse(start) : now - 30 * day;
  const until = bounded ? Date.parse(end) : now;
  if (Number.isNaN(from) || Number.isNaN(until)) throw refuse("Invalid date range.");
  if (until - from > 367 * day) throw refuse("Date range must be < 367 days.");

  const { events } = context.state;
  const data: unknown[] = [];
  let index = startIndex(incoming.query.get("continuationToken"), events.length);
  for (; index >= 0 && data.length < pageSize; index -= 1) {
    const event = events[index];
    if (event === undefined) continue;
    const at = Date.parse(event.date);
    if (at >= from && at <= until) data.push(shown(event));
  }
  return json(200, {
    object: "list",
    data,
    continuationToken: data.length === pageSize && index >= 0 ? Buffer.from(String(index)).toString("base64url") : null,
  });
}

function startIndex(token: string | null, length: number): number {
  if (token === null || token === "") return length - 1;
  const index = Number(Buffer.from(token, "base64url").toString("utf8"));
  if (!Number.isInteger(index) || index < 0 || index >= length) throw refuse("Invalid continuation token.");
  return index;
}

function shown(event: Context["state"]["events"][number]): unknown {
  return {
    object: "event",
    type: event.type,
    itemId: null,
    collectionId: null,
    groupId: event.groupId,
    policyId: null,
    memberId: event.memberId,
    actingUserId: null,
    installationId: null,
    date: event.date,
    device: event.device,
    ipAddress: event.ipAddress,
    secretId: null,
    projectId: null,
    serviceAccountId: null,
  };
}
