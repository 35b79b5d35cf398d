import { SearchRequest } from "ldapts";
import { enter, Malformed, peek, readBytes, readNumber, within, type Cursor } from "../ber.ts";
import { present } from "../filter.ts";
import type { Entry, Reply } from "../replies.ts";
import type { Searcher } from "../search.ts";
import { spellUuid } from "../values.ts";
import { syncOids, syncRequest } from "./controls.ts";

/** What a server says has happened since a cookie (RFC 4533 §3.3.2), without the contents. */
export interface SyncAnswer {
  readonly reply: Reply;
  /** Of the content as it is now; absent where the server gives none, as when nothing changed. */
  readonly cookie?: Buffer;
  /** Added or changed, by entry UUID; no more than `most` are kept. */
  readonly changed: ReadonlyMap<string, Entry>;
  /** How many were added or changed. */
  readonly count: number;
  readonly deleted: ReadonlySet<string>;
  /** Said to be there and unchanged. */
  readonly unchanged: ReadonlySet<string>;
  /** What was mentioned neither as changed nor as unchanged is gone: the server does not name what was deleted. */
  readonly isPresentPhase: boolean;
}

export interface SyncQuestion {
  readonly base: string;
  readonly scope: "base" | "sub";
  readonly cookie?: Buffer;
  readonly attributes: readonly string[];
  readonly most: number;
}

/** Asks what changed below a base. A refusal is in the reply's code; nothing is thrown for it. */
export async function askForChanges(
  { connection }: Pick<Searcher, "connection">,
  question: SyncQuestion,
): Promise<SyncAnswer> {
  const changed = new Map<string, Entry>();
  const deleted = new Set<string>();
  const unchanged = new Set<string>();
  let count = 0;
  let told: Buffer | undefined;
  let presentPhaseEnded = false;

  // Some servers send all there is whatever they are asked for.
  const isBare = question.attributes.length === 0;
  const take = (entry: Entry): void => {
    const value = entry.controls?.get(syncOids.state);
    if (value === undefined) throw new Malformed("an entry of a synchronisation without its state");
    const { state, uuid, cookie } = readState(value);
    told = cookie ?? told;
    if (state === states.present) unchanged.add(uuid);
    else if (state === states.delete) deleted.add(uuid);
    else {
      count += 1;
      if (changed.size < question.most) changed.set(uuid, isBare ? { ...entry, values: noValues } : entry);
    }
  };
  const hear = (name: string, value: Buffer | undefined): void => {
    if (name !== syncOids.info || value === undefined) return;
    const info = readInfo(value);
    told = info.cookie ?? told;
    presentPhaseEnded ||= info.endsPresentPhase;
    for (const uuid of info.uuids) (info.areDeleted ? deleted : unchanged).add(uuid);
  };
  const reply = await connection.request(
    (messageId) =>
      new SearchRequest({
        messageId,
        baseDN: question.base,
        scope: question.scope,
        filter: present("objectClass"),
        attributes: question.attributes.length === 0 ? ["1.1"] : [...question.attributes],
        sizeLimit: 0,
        timeLimit: 0,
        controls: [syncRequest(question.cookie)],
      }),
    take,
    hear,
  );
  const value = reply.controls?.get(syncOids.done);
  const done = value === undefined ? undefined : readDone(value);
  const cookie = done?.cookie ?? told;
  return {
    reply,
    ...(cookie === undefined ? {} : { cookie }),
    changed,
    count,
    deleted,
    unchanged,
    isPresentPhase: presentPhaseEnded || (done !== undefined && !done.areDeletesTold),
  };
}

const noValues: Entry["values"] = new Map();
const states = { present: 0, delete: 3 } as const;

const read = <Value>(data: Buffer, tag: number, read: (cursor: Cursor) => Value): Value =>
  within({ data, at: 0, end: data.length }, tag, read);

const sequence = 0x30;
const octets = 0x04;
const boolean = 0x01;

/** SEQUENCE { state ENUMERATED, entryUUID, cookie OPTIONAL } */
function readState(data: Buffer): { readonly state: number; readonly uuid: string; readonly cookie?: Buffer } {
  return read(data, sequence, (cursor) => {
    const state = readNumber(cursor, 0x0a);
    const uuid = readUuid(cursor);
    return peek(cursor) === octets ? { state, uuid, cookie: readBytes(cursor) } : { state, uuid };
  });
}

/** SEQUENCE { cookie OPTIONAL, refreshDeletes BOOLEAN DEFAULT FALSE } */
function readDone(data: Buffer): { readonly cookie?: Buffer; readonly areDeletesTold: boolean } {
  return read(data, sequence, (cursor) => {
    const cookie = peek(cursor) === octets ? { cookie: readBytes(cursor) } : {};
    return { ...cookie, areDeletesTold: readFlag(cursor, false) };
  });
}

interface SyncInfo {
  readonly cookie?: Buffer;
  readonly endsPresentPhase: boolean;
  readonly areDeleted: boolean;
  readonly uuids: readonly string[];
}

/** CHOICE of a new cookie, the end of a phase, or a set of UUIDs that are there or, flagged, deleted (RFC 4533 §2.5). */
function readInfo(data: Buffer): SyncInfo {
  const nothing: SyncInfo = { endsPresentPhase: false, areDeleted: false, uuids: [] };
  const tag = data[0] ?? 0;
  if (tag === 0x80)
    return {
      ...nothing,
      cookie: read(data, tag, (cursor) => Buffer.from(cursor.data.subarray(cursor.at, cursor.end))),
    };
  return read(data, tag, (cursor) => {
    const cookie = peek(cursor) === octets ? { cookie: readBytes(cursor) } : {};
    if (tag === 0xa1) return { ...nothing, ...cookie };
    if (tag === 0xa2) return { ...nothing, ...cookie, endsPresentPhase: true };
    if (tag !== 0xa3) throw new Malformed("a message of a synchronisation of an unknown kind");
    const areDeleted = readFlag(cursor, false);
    const uuids: string[] = [];
    within(cursor, 0x31, (set) => {
      while (set.at < set.end) uuids.push(readUuid(set));
    });
    return { ...nothing, ...cookie, areDeleted, uuids };
  });
}

function readFlag(cursor: Cursor, otherwise: boolean): boolean {
  if (peek(cursor) !== boolean) return otherwise;
  return readNumber(cursor, boolean) !== 0;
}

function readUuid(cursor: Cursor): string {
  const end = enter(cursor, octets);
  if (end - cursor.at !== 16) throw new Malformed("an entry UUID that is not 16 bytes long");
  const uuid = spellUuid(cursor.data, cursor.at);
  cursor.at = end;
  return uuid;
}
