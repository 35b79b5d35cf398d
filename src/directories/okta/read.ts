import { z } from "zod";
import type { SourceGroup, SourceUser } from "../../core/entry.ts";
import { Fault, isFault } from "../../core/fault.ts";
import { inParallel } from "../../http/in-parallel.ts";
import type { HttpAnswer } from "../../http/request.ts";
import type { Page, Since } from "../directory.ts";
import { createCursor, differences } from "../wire/changes.ts";
import { readBody } from "../wire/read-body.ts";
import { questions, type Session } from "./open.ts";
import { type Group, Groups, Members, toGroup, toUser, userFields, userHeaders, Users } from "./shapes.ts";

/** The most the vendor advises for one page of people and groups. */
const pageSize = "200";
/**
 * Members of one page: the vendor's own default first, since it counts requests, then what it advises where that takes it
 * too long (Okta, "List all member users").
 */
const memberPages = ["1000", "200"] as const;
/** Groups whose members are asked for before the first of them is taken; the pace decides how many go at a time. */
const ahead = 16;

/**
 * Everybody, then every group with its members; the End page only when all of it arrived. Going on from an earlier read,
 * people and groups are listed as ever, and the members of those groups whose memberships Okta says changed since.
 */
export async function* readDirectory(session: Session, since?: Since): AsyncGenerator<Page> {
  const { progress } = session;
  const now = await readClock(session);
  const from = since === undefined || now === undefined ? undefined : cursor.read(since.cursor);
  if (since !== undefined && from !== undefined) {
    yield* readChanges(session, since, from.at, now ?? from.at);
    return;
  }
  let people = 0;
  for await (const users of readUsers(session)) {
    people += users.length;
    progress({ stage: "reading-people", done: people });
    yield { users };
  }
  const groups = await readGroups(session);
  let done = 0;
  for await (const group of inParallel(groups, ahead, (one) => readMembers(session, one))) {
    done += 1;
    progress({ stage: "reading-groups", done, total: groups.length });
    yield { groups: [group] };
  }
  yield { end: "full", ...(now === undefined ? {} : { cursor: cursor.write({ at: now }) }) };
}

/** Where a read began, by the vendor's clock, in milliseconds since 1970. */
const cursor = createCursor("okta 1", z.object({ at: z.number() }));

/** What changed within this time before a read began may not have been in it (in milliseconds). */
const overlap = 5 * 60_000;

async function* readChanges(session: Session, since: Since, at: number, now: number): AsyncGenerator<Page> {
  const { progress } = session;
  const stored = await since.stored();
  const before = new Map(stored.groups.map((group) => [group.id, group]));
  const users: SourceUser[] = [];
  for await (const page of readUsers(session)) {
    users.push(...page);
    progress({ stage: "reading-people", done: users.length });
  }
  const listed = await readGroups(session);
  const isTouched = ({ id, lastMembershipUpdated }: Group): boolean => {
    const changed = Date.parse(lastMembershipUpdated ?? "");
    return !before.has(id) || Number.isNaN(changed) || changed >= at - overlap;
  };
  const groups = listed
    .filter((group) => !isTouched(group))
    .map((group) => toGroup(group, before.get(group.id)?.members ?? [], true));
  const touched = listed.filter(isTouched);
  for await (const group of inParallel(touched, ahead, (one) => readMembers(session, one))) {
    groups.push(group);
    progress({ stage: "reading-groups", done: groups.length, total: listed.length });
  }
  yield* differences(stored, { users, groups });
  yield { end: "changes", cursor: cursor.write({ at: now }) };
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

const readGroups = async ({ client, config, filters }: Session): Promise<Group[]> => {
  const query = filters.groups?.trim() ?? "";
  const list = { limit: pageSize, ...(query === "" ? {} : { filter: query }) };
  const all: Group[] = [];
  for await (const page of client.pages(client.url("/api/v1/groups", list), Groups, questions.groups))
    all.push(...page);
  return all.filter(({ type }) => config.groupTypes === undefined || config.groupTypes.some((kind) => kind === type));
};

const readMembers = async (session: Session, group: Group): Promise<SourceGroup> => {
  const [most, advised] = memberPages;
  try {
    return await readMembersBy(session, group, most);
  } catch (error) {
    if (!isFault(error, "directory.unreachable") && !isFault(error, "directory.unavailable")) throw error;
    return readMembersBy(session, group, advised);
  }
};

const readMembersBy = async ({ client }: Session, group: Group, limit: string): Promise<SourceGroup> => {
  const members: SourceGroup["members"][number][] = [];
  const first = client.url(`/api/v1/groups/${encodeURIComponent(group.id)}/users`, { limit });
  for await (const page of client.pages(first, Members, questions.members))
    members.push(...page.map(({ id }) => ({ id })));
  return toGroup(group, members, true);
};

/** The vendor's clock at the start of a read; undefined where its answers do not tell. */
const readClock = async (session: Session): Promise<number | undefined> => {
  const answer = await askForEveryone(session);
  if (!session.config.partialView) demandEveryone(session, answer);
  const date = Date.parse(answer.headers["date"] ?? "");
  return Number.isNaN(date) ? undefined : date;
};

/**
 * An account that may see a part only gets a smaller directory without an error; one that may see all sees the group
 * Everyone (Okta, "List all groups": not returned for a group administrator). Fault `directory.forbidden`.
 */
export const demandWholeView = async (session: Session): Promise<void> =>
  demandEveryone(session, await askForEveryone(session));

const askForEveryone = async ({ client }: Session): Promise<HttpAnswer> => {
  const url = client.url("/api/v1/groups", { limit: "1", filter: 'type eq "BUILT_IN"' });
  const answer = await client.ask(url, questions.groups);
  if (answer.status !== 200) throw client.fault(answer, questions.groups);
  return answer;
};

const demandEveryone = ({ client, login }: Session, answer: HttpAnswer): void => {
  if (readBody(answer, Groups, client.asked(questions.groups)).length > 0) return;
  throw new Fault("directory.forbidden", {
    host: client.host,
    user: login.user,
    what: "everybody",
    right: "Read-only Administrator",
  });
};
