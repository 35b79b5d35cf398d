import { Fault } from "../../core/fault.ts";
import type { HttpAnswer } from "../../http/request.ts";
import { retryAfter } from "../../http/retry.ts";
import type { Client } from "../wire/client.ts";
import { readBody } from "../wire/read-body.ts";
import { questions, type Session } from "./session.ts";
import { Batch, Member, pageOf, type Group } from "./shapes.ts";

/** Requests in one batch (Microsoft Graph, "JSON batching"); each counts for itself against the limits. */
export const batchSize = 20;
const tries = 6;

/** A group with everything that is a member of it. */
export interface WithMembers {
  readonly group: Group;
  readonly members: readonly Member[];
}

/**
 * The members of up to twenty groups: the first pages in one batch, the others by the vendor's own links. A batch
 * succeeds as a whole while parts of it fail, so each part is judged; a part that came too fast is asked for again.
 */
export const readMembers = async (
  session: Session,
  client: Client,
  groups: readonly Group[],
): Promise<WithMembers[]> => {
  const firsts = await readFirstPages(session, client, groups);
  const all: WithMembers[] = [];
  for (const { group, answer } of firsts) {
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
    all.push({ group, members });
  }
  return all;
};

const readFirstPages = async (session: Session, client: Client, groups: readonly Group[]) => {
  const { now: clock, signal, log } = session;
  const found: { readonly group: Group; readonly answer: HttpAnswer }[] = [];
  let open = groups;
  for (let tried = 1; open.length > 0; tried += 1) {
    const answers = await ask(client, open);
    const again: Group[] = [];
    let wait = 0;
    for (const group of open) {
      const answer = answers.get(group.id);
      if (answer === undefined)
        throw new Fault("directory.bad_response", {
          host: client.host,
          field: "members",
          reason: "missing in a batch",
        });
      if (answer.status === 200) found.push({ group, answer });
      else if (tried < tries && [429, 502, 503, 504].includes(answer.status)) {
        again.push(group);
        wait = Math.max(wait, retryAfter(answer, clock.now()) ?? 1000 * 2 ** tried);
      } else throw client.fault(answer, questions.members);
    }
    open = again;
    if (open.length === 0) break;
    log.info("directory asks for a pause", { host: client.host, seconds: Math.ceil(wait / 1000), parts: open.length });
    await clock.sleep(wait, signal);
  }
  return found;
};

const ask = async (client: Client, groups: readonly Group[]): Promise<Map<string, HttpAnswer>> => {
  const url = client.url("/$batch");
  const post = {
    requests: groups.map(({ id }) => ({
      id,
      method: "GET",
      url: `/groups/${encodeURIComponent(id)}/members?$select=id&$top=999`,
    })),
  };
  const question = { ...questions.members, cost: questions.members.cost * groups.length, post };
  const { responses } = await client.get(url, Batch, question);
  return new Map(
    responses.map(({ id, status, headers, body }) => [
      id,
      {
        kind: "answer",
        status,
        headers: Object.fromEntries(Object.entries(headers ?? {}).map(([name, text]) => [name.toLowerCase(), text])),
        text: JSON.stringify(body) ?? "",
        json: () => body,
        url: url.href,
      },
    ]),
  );
};

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
