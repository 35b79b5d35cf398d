import { parseFilter } from "../filter.ts";
import type { Entry } from "../replies.ts";
import { search } from "../search.ts";
import { namingContextOf, type Session } from "../session.ts";
import { askForChanges, type SyncAnswer } from "./content-sync.ts";
import type { Feed, Happened } from "./feed.ts";

/** More changed entries than this cost as much as a full read. */
const mostChanged = 1000;

/**
 * OpenLDAP with its overlay syncprov. All of the naming context is watched, not only what the profile selects: entries
 * that come from elsewhere, groups inside groups and renamed containers are seen so. Its cookie holds, for each server
 * that is written to, the change sequence number (CSN) of the last write.
 */
export function openLdapFeed(session: Session): Feed {
  const base = namingContextOf(session);
  return {
    lags: true,
    tellsGone: true,
    withoutBeginning: "not_offered",
    begin: async () => {
      const answer = await askForChanges(session, { base, scope: "base", attributes: [], most: 0 });
      const cookie = answer.reply.code === 0 ? (answer.cookie?.toString() ?? "") : "";
      return newestOf(cookie) === undefined ? undefined : cookie;
    },
    since: async (cookie) => {
      const newest = newestOf(cookie);
      if (newest === undefined) return undefined;
      const answer = await askForChanges(session, {
        base,
        scope: "sub",
        cookie: Buffer.from(cookie),
        attributes: ["hasSubordinates", "createTimestamp"],
        most: mostChanged,
      });
      const { reply, changed, count, deleted, unchanged } = answer;
      // 4096 asks for a full read, 53 says that the cookie is from the future; whatever it is, reading all of it shows.
      if (reply.code !== 0 || !reply.controls?.size) return undefined;
      const isNothing = count === 0 && deleted.size === 0 && unchanged.size === 0 && !answer.isPresentPhase;
      if (isNothing && isSame(answer, cookie)) return { cookie, isNothing, changed: [], gone: () => [] };
      const next = answer.cookie?.toString();
      if (next === undefined || newestOf(next) === undefined || count > mostChanged) return undefined;
      if ([...changed.values()].some((entry) => mayMoveOthers(entry, newest))) return undefined;
      if (!(await holds(session, base, newest))) return undefined;
      return { cookie: next, isNothing: false, changed: [...changed.keys()], gone: goneOf(answer) };
    },
  };
}

const isSame = (answer: SyncAnswer, cookie: string): boolean =>
  answer.cookie === undefined || answer.cookie.toString() === cookie;

/** Who of the stored entries was deleted: named by the server, or not among those it names as there. */
const goneOf =
  ({ changed, deleted, unchanged, isPresentPhase }: SyncAnswer): Happened["gone"] =>
  ({ users, groups }) =>
    [...users, ...groups]
      .map(({ id }) => id)
      .filter((id) => !changed.has(id) && (deleted.has(id) || (isPresentPhase && !unchanged.has(id))));

/**
 * The newest change sequence number of a cookie: time, count, server, modification. A cookie without one stands for
 * nothing; a server takes it for an empty one without a word.
 */
export function newestOf(cookie: string): string | undefined {
  const numbers = /(?:^|,)csn=(?<list>[^,]+)/u.exec(cookie)?.groups?.["list"]?.split(";") ?? [];
  return numbers.every((each) => sequenceNumber.test(each)) ? numbers.toSorted().at(-1) : undefined;
}

const sequenceNumber = /^\d{14}\.\d{6}Z#[\da-f]{6}#[\da-f]{3}#[\da-f]{6}$/u;

/**
 * An entry with others below it that was there before the cookie may have been renamed, and those below it with it,
 * which the server does not tell.
 */
function mayMoveOthers({ values }: Entry, newest: string): boolean {
  if (values.get("hassubordinates")?.[0] === "FALSE") return false;
  const created = /^\d{14}/u.exec(values.get("createtimestamp")?.[0] ?? "")?.[0];
  return created === undefined || created <= newest.slice(0, 14);
}

/**
 * Whether the server still holds the very write the cookie ends with. A backup that was put back does not, though later
 * writes make its cookie newer than ours, and its entries are older than what we have of them. That write may also
 * have been overwritten, or a deletion, which nothing can tell from a backup.
 */
async function holds(session: Session, base: string, newest: string): Promise<boolean> {
  const filter = parseFilter(`(entryCSN=${newest})`, "entryCSN");
  const question = { base, scope: "sub", filter, attributes: [], what: "server" } as const;
  for await (const page of search(session, question, () => true)) if (page.length > 0) return true;
  return false;
}
