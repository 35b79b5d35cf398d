import { z } from "zod";
import { Fault } from "../../core/fault.ts";
import { inParallel } from "../../http/in-parallel.ts";
import type { HttpAnswer } from "../../http/request.ts";
import type { Question } from "../wire/client.ts";
import { readBody } from "../wire/read-body.ts";
import type { Session } from "./open.ts";
import type { Query } from "./query.ts";

export interface ListQuestion<Value> {
  readonly path: string;
  readonly query: Query;
  readonly shape: z.ZodType<Value>;
  readonly question: Question;
}

/** Entries that were not given before, and how many the list has where the server says it. */
export interface ListPage<Value> {
  readonly entries: readonly Value[];
  readonly total: number | undefined;
}

interface Page<Value> extends ListPage<Value> {
  readonly pages: number | undefined;
  readonly cursor: string | undefined;
}

/** Pages asked for before the first of them is taken; the pace decides how many go at a time. */
const ahead = 8;

/**
 * Every entry of a list of the API's second version, each once. Its pages are cut by number (the cursor too is nothing but
 * a number): whoever is removed meanwhile makes the rows behind move up, and one falls between two pages. So the numbers
 * have to agree, and the list is read once more where they do not. Fault `directory.truncated` when they still do not.
 */
export async function* readList<Value extends { readonly id: number }>(
  session: Session,
  list: ListQuestion<Value>,
): AsyncGenerator<ListPage<Value>> {
  const given = new Set<number>();
  for (let tried = 1; ; tried += 1) {
    const found = new Set<number>();
    const totals: number[] = [];
    for await (const { entries, total } of readOnce(session, list)) {
      if (total !== undefined) totals.push(total);
      for (const { id } of entries) found.add(id);
      const fresh = unique(entries).filter(({ id }) => !given.has(id));
      for (const { id } of fresh) given.add(id);
      yield { entries: fresh, total };
    }
    if (isWhole(found.size, totals)) return;
    if (tried === 2)
      throw new Fault("directory.truncated", { what: list.question.what, count: found.size, reason: "shifted" });
    session.log.info("a list changed while it was read; it is read once more", { path: list.path });
  }
}

/** Nobody was removed meanwhile, and nobody who was there at the start is missing; whoever came may be in the next read. */
const isWhole = (found: number, totals: readonly number[]): boolean => {
  const [first] = totals;
  return first === undefined || (found >= first && totals.every((total, index) => total >= (totals[index - 1] ?? 0)));
};

/** By the number of pages where the server says it, else from page to page. */
async function* readOnce<Value extends { readonly id: number }>(
  session: Session,
  list: ListQuestion<Value>,
): AsyncGenerator<Page<Value>> {
  const first = await readPage(session, list, {});
  yield first;
  const { pages } = first;
  const numbers = Array.from({ length: Math.max(0, (pages ?? 1) - 1) }, (_, index) => String(index + 2));
  if (pages === undefined) yield* readOn(session, list, first);
  else yield* inParallel(numbers, ahead, (page) => readPage(session, list, { page }));
}

/** As far as cursors lead; without any word from the server, as far as there is something new. */
async function* readOn<Value extends { readonly id: number }>(
  session: Session,
  list: ListQuestion<Value>,
  first: Page<Value>,
): AsyncGenerator<Page<Value>> {
  const cursors = new Set<string>();
  const found = new Set<number>();
  /** Whether the page gave anything that the ones before it did not. */
  const isNews = ({ entries }: Page<Value>): boolean => {
    const before = found.size;
    for (const { id } of entries) found.add(id);
    return found.size > before;
  };
  let page = first;
  for (let number = 2; ; number += 1) {
    const { cursor, total } = page;
    const isFresh = isNews(page);
    if (cursor === undefined && (total !== undefined || !isFresh)) return;
    if (cursor !== undefined && cursors.has(cursor))
      throw new Fault("directory.bad_response", {
        host: session.client.host,
        field: `${list.question.what}: next page`,
        reason: "repeated",
      });
    if (cursor !== undefined) cursors.add(cursor);
    page = await readPage(session, list, cursor === undefined ? { page: String(number) } : { cursor });
    yield page;
  }
}

const readPage = async <Value>(
  { client }: Session,
  { path, query, shape, question }: ListQuestion<Value>,
  place: Query,
): Promise<Page<Value>> => {
  const answer = await client.ask(client.url(path, { ...query, ...place }), question);
  if (answer.status !== 200) throw client.fault(answer, question);
  return {
    entries: readBody(answer, z.array(shape), client.asked(question)),
    total: numberIn(answer, "total-count"),
    pages: numberIn(answer, "total-pages"),
    cursor: textIn(answer, "after-cursor"),
  };
};

const textIn = ({ headers }: HttpAnswer, name: string): string | undefined => {
  const text = headers[name]?.trim() ?? "";
  return text === "" ? undefined : text;
};
const numberIn = (answer: HttpAnswer, name: string): number | undefined => {
  const text = textIn(answer, name);
  return text !== undefined && /^\d{1,9}$/u.test(text) ? Number(text) : undefined;
};

const unique = <Value extends { readonly id: number }>(entries: readonly Value[]): Value[] => [
  ...new Map(entries.map((entry) => [entry.id, entry])).values(),
];
