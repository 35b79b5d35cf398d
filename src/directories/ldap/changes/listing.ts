import { createHash } from "node:crypto";
import { canonicalDn } from "../../../core/dn.ts";
import type { SourceGroup } from "../../../core/entry.ts";
import type { Page, StoredRead } from "../../directory.ts";
import { isBelow } from "../layout.ts";
import { idOf } from "../people.ts";
import { search, type Question } from "../search.ts";
import { namingContextOf, type Session } from "../session.ts";
import type { Feed } from "./feed.ts";

/** Ids of everybody and every group that is selected now. */
export interface Listing {
  readonly users: ReadonlySet<string>;
  readonly groups: ReadonlySet<string>;
}

/** Asks for nothing but the ids. */
export async function listIds(session: Session): Promise<Listing> {
  const { layout } = session;
  const list = async (question: Pick<Question, "base" | "filter" | "what">): Promise<Set<string>> => {
    const ids = new Set<string>();
    const attributes = [layout.idAttribute];
    for await (const page of search(session, { ...question, scope: "sub", attributes }, (entry) => idOf(entry, layout)))
      for (const id of page) if (id !== undefined) ids.add(id);
    return ids;
  };
  return {
    users: await list({ base: layout.userBase, filter: layout.userFilter, what: "people" }),
    groups: await list({ base: layout.groupBase, filter: layout.groupFilter, what: "groups" }),
  };
}

export function digestIds({ users, groups }: Listing): string {
  const hash = createHash("sha256");
  for (const ids of [users, groups]) hash.update(`${ids.size} ${[...ids].sort().join(" ")}\n`);
  return hash.digest("base64url");
}

/** Stored ids that a listing lacks, listed ones that are not stored, and groups that no listing can show: all to be looked up. */
export function compareIds({ users, groups }: StoredRead, listing: Listing): string[] {
  const stored = new Set([...users, ...groups].map(({ id }) => id));
  return [
    ...users.flatMap(({ id }) => (listing.users.has(id) ? [] : [id])),
    ...groups.flatMap(({ id, selected }) => (selected && listing.groups.has(id) ? [] : [id])),
    ...[...listing.users, ...listing.groups].filter((id) => !stored.has(id)),
  ];
}

/** What a feed will need to know of a full read, collected as it goes. */
export function createIds(session: Session, feed: Feed | undefined) {
  const users = new Set<string>();
  const groups = new Set<string>();
  let hasOthers = false;
  let isCovered = true;
  return {
    add: (page: Page): void => {
      if (feed === undefined) return;
      if ("users" in page && !feed.tellsGone) for (const { id } of page.users) users.add(id);
      if (!("groups" in page)) return;
      isCovered &&= isCoveredBy(session, page.groups);
      for (const { id, selected } of page.groups)
        if (selected) groups.add(id);
        else hasOthers = true;
    },
    digest: (): string => (hasOthers || feed?.tellsGone !== false ? "" : digestIds({ users, groups })),
    /** The feed tells of everything that was read. */
    isCovered: (): boolean => isCovered,
  };
}

/** A feed is of one naming context; groups inside selected ones may lie in another, where changes go unseen. */
export function isCoveredBy(session: Session, groups: readonly SourceGroup[]): boolean {
  const context = canonicalDn(namingContextOf(session)) ?? "";
  return groups.every(({ selected, ref }) => selected || isBelow(ref ?? "", context));
}
