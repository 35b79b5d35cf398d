import { PagedResultsControl, SearchRequest, type Filter } from "ldapts";
import { Fault } from "../../core/fault.ts";
import type { Connection } from "./connection.ts";
import { searchFault, type Asked, type Parties } from "./errors.ts";
import { present } from "./filter.ts";
import type { Entry, Reply } from "./replies.ts";

/** Whom to ask; `paging` remembers for the next search what the server was found to accept. */
export interface Searcher {
  readonly connection: Connection;
  readonly parties: Parties;
  readonly paging: { size: number; readonly isKnown: boolean };
  /** A search below a base that is not there is refused, paged or not, as it has to be (RFC 4511 §4.5.3, noSuchObject). */
  readonly refusesMissingBase: boolean;
  /** Addresses of other servers that hold parts of what was searched; they are not followed. */
  readonly references: Set<string>;
}

export interface Question {
  readonly base: string;
  readonly scope: "base" | "one" | "sub";
  readonly filter: Filter;
  /** None = only the names of entries. */
  readonly attributes: readonly string[];
  readonly what: Asked["what"];
  /** The base is where members are said to lie: a server that does not refuse when it is gone finds nobody there. */
  readonly mayBeMissing?: boolean;
}

/**
 * Everything the question finds, page by page. The next page is asked for before this one is given, so that the server
 * works while we do. An answer that a limit cut short is Fault `directory.truncated`, never less; an empty page with a
 * cookie is followed. A server that refuses pages of this size is asked for smaller ones, and one that refuses paging
 * for everything at once, which counts only if it says that this was all.
 */
export async function* search<Value>(
  searcher: Searcher,
  question: Question,
  read: (entry: Entry) => Value,
): AsyncGenerator<Value[]> {
  const { paging, parties, references } = searcher;
  let count = 0;
  let empty = 0;
  const starts = new Map<string, number>();
  let next: Promise<Page<Value>> | undefined = firstPage(searcher, question, read);
  while (next !== undefined) {
    const { reply, values, first }: Page<Value> = await next;
    count += values.length;
    if (reply.code !== 0) throw await explain(searcher, reply, question, count);
    for (const reference of reply.references) references.add(reference);
    empty = values.length === 0 ? empty + 1 : 0;
    if (empty > mostEmptyPages)
      throw new Fault("directory.truncated", { host: parties.host, what: question.what, count, reason: "empty_pages" });
    const repeats = first === undefined ? 0 : (starts.get(first) ?? 0) + 1;
    if (first !== undefined) starts.set(first, repeats);
    if (repeats > mostRepeats)
      throw new Fault("directory.truncated", { host: parties.host, what: question.what, count, reason: "same_pages" });
    const cookie: Buffer | undefined = reply.cookie !== undefined && reply.cookie.length > 0 ? reply.cookie : undefined;
    next = cookie === undefined ? undefined : askPage(searcher, question, read, paging.size, cookie);
    // Its failure is thrown when it is waited for; until then it is nobody's.
    next?.catch(() => {});
    if (values.length > 0) yield values;
  }
  if (count === 0 && !searcher.refusesMissingBase && question.mayBeMissing !== true)
    await ensureBase(searcher, question);
}

/** Nobody was found: because there is nobody, or because what was searched is not there, which 389 does not say of paged searches. */
async function ensureBase(searcher: Searcher, question: Question): Promise<void> {
  const { base, what } = question;
  const reply = await askOne(searcher, { base, filter: present("objectClass"), attributes: [], what });
  if (reply.code !== 0) throw await explain(searcher, reply, question, 0);
}

/** The one entry of this name; undefined where there is none or it does not fit the filter. Throws as `search` does. */
export async function searchOne(
  { connection, parties }: Pick<Searcher, "connection" | "parties">,
  question: Omit<Question, "scope">,
): Promise<Entry | undefined> {
  const reply = await connection.request((messageId) => request({ ...question, scope: "base" }, messageId));
  if (reply.code !== 0) throw searchFault(reply, parties, { base: question.base, what: question.what, count: 0 });
  return reply.entries[0];
}

/** As `searchOne`, but hands over what the server said, for whoever knows what a refusal means. */
export const askOne = async (
  { connection }: Pick<Searcher, "connection">,
  question: Omit<Question, "scope">,
): Promise<Reply> => connection.request((messageId) => request({ ...question, scope: "base" }, messageId));

interface Page<Value> {
  readonly reply: Reply;
  /** The name of its first entry. */
  readonly first: string | undefined;
  readonly values: Value[];
}

/** So many pages with nothing on them, one after another, are not a directory any more. */
const mostEmptyPages = 1000;
/** An entry that is renamed meanwhile may begin a second page; a server that gives the same page again and again never ends. */
const mostRepeats = 3;
/** Sizes that servers were seen to insist on. */
const smallerSizes = [500, 250, 100, 50, 10, 0];

/** Finds a page size the server accepts; 0 = all at once. */
async function firstPage<Value>(
  searcher: Searcher,
  question: Question,
  read: (entry: Entry) => Value,
): Promise<Page<Value>> {
  const { paging } = searcher;
  for (;;) {
    const page = await askPage(searcher, question, read, paging.size, undefined);
    const smaller = smallerSizes.find((size) => size < paging.size);
    if (!refusesPage(page, paging.size) || smaller === undefined) return page;
    paging.size = smaller;
  }
}

/** Result codes by which servers refuse a page or paging as such: protocolError, adminLimitExceeded, unavailableCriticalExtension, unwillingToPerform. */
const refusesPage = ({ reply, values }: Page<unknown>, size: number): boolean =>
  size > 0 && values.length === 0 && [2, 11, 12, 53].includes(reply.code);

async function askPage<Value>(
  { connection, paging }: Searcher,
  question: Question,
  read: (entry: Entry) => Value,
  size: number,
  cookie: Buffer | undefined,
): Promise<Page<Value>> {
  const values: Value[] = [];
  let first: string | undefined;
  const reply = await connection.request(
    (messageId) => request(question, messageId, size > 0 ? page(size, cookie, paging.isKnown) : undefined),
    (entry) => {
      first ??= entry.dn;
      values.push(read(entry));
    },
  );
  return { reply, values, first };
}

const page = (size: number, cookie: Buffer | undefined, critical: boolean): PagedResultsControl =>
  new PagedResultsControl({ critical, value: { size, ...(cookie === undefined ? {} : { cookie }) } });

const request = (question: Question, messageId: number, control?: PagedResultsControl): SearchRequest =>
  new SearchRequest({
    messageId,
    baseDN: question.base,
    scope: question.scope,
    filter: question.filter,
    // "1.1" is no attribute at all (RFC 4511 §4.5.1.8); an empty list would be all of them.
    attributes: question.attributes.length === 0 ? ["1.1"] : [...question.attributes],
    sizeLimit: 0,
    timeLimit: 0,
    ...(control === undefined ? {} : { controls: [control] }),
  });

/** The Fault of a refusal; for a base that is not there with the part of it that is. */
async function explain(searcher: Searcher, reply: Reply, question: Question, count: number): Promise<Fault> {
  const { base, what } = question;
  const exists = reply.code === 32 && reply.matchedDn === "" ? await findExisting(searcher, base) : undefined;
  return searchFault(reply, searcher.parties, { base, what, count, ...(exists === undefined ? {} : { exists }) });
}

/** The nearest part of a DN that this account can see; undefined where there is none. */
async function findExisting(searcher: Searcher, base: string): Promise<string | undefined> {
  for (let parent = parentOf(base); parent !== undefined; parent = parentOf(parent)) {
    const question = { base: parent, filter: present("objectClass"), attributes: [], what: "server" as const };
    if ((await askOne(searcher, question)).code === 0) return parent;
  }
  return undefined;
}

/** A DN without its first part; undefined at the last one. */
export function parentOf(dn: string): string | undefined {
  const parent = /^(?:[^\\,]|\\.)*,\s*(?<parent>.+)$/su.exec(dn)?.groups?.["parent"];
  return parent === "" ? undefined : parent;
}
