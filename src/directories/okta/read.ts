import { Fault } from "../../core/fault.ts";
import type { SourceGroup } from "../../core/entry.ts";
import { inParallel } from "../../http/in-parallel.ts";
import type { Page } from "../directory.ts";
import { questions, type Session } from "./open.ts";
import { type Group, Groups, Members, toGroup, toUser, userFields, userHeaders, Users } from "./shapes.ts";

/** The most the vendor advises for one page. */
const pageSize = "200";
/** Groups whose members are asked for before the first of them is taken; the pace decides how many go at a time. */
const ahead = 16;

/** Everybody, then every group with its members; the End page only when all of it arrived. */
export async function* readDirectory(session: Session): AsyncGenerator<Page> {
  const { progress, config } = session;
  if (!config.partialView) await demandWholeView(session);
  let people = 0;
  for await (const users of readUsers(session)) {
    people += users.length;
    progress({ stage: "reading-people", done: people });
    yield { users };
  }
  const groups: Group[] = [];
  for await (const page of readGroups(session)) groups.push(...page);
  let done = 0;
  for await (const group of inParallel(groups, ahead, (one) => readMembers(session, one))) {
    done += 1;
    progress({ stage: "reading-groups", done, total: groups.length });
    yield { groups: [group] };
  }
  yield { end: "full" };
}

/**
 * Two lists: `users` leaves out who is deprovisioned unless a filter asks for them (Okta, "List all users"). Somebody who
 * changes from one to the other meanwhile is in both; the active entry is the one read first and counts.
 */
async function* readUsers(session: Session): AsyncGenerator<ReturnType<typeof toUser>[]> {
  const { client, config, filters } = session;
  const query = filters.users?.trim() ?? "";
  const common = { limit: pageSize, fields: userFields };
  const question = { ...questions.people, headers: userHeaders };
  const seen = new Set<string>();
  const lists =
    query === ""
      ? [common, { ...common, filter: deprovisioned }]
      : [
          { ...common, filter: query },
          ...(asksForTime(query) ? [] : [{ ...common, filter: `(${query}) and ${deprovisioned}` }]),
        ];
  for (const list of lists)
    for await (const page of client.pages(client.url("/api/v1/users", list), Users, question)) {
      const fresh = page.filter(({ id }) => !seen.has(id));
      for (const { id } of fresh) seen.add(id);
      yield fresh.map((user) => toUser(user, config.staged));
    }
}

const deprovisioned = 'status eq "DEPROVISIONED"';
/** A filter on the time of the last change means every status, as in the original. */
const asksForTime = (query: string): boolean => /\blastUpdated\s/u.test(query);

async function* readGroups({ client, config, filters }: Session): AsyncGenerator<Group[]> {
  const query = filters.groups?.trim() ?? "";
  const list = { limit: pageSize, ...(query === "" ? {} : { filter: query }) };
  for await (const page of client.pages(client.url("/api/v1/groups", list), Groups, questions.groups))
    yield page.filter(({ type }) => config.groupTypes === undefined || config.groupTypes.some((kind) => kind === type));
}

const readMembers = async ({ client }: Session, group: Group): Promise<SourceGroup> => {
  const members: SourceGroup["members"][number][] = [];
  const first = client.url(`/api/v1/groups/${encodeURIComponent(group.id)}/users`, { limit: pageSize });
  for await (const page of client.pages(first, Members, questions.members))
    members.push(...page.map(({ id }) => ({ id })));
  return toGroup(group, members, true);
};

/**
 * An account that may see a part only gets a smaller directory without an error; one that may see all sees the group
 * Everyone (Okta, "List all groups": not returned for a group administrator). Fault `directory.forbidden`.
 */
export const demandWholeView = async (session: Session): Promise<void> => {
  const { client, login } = session;
  const url = client.url("/api/v1/groups", { limit: "1", filter: 'type eq "BUILT_IN"' });
  const groups = await client.get(url, Groups, questions.groups);
  if (groups.length > 0) return;
  throw new Fault("directory.forbidden", {
    host: client.host,
    user: login.user,
    what: "everybody",
    right: "Read-only Administrator",
  });
};
