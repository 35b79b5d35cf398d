import type { Diagnostic } from "../../core/diagnostic.ts";
import type { SourceGroup } from "../../core/entry.ts";
import { Fault } from "../../core/fault.ts";
import { inParallel } from "../../http/in-parallel.ts";
import type { Page } from "../directory.ts";
import { batchSize, readMembers, type WithMembers } from "./members.ts";
import { list, questions, type Session } from "./session.ts";
import { Group, groupFields, kindOf, Member, toUser, User, userFields } from "./shapes.ts";

/** The most entries the vendor gives in one page. */
const pageSize = "999";
/** Batches under way before the first of them is taken; the pace decides how many go at a time. */
const ahead = 8;

/** Everybody, then every group with its members; the End page only when all of it arrived. */
export async function* readDirectory(session: Session): AsyncGenerator<Page> {
  const { client, config, progress } = session;
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
    progress({ stage: "reading-people", done: people });
    yield { users: page.map((user) => toUser(user, config)) };
  }
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
  const other = new Map<string, number>();
  const paced = await session.clientFor(people);
  let done = 0;
  for await (const batch of inParallel(batches(groups), ahead, (some) => readMembers(session, paced, some))) {
    done += batch.length;
    progress({ stage: "reading-groups", done, total: groups.length });
    yield { groups: batch.map((one) => toGroup(one, selected(one.group), other)) };
  }
  const notes = [...other].map(([kind, count]): Diagnostic => ({
    code: "entra.other_members",
    severity: "info",
    params: { kind, count },
  }));
  if (notes.length > 0) yield { notes };
  yield { end: "full" };
}

/** Members of kinds that are neither people nor groups (devices, service principals, contacts) are counted, not kept. */
const toGroup = ({ group, members }: WithMembers, selected: boolean, other: Map<string, number>): SourceGroup => {
  const kept = members.filter((member) => {
    const kind = (member["@odata.type"] ?? "").replace(/^#microsoft\.graph\./u, "");
    if (kind === "" || kind === "user" || kind === "group") return true;
    other.set(kind, (other.get(kind) ?? 0) + 1);
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
  throw new Fault("directory.forbidden", { host: session.client.host, user: session.config.clientId, what, right });
};

function* batches(groups: readonly Group[]): Generator<readonly Group[]> {
  for (let start = 0; start < groups.length; start += batchSize) yield groups.slice(start, start + batchSize);
}
