import type { HttpAnswer } from "../../http/request.ts";
import { Fault } from "../../core/fault.ts";
import type { Client } from "../wire/client.ts";
import { readBody } from "../wire/read-body.ts";
import { askTogether } from "./batch.ts";
import { questions, type Session } from "./session.ts";
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
    groups.map(({ id }) => [id, `/groups/${encodeURIComponent(id)}/members?$select=id&$top=999`]),
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
  const members = [...page.value];
  const next = page["@odata.nextLink"];
  if (next !== undefined)
    for await (const rest of client.pages(
      new URL(next, session.addresses.graph),
      pageOf(Member),
      questions.members,
      (each) => each["@odata.nextLink"],
    ))
      members.push(...rest.value);
  demandVisible(session, client, group, members);
  return { group, members };
};

const missing = (client: Client): Fault =>
  new Fault("directory.bad_response", { host: client.host, field: "members", reason: "missing in a batch" });

/** Who may not see hidden memberships gets an empty group instead of an error (Microsoft Graph, "hidden membership"). */
const demandVisible = (session: Session, client: Client, group: Group, members: readonly Member[]): void => {
  if (members.length > 0 || group.visibility !== "HiddenMembership") return;
  throw new Fault("directory.forbidden", {
    host: client.host,
    user: session.config.clientId,
    what: "members",
    right: "Member.Read.Hidden",
    detail: group.displayName ?? group.id,
  });
};
