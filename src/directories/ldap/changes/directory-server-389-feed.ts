import { z } from "zod";
import { ascending } from "../../../core/ascending.ts";
import { isFault } from "../../../core/fault.ts";
import { namingContextOf, type Session } from "../session.ts";
import { askForChanges } from "./content-sync.ts";
import {
  countBelow,
  hasPeopleAndGroups,
  nsUniqueId,
  takeStock,
  trace,
  type Trace,
  shortOf,
} from "./directory-server-389-marks.ts";
import { readAs } from "./cursor.ts";
import type { Feed, Happened } from "./feed.ts";
import { readLogStart } from "./log-start.ts";

/** More changed entries than this cost as much as a full read. */
const mostChanged = 1000;
/** How many of the last changes are gone through before a full read, until people and groups are among them. */
const lookBacks = [50, 500, 5000];
/** Batches of changes are kept as a proof up to this many entries. */
const mostProof = 200;
/** More people who are locked than this are not kept beside a cookie. */
const mostLocked = 20_000;

/**
 * 389 Directory Server with its plug-in Content Synchronization, which answers out of the retro changelog. All of the naming
 * context is watched, as with OpenLDAP. The plug-in leaves out what the account may not see, some of many deletions, and
 * whatever the log dropped; nothing tells of entries that a restored backup or an import puts in place. So its answer is
 * believed only where it accounts for every number of the log, and while marks kept beside the cookie are found as they
 * were left (docs/decisions/0015).
 */
export function directoryServer389Feed(session: Session): Feed {
  const base = namingContextOf(session);
  return {
    lags: true,
    tellsGone: true,
    withoutBeginning: "log_unproven",
    begin: unlessLimited(async () => {
      const { reply, cookie } = await askForChanges(session, { base, scope: "base", attributes: [], most: 0 });
      const now = reply.code === 0 ? readCookie(cookie?.toString()) : undefined;
      const start = await readLogStart(session);
      if (now === undefined || start === undefined) return undefined;
      let position: string | undefined;
      for (const count of lookBacks) {
        const from = Math.max(now.number - count, start - 1);
        const told = await ask(session, base, `${now.server}#${from}`, count + mostChanged);
        if (told === undefined) return undefined;
        if (position === undefined && told.touched.size <= mostChanged) position = await begin(session, base, told);
        const isComplete = position !== undefined && (await hasPeopleAndGroups(session, base, told.changed));
        if (isComplete) return position;
        if (from === start - 1) return undefined;
      }
      return undefined;
    }),
    since: unlessLimited(async (text: string) => {
      const kept = readPosition(text);
      return kept === undefined ? undefined : since(session, base, kept);
    }),
  };
}

/** More is looked through here than for a profile's own people and groups; where that is too much for the account, nothing can be told. */
const unlessLimited =
  <Given extends readonly unknown[], Result>(work: (...given: Given) => Promise<Result | undefined>) =>
  async (...given: Given): Promise<Result | undefined> => {
    try {
      return await work(...given);
    } catch (error) {
      if (isFault(error, "directory.truncated") || isFault(error, "directory.forbidden")) return undefined;
      throw error;
    }
  };

/** A first position, out of the last changes in the log; undefined where somebody changed lately and is not among them. */
async function begin(session: Session, base: string, last: Told): Promise<string | undefined> {
  const batch = await trace(session, base, last.touched);
  const newest = newestOf(batch);
  const below = await countBelow(session, base);
  if (newest === undefined || below === undefined) return undefined;
  const { recent, locked } = await takeStock(session, base, newest);
  const told = await coverAll(session, base, last, recent, new Set());
  if (told === undefined || locked.size > mostLocked) return undefined;
  const added = await trace(session, base, told.touched.difference(last.touched));
  return writePosition({ cookie: told.cookie, newest, below, locked, proof: [[...batch, ...added].map(markOf)] });
}

async function since(session: Session, base: string, kept: Position): Promise<Happened | undefined> {
  const from = readCookie(kept.cookie)?.number;
  const first = await ask(session, base, kept.cookie, mostChanged);
  if (from === undefined || first === undefined) return undefined;
  const { recent, locked } = await takeStock(session, base, kept.newest);
  const proven = new Map(kept.proof.flat());
  const told = await coverAll(session, base, first, recent, new Set(proven.keys()));
  if (told === undefined || !accountsForAll(told, from) || locked.size > mostLocked) return undefined;
  const { touched, deleted, changed } = told;

  // What the log dropped before it was asked is missing from its answer without a word.
  const start = await readLogStart(session);
  if (start === undefined || from < start - 1) return undefined;

  const left = [...proven.keys()].filter((id) => !touched.has(id));
  const traces = new Map((await trace(session, base, [...touched, ...left])).map((each) => [each.id, each]));
  if (left.length === 0 || left.some((id) => traces.get(id)?.digest !== proven.get(id))) return undefined;
  const fresh = [...touched].flatMap((id) => traces.get(id) ?? []);
  if (fresh.some(({ id, digest }) => (digest === undefined) !== deleted.has(id))) return undefined;
  if (fresh.some((each) => mayMoveOthers(each, kept.newest))) return undefined;
  if (isLockedUntold(kept.locked, locked, touched)) return undefined;

  const below = await countBelow(session, base);
  const isNew = ({ id, created }: Trace): boolean => created !== undefined && created >= kept.newest && !proven.has(id);
  const isNothing = touched.size === 0;
  const least = isNothing ? kept.below : kept.below + fresh.filter(isNew).length - deleted.size;
  if (below === undefined || (isNothing ? below !== least : below < least)) return undefined;
  const proof = isNothing
    ? kept.proof
    : [fresh.map(markOf), ...kept.proof.map((batch) => batch.filter(([id]) => !touched.has(id)))];
  const newest = newestOf([{ changed: kept.newest }, ...fresh]) ?? kept.newest;
  return {
    cookie: writePosition({ cookie: told.cookie, newest, below, locked, proof }),
    isNothing,
    changed: [...changed],
    gone: () => [...deleted],
  };
}

/**
 * Every number of the log since the cookie belongs to one of those it told. What it did not tell may be an entry that the
 * account sees no longer, a container or role it never saw, a deletion the plug-in forgot: nobody knows.
 */
const accountsForAll = ({ number, touched }: Told, from: number): boolean => number - from === touched.size;

/** Somebody is locked, or not any more, without having changed: roles and classes of service take effect a moment after their change. */
function isLockedUntold(before: ReadonlySet<string>, now: ReadonlySet<string>, touched: ReadonlySet<string>): boolean {
  const told = new Set([...touched].map(shortOf));
  return [...before.symmetricDifference(now)].some((each) => !told.has(each));
}

/** An entry with others below it that was there before may have been renamed, and those below it with it, which is not told. */
const mayMoveOthers = ({ hasOthersBelow, created }: Trace, newest: string): boolean =>
  hasOthersBelow && (created === undefined || created <= newest);

interface Told {
  readonly cookie: string;
  /** Of the last change in the log, with which the cookie ends. */
  readonly number: number;
  readonly changed: ReadonlySet<string>;
  readonly deleted: ReadonlySet<string>;
  /** Both. */
  readonly touched: ReadonlySet<string>;
}

/** What the log says of the time since a cookie; undefined where it refuses, or where it is too much. */
async function ask(session: Session, base: string, cookie: string, most: number): Promise<Told | undefined> {
  const question = { base, scope: "sub", cookie: Buffer.from(cookie), attributes: [], most } as const;
  const { reply, count, ...answer } = await askForChanges(session, question);
  const next = answer.cookie?.toString();
  const number = readCookie(next)?.number;
  if (reply.code !== 0 || count > most || next === undefined || number === undefined) return undefined;
  const changed = new Set([...answer.changed.keys()].map(nsUniqueId));
  // It names what was deleted, and says all the same that it does not (RFC 4533 §3.3.1, refreshDeletes).
  const deleted = new Set([...answer.deleted].map(nsUniqueId));
  return { cookie: next, number, changed, deleted, touched: changed.union(deleted) };
}

/**
 * People and groups that changed lately have to be among what was told or is known; one that changed since it was told is
 * asked for once more. Undefined where the log does not know of somebody: it does not tell everything.
 */
async function coverAll(
  session: Session,
  base: string,
  told: Told,
  recent: ReadonlySet<string>,
  known: ReadonlySet<string>,
): Promise<Told | undefined> {
  const unknown = [...recent].filter((id) => !told.touched.has(id) && !known.has(id));
  if (unknown.length === 0) return told;
  const more = await ask(session, base, told.cookie, mostChanged);
  if (more === undefined || unknown.some((id) => !more.touched.has(id))) return undefined;
  const deleted = told.deleted.union(more.deleted);
  const changed = told.changed.union(more.changed).difference(deleted);
  return { ...more, changed, deleted, touched: changed.union(deleted) };
}

const newestOf = (traces: readonly Pick<Trace, "changed">[]): string | undefined =>
  traces
    .flatMap(({ changed }) => changed ?? [])
    .toSorted()
    .at(-1);

/** An entry as it was left: its id and a digest, absent for one that was gone. */
type Mark = readonly [id: string, digest: string | undefined];
const markOf = ({ id, digest }: Trace): Mark => [id, digest];

interface Position {
  /** The server's own. */
  readonly cookie: string;
  /** When the entry changed last of those in the proof; `YYYYMMDDhhmmssZ`. */
  readonly newest: string;
  /** How many entries lie below others. */
  readonly below: number;
  /** Who is locked, as `shortOf` their ids. */
  readonly locked: ReadonlySet<string>;
  /**
   * Everything that changed lately, the last changes first. A backup from before a change that is proven to be in
   * effect cannot have been put back, and one from after it brings back nothing but what the log tells. Within a batch nobody knows
   * the order, so batches go as a whole.
   */
  readonly proof: readonly (readonly Mark[])[];
}

function writePosition({ cookie, newest, below, locked, proof }: Position): string {
  const kept: (readonly Mark[])[] = [];
  let count = 0;
  for (const batch of proof) {
    count += batch.length;
    if (kept.length > 0 && count > mostProof) break;
    if (batch.length > 0) kept.push(batch);
  }
  return JSON.stringify([
    cookie,
    newest,
    below,
    ascending([...locked]).join(" "),
    kept.map((batch) => batch.map(([id, digest]) => [id, digest ?? ""])),
  ]);
}

function readPosition(text: string): Position | undefined {
  const data = readAs(Text, text);
  if (data === undefined) return undefined;
  const [cookie, newest, below, locked, proof] = data;
  return {
    cookie,
    newest,
    below,
    locked: new Set(locked.split(" ").filter(Boolean)),
    proof: proof.map((batch) => batch.map(([id, digest]) => [id, digest || undefined])),
  };
}

const Text = z.tuple([
  z.string(),
  z.string().regex(/^\d{14}Z$/u),
  z.number(),
  z.string(),
  z.array(z.array(z.tuple([z.string(), z.string()]))),
]);

/** `host:port#who:base:filter#number of the last change` (389 Directory Server, plug-in Content Synchronization). */
function readCookie(text: string | undefined): { readonly server: string; readonly number: number } | undefined {
  const { server, number } = /^(?<server>.+)#(?<number>\d{1,15})$/su.exec(text ?? "")?.groups ?? {};
  return server === undefined || number === undefined ? undefined : { server, number: Number(number) };
}
