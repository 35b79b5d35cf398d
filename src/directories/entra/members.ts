import type { HttpAnswer } from "../../http/request.ts";
import { Fault } from "../../core/fault.ts";
import type { Client } from "../wire/client.ts";
import { readBody } from "../wire/read-body.ts";
import { askTogether } from "./batch.ts";
import { readClaims } from "./login.ts";
import { isPageExpired, questions, type Session } from "./session.ts";
import { Member, pageOf, type Group } from "./shapes.ts";

/** A group with everything that is a member of it. */
export interface WithMembers {
  readonly group: Group;
  readonly members: readonly Member[];
}

/** The members of up to twenty groups: the first pages in one batch, the others by the vendor's own links. */
export const readMembers = async (
  session: Session,
  client: Client,
  groups: readonly Group[],
): Promise<WithMembers[]> => {
  const requests = new Map(
    groups.map((group) => [
      group.id,
      `${membersPath(group)}?$select=${membersQuery.$select}&$top=${membersQuery.$top}`,
    ]),
  );
  const answers = await askTogether(session, client, questions.members, requests);
  const all: WithMembers[] = [];
  for (const group of groups) all.push(await withMembers(session, client, group, answers.get(group.id)));
  return all;
};

const withMembers = async (
  session: Session,
  client: Client,
  group: Group,
  answer: HttpAnswer | undefined,
): Promise<WithMembers> => {
  if (answer?.status !== 200) throw answer === undefined ? missing(client) : client.fault(answer, questions.members);
  const page = readBody(answer, pageOf(Member), client.asked(questions.members));
  const members = await withFurtherPages(session, client, group, page);
  await demandVisible(session, group, members.length);
  return { group, members };
};

/** The rest by the vendor's links; where one of them ended on the way, that group's list is begun anew, once, and takes the place of what came. */
const withFurtherPages = async (
  session: Session,
  client: Client,
  group: Group,
  first: { readonly value: readonly Member[]; readonly "@odata.nextLink"?: string | undefined },
): Promise<Member[]> => {
  const next = first["@odata.nextLink"];
  if (next === undefined) return [...first.value];
  const follow = async (url: URL, members: Member[]): Promise<Member[]> => {
    for await (const page of client.pages(url, pageOf(Member), questions.members, (each) => each["@odata.nextLink"]))
      members.push(...page.value);
    return members;
  };
  try {
    return await follow(new URL(next, session.addresses.graph), [...first.value]);
  } catch (error) {
    if (!isPageExpired(error)) throw error;
    return follow(client.url(membersPath(group), membersQuery), []);
  }
};

const membersPath = ({ id }: Group): string => `/groups/${encodeURIComponent(id)}/members`;
const membersQuery = { $select: "id", $top: "999" };

const missing = (client: Client): Fault =>
  new Fault("directory.bad_response", { host: client.host, field: "members", reason: "missing in a batch" });

/**
 * Who may not see hidden memberships gets an empty group instead of an error (Microsoft Graph, "hidden membership"); only
 * with the right is an empty one empty. Fault `directory.forbidden`.
 */
export const demandVisible = async (session: Session, group: Group, size: number): Promise<void> => {
  if (size > 0 || !isHidden(group)) return;
  if (readClaims(await session.login.token.current()).roles?.includes("Member.Read.Hidden") === true) return;
  throw new Fault("directory.forbidden", {
    host: session.client.host,
    user: session.config.clientId,
    what: "members",
    right: "Member.Read.Hidden",
    grant: "entra",
    detail: group.displayName ?? group.id,
  });
};

export const isHidden = ({ visibility }: Group): boolean => visibility === "HiddenMembership";
