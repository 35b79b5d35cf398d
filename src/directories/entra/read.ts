import type { Diagnostic } from "../../core/diagnostic.ts";
import type { SourceGroup } from "../../core/entry.ts";
import { Fault } from "../../core/fault.ts";
import { inParallel } from "../../http/in-parallel.ts";
import type { Page, Since } from "../directory.ts";
import { differences } from "../wire/changes.ts";
import { batchSize } from "./batch.ts";
import { beginFeed, readTouched, type Touched } from "./feed.ts";
import { readMembers, type WithMembers } from "./members.ts";
import { list, questions, type Session } from "./session.ts";
import { Group, groupFields, kindOf, Member, toUser, User, userFields } from "./shapes.ts";

/** The most entries the vendor gives in one page. */
const pageSize = "999";
/** Batches under way before the first of them is taken; the pace decides how many go at a time. */
const ahead = 8;

/**
 * Everybody, then every group with its members; the End page only when all of it arrived. Going on from an earlier read,
 * only those people are asked for whom the vendor's feed names; groups and members are read as ever, since the feed of
 * groups misses people who are deleted (Microsoft Graph, "group: delta").
 */
export async function* readDirectory(session: Session, since?: Since): AsyncGenerator<Page> {
  const { client, config } = session;
  const changes = since === undefined ? undefined : await readTouched(session, since.cursor);
  if (since !== undefined && changes !== undefined) {
    yield* readOn(session, since, changes);
    return;
  }
  // Before the list: who changes while it is read is named the next time.
  const cursor = await beginFeed(session);
  let people = 0;
  const users = client.url("/users", { $select: userFields, $top: pageSize });
  for await (const page of list(client, users, User, questions.people)) {
    demandNames(
      session,
      "people",
      "User.Read.All",
      page.map(({ userPrincipalName }) => userPrincipalName),
    );
    people += page.length;
    session.progress({ stage: "reading-people", done: people });
    yield { users: page.map((user) => toUser(user, config)) };
  }
  const other = createOther();
  for await (const groups of readGroups(session, people, other)) yield { groups };
  yield* other.notes();
  yield { end: "full", ...(cursor === undefined ? {} : { cursor }) };
}

async function* readOn(session: Session, since: Since, { users, gone, cursor }: Touched): AsyncGenerator<Page> {
  const stored = await since.stored();
  const other = createOther();
  const groups: SourceGroup[] = [];
  for await (const page of readGroups(session, stored.users.length, other)) groups.push(...page);
  yield* differences(stored, { users: users.map((user) => toUser(user, session.config)), goneUsers: gone, groups });
  yield* other.notes();
  yield { end: "changes", cursor };
}

async function* readGroups(session: Session, people: number, other: Other): AsyncGenerator<SourceGroup[]> {
  const { client, progress } = session;
  const selected = await readSelected(session);
  const groups: Group[] = [];
  const all = client.url("/groups", { $select: groupFields, $top: pageSize });
  for await (const page of list(client, all, Group, questions.groups)) {
    demandNames(
      session,
      "groups",
      "GroupMember.Read.All",
      page.map(({ displayName }) => displayName),
    );
    groups.push(...page);
  }
  const paced = await session.clientFor(people);
  let done = 0;
  for await (const batch of inParallel(batches(groups), ahead, (some) => readMembers(session, paced, some))) {
    done += batch.length;
    progress({ stage: "reading-groups", done, total: groups.length });
    yield batch.map((one) => toGroup(one, selected(one.group), other));
  }
}

/** Members of kinds that are neither people nor groups: counted, not kept. */
interface Other {
  count(kind: string): void;
  notes(): Page[];
}

const createOther = (): Other => {
  const counts = new Map<string, number>();
  return {
    count: (kind) => void counts.set(kind, (counts.get(kind) ?? 0) + 1),
    notes: () => {
      const notes = [...counts].map(([kind, count]): Diagnostic => ({
        code: "entra.other_members",
        severity: "info",
        params: { kind, count },
      }));
      return notes.length > 0 ? [{ notes }] : [];
    },
  };
};

const toGroup = ({ group, members }: WithMembers, selected: boolean, other: Other): SourceGroup => {
  const kept = members.filter((member) => {
    const kind = (member["@odata.type"] ?? "").replace(/^#microsoft\.graph\./u, "");
    if (kind === "" || kind === "user" || kind === "group") return true;
    other.count(kind);
    return false;
  });
  return {
    id: group.id,
    externalId: group.id,
    name: group.displayName ?? "",
    selected,
    members: kept.map(({ id }) => ({ id })),
  };
};

/** Which groups the kinds and the administrative units choose; the others are read too, since they may be nested in those. */
const readSelected = async ({ client, config, filters }: Session): Promise<(group: Group) => boolean> => {
  const { administrativeUnits } = filters;
  const inUnits = new Set<string>();
  for (const unit of administrativeUnits?.ids ?? []) {
    const members = client.url(`/directory/administrativeUnits/${encodeURIComponent(unit.trim())}/members`, {
      $select: "id",
      $top: pageSize,
    });
    for await (const page of list(client, members, Member, questions.units)) for (const { id } of page) inUnits.add(id);
  }
  const include = administrativeUnits?.mode === "include";
  return (group) =>
    (config.groupKinds === undefined || config.groupKinds.includes(kindOf(group))) &&
    (administrativeUnits === undefined || inUnits.has(group.id) === include);
};

/** Who may not read entries gets their ids and nothing else, without an error (Microsoft Graph, "limited information returned for inaccessible member objects"). */
const demandNames = (
  session: Session,
  what: string,
  right: string,
  names: readonly (string | null | undefined)[],
): void => {
  if (names.length === 0 || names.some((name) => name !== null && name !== undefined)) return;
  const { client, config } = session;
  throw new Fault("directory.forbidden", { host: client.host, user: config.clientId, what, right, grant: "entra" });
};

function* batches(groups: readonly Group[]): Generator<readonly Group[]> {
  for (let start = 0; start < groups.length; start += batchSize) yield groups.slice(start, start + batchSize);
}
