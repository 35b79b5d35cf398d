import { allOf, anyOf, equals } from "../filter.ts";
import type { Entry } from "../replies.ts";
import { search, type Question } from "../search.ts";
import type { Session } from "../session.ts";
import { idBytes } from "../values.ts";

/** Ids in one question. */
export const idsAtOnce = 100;

/** Those of some entries that a question finds; the ids are values of `idAttribute`. */
export async function findByIds<Value>(
  session: Session,
  question: Question,
  ids: readonly string[],
  read: (entry: Entry) => Value,
  idAttribute = session.layout.idAttribute,
): Promise<Value[]> {
  const found: Value[] = [];
  for (let at = 0; at < ids.length; at += idsAtOnce) {
    const few = ids.slice(at, at + idsAtOnce).map((id) => equals(idAttribute, idBytes(idAttribute, id) ?? id));
    const filter = allOf(question.filter, anyOf(...few));
    for await (const page of search(session, { ...question, filter }, read)) found.push(...page);
  }
  return found;
}
