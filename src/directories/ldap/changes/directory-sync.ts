import { BerWriter, SearchRequest, type Control, type Filter } from "ldapts";
import { readBytes, readNumber, within } from "../ber.ts";
import type { Entry, Reply } from "../replies.ts";
import type { Searcher } from "../search.ts";
import { createControl, dirSync } from "./controls.ts";

/** What Active Directory's control DirSync says (MS-ADTS §3.1.1.3.4.1.3). */
export interface DirSyncAnswer {
  /** The first reply that was a refusal, else the last. */
  readonly reply: Reply;
  readonly cookie: Buffer;
  /** No more than `most` are kept. */
  readonly entries: readonly Entry[];
  readonly count: number;
}

export interface DirSyncQuestion {
  /** A naming context: the control works for whole ones only. */
  readonly base: string;
  readonly filter: Filter;
  /** An entry is told only when one of these changed, and only those that did. */
  readonly attributes: readonly string[];
  readonly cookie: Buffer;
  readonly most: number;
}

/**
 * Asks until the server says that this is all. As an ordinary account, who is told what it may read (OBJECT_SECURITY), and
 * of long lists of values only those that came and went (INCREMENTAL_VALUES).
 */
export async function askDirSync(
  { connection }: Pick<Searcher, "connection">,
  { base, filter, attributes, most, ...question }: DirSyncQuestion,
): Promise<DirSyncAnswer> {
  const entries: Entry[] = [];
  let { cookie } = question;
  let count = 0;
  for (let round = 0; ; round += 1) {
    const controls = [request(cookie)];
    const reply = await connection.request(
      (messageId) =>
        new SearchRequest({
          messageId,
          baseDN: base,
          scope: "sub",
          filter,
          attributes: [...attributes],
          sizeLimit: 0,
          timeLimit: 0,
          controls,
        }),
      (entry) => {
        count += 1;
        if (entries.length < most) entries.push(entry);
      },
    );
    const value = reply.controls?.get(dirSync);
    if (reply.code !== 0 || value === undefined || value.length === 0)
      return { reply, cookie: Buffer.alloc(0), entries, count };
    const { hasMore, next } = readResponse(value);
    cookie = next;
    if (!hasMore || round === mostRounds) return { reply, cookie: hasMore ? Buffer.alloc(0) : cookie, entries, count };
  }
}

/** A server that has still more after so many answers has no end to it. */
const mostRounds = 10_000;

const objectSecurity = 0x1;
const incrementalValues = -0x8000_0000;

/** SEQUENCE { flags, the most bytes of an answer, cookie } */
function request(cookie: Buffer): Control {
  const writer = new BerWriter();
  writer.startSequence();
  writer.writeInt(objectSecurity + incrementalValues);
  writer.writeInt(mostBytes);
  writer.writeBuffer(cookie, 0x04);
  writer.endSequence();
  return createControl(dirSync, writer.buffer);
}

const mostBytes = 10 * 1024 * 1024;

/** SEQUENCE { whether there is more, unused, cookie } */
const readResponse = (data: Buffer): { readonly hasMore: boolean; readonly next: Buffer } =>
  within({ data, at: 0, end: data.length }, 0x30, (cursor) => {
    const hasMore = readNumber(cursor) !== 0;
    readNumber(cursor);
    return { hasMore, next: readBytes(cursor) };
  });
