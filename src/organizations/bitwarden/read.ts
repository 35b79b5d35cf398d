import { Fault } from "../../core/fault.ts";
import type { OrganizationGroup, OrganizationMember, OrganizationState } from "../../core/organization-state.ts";
import type { Progress } from "../../core/progress.ts";
import type { HttpReply } from "../../http/request.ts";
import type { Client } from "../wire/client.ts";
import { succeeded } from "../wire/faults.ts";
import { GroupsReply, MemberIdsReply, MemberReply, MembersReply, parse, SubscriptionReply } from "./replies.ts";

export interface Reader {
  members(): Promise<OrganizationMember[]>;
  /** One member as it is now; undefined = not there any more. */
  member(id: string): Promise<OrganizationMember | undefined>;
  groups(): Promise<OrganizationGroup[]>;
  /** GUIDs of the members of a group as it is now; undefined = the group is not there any more. */
  memberIds(group: string): Promise<string[] | undefined>;
  /** Undefined = the server does not tell; a `total` that is absent = unlimited. */
  seats(): Promise<OrganizationState["seats"]>;
  state(memberships: "all" | ((group: OrganizationGroup) => boolean), progress: Progress): Promise<OrganizationState>;
}

/** Reads the organization with its key: whole lists, since the API has no pages (only events have). */
export const createReader = (client: Client, tellsSeats: boolean): Reader => {
  const members = async (): Promise<OrganizationMember[]> => {
    const asked = client.asked("members");
    return parse(MembersReply, succeeded(await client.get("/members"), asked), asked);
  };
  const groups = async (): Promise<OrganizationGroup[]> => {
    const asked = client.asked("groups");
    return parse(GroupsReply, succeeded(await client.get("/groups"), asked), asked);
  };
  const seats = async (): Promise<OrganizationState["seats"]> => {
    if (!tellsSeats) return undefined;
    const asked = client.asked("seats");
    const reply = await client.get("/organization/subscription");
    if (isSilent(reply)) return undefined;
    const { passwordManager } = parse(SubscriptionReply, succeeded(reply, asked), asked);
    if (passwordManager === undefined || passwordManager === null) return undefined;
    const { seats: total, maxAutoScaleSeats: limit } = passwordManager;
    return {
      ...(typeof total === "number" ? { total } : {}),
      ...(typeof limit === "number" ? { autoscaleLimit: limit } : {}),
    };
  };
  const memberIds = async (group: string): Promise<string[] | undefined> => {
    const asked = client.asked("memberships");
    const reply = await client.get(`/groups/${encodeURIComponent(group)}/member-ids`);
    return isGone(reply) ? undefined : parse(MemberIdsReply, succeeded(reply, asked), asked);
  };
  return {
    members,
    groups,
    memberIds,
    seats,
    member: async (id) => {
      const asked = client.asked("members");
      const reply = await client.get(`/members/${encodeURIComponent(id)}`);
      if (isGone(reply)) return undefined;
      return parse(MemberReply, succeeded(reply, asked), asked);
    },
    state: async (memberships, progress) => {
      const [allMembers, allGroups, known] = await Promise.all([members(), groups(), seats()]);
      const wanted = memberships === "all" ? allGroups : allGroups.filter(memberships);
      const read = await readMemberships(memberIds, wanted, progress);
      const gone = [...read].filter(([, members]) => members === undefined).map(([id]) => id);
      await checkGone(client, groups, gone);
      return {
        members: allMembers,
        groups: allGroups.flatMap((group) => {
          if (!read.has(group.id)) return [group];
          const ids = read.get(group.id);
          return ids === undefined ? [] : [{ ...group, members: ids }];
        }),
        ...(known === undefined ? {} : { seats: known }),
      };
    },
  };
};

/** Servers that do not tell seats answer 400 (self-hosted) or 404; a plan may not allow it. */
const isSilent = (reply: HttpReply): boolean =>
  reply.kind === "answer" && (reply.status === 400 || reply.status === 403 || reply.status === 404);

const isGone = (reply: HttpReply): boolean => reply.kind === "answer" && reply.status === 404;

/** Requests at a time: each group is a path of its own to the server's limits, so only the connection counts. */
const atOnce = 10;

/** A group that is gone is no longer listed; one that is listed and yet not found is no answer to build on. */
const checkGone = async (client: Client, groups: Reader["groups"], gone: readonly string[]): Promise<void> => {
  if (gone.length === 0) return;
  const listed = (await groups()).find((group) => gone.includes(group.id));
  if (listed === undefined) return;
  throw new Fault("organization.bad_response", {
    server: client.server,
    reason: `memberships of ${listed.name}: HTTP 404`,
  });
};

/** Group → its members; undefined = it was not found. */
const readMemberships = async (
  memberIds: Reader["memberIds"],
  groups: readonly OrganizationGroup[],
  progress: Progress,
): Promise<Map<string, string[] | undefined>> => {
  const read = new Map<string, string[] | undefined>();
  const queue = groups.values();
  const work = async (): Promise<void> => {
    for (const group of queue) {
      read.set(group.id, await memberIds(group.id));
      progress({ stage: "organization", done: read.size, total: groups.length });
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, groups.length) }, work));
  return read;
};
