import { canonicalDn } from "../../../core/dn.ts";
import { equals, present } from "../filter.ts";
import { idOf } from "../people.ts";
import type { Entry } from "../replies.ts";
import { search } from "../search.ts";
import type { Session } from "../session.ts";
import { askDirSync } from "./directory-sync.ts";
import type { Feed } from "./feed.ts";

/** More changed entries than this cost as much as a full read. */
const mostChanged = 1000;
/** More renamed entries than this are not asked one by one whether others lie below them. */
const mostRenamed = 50;

/**
 * Active Directory and Samba with the control DirSync, for the whole domain, filtered by nothing: an entry that no longer
 * fits a filter would not be told. Only that an entry changed is taken from here; what it is now is looked up. An ordinary
 * account may not see deleted entries, so who is gone has to be found by listing who is there.
 */
export function activeDirectoryFeed(session: Session, watched: readonly string[]): Feed {
  const { facts, layout } = session;
  const base = facts.defaultNamingContext ?? layout.base;
  const attributes = [...new Set([...watched, ...always])];
  return {
    lags: false,
    tellsGone: false,
    withoutBeginning: "not_offered",
    begin: async () => {
      // Nobody has this id: all that is wanted is where the server stands now.
      const filter = equals("objectGUID", Buffer.alloc(16));
      const { reply, cookie } = await askDirSync(session, {
        base,
        filter,
        attributes,
        cookie: Buffer.alloc(0),
        most: 0,
      });
      return reply.code === 0 && cookie.length > 0 ? writeCookie(session, cookie) : undefined;
    },
    since: async (text) => {
      const kept = readCookie(session, text);
      if (kept === undefined) return undefined;
      const question = { base, filter: present("objectClass"), attributes, cookie: kept, most: mostChanged };
      const { reply, cookie, entries, count } = await askDirSync(session, question);
      if (reply.code !== 0 || cookie.length === 0 || count > mostChanged) return undefined;
      const told = entries.filter(saysSomething);
      const next = writeCookie(session, cookie);
      const changed = new Set<string>();
      for (const entry of told) {
        const id = idOf(entry, { ...layout, idAttribute: "objectguid" });
        if (id === undefined) return undefined;
        changed.add(id);
      }
      if (await mayHaveMovedOthers(session, told)) return undefined;
      return { cookie: next, isNothing: told.length === 0, changed: [...changed], gone: () => [] };
    },
  };
}

/** Besides what a profile depends on: whether an entry was made, renamed or moved, deleted. */
const always = ["objectGUID", "name", "isDeleted", "objectClass"];

/** These come along with every entry, changed or not. */
const alwaysThere: ReadonlySet<string> = new Set(["objectguid", "instancetype", "parentguid", "objectsid"]);
const saysSomething = ({ values }: Entry): boolean => [...values.keys()].some((name) => !alwaysThere.has(name));

const isDeleted = ({ values }: Entry): boolean => values.get("isdeleted")?.[0]?.toUpperCase() === "TRUE";

/** An entry with others below it that got another name, or another place, moved those as well, which nobody tells. */
async function mayHaveMovedOthers(session: Session, entries: readonly Entry[]): Promise<boolean> {
  const renamed = entries.filter(
    (entry) => entry.values.has("name") && !entry.values.has("objectclass") && !isDeleted(entry),
  );
  if (renamed.length > mostRenamed) return true;
  for (const { dn } of renamed) if (await hasOthersBelow(session, dn)) return true;
  return false;
}

async function hasOthersBelow(session: Session, dn: string): Promise<boolean> {
  const question = { base: dn, scope: "one", filter: present("objectClass"), attributes: [], what: "server" } as const;
  for await (const page of search(session, question, () => true)) if (page.length > 0) return true;
  return false;
}

/**
 * A cookie stands for what one server had given; another one would be asked for everything, and so would this one after an
 * old copy of it was put back, which the numbers of its changes show until they have grown again.
 */
const writeCookie = ({ facts }: Session, cookie: Buffer): string =>
  `${cookie.toString("base64")} ${facts.changes?.last ?? ""} ${facts.changes?.server ?? ""}`;

function readCookie({ facts }: Session, text: string): Buffer | undefined {
  const [cookie = "", last = "", ...server] = text.split(" ");
  if (facts.changes === undefined || !/^\d+$/u.test(last) || cookie === "") return undefined;
  if (canonicalDn(server.join(" ")) !== canonicalDn(facts.changes.server)) return undefined;
  return BigInt(facts.changes.last) < BigInt(last) ? undefined : Buffer.from(cookie, "base64");
}
