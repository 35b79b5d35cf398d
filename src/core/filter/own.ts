import { atEnd, here, skipSpace, take, unexpected, type Scan } from "./scan.ts";
import { fieldsOf, type Clause, type Condition, type FilterSubject } from "./tree.ts";

/**
 * Our own form, as in `include email:"*@firm.test", id:"17"; exclude name:"Temp *"`: clauses with semicolons between
 * them, conditions with commas between them, values in quotes. In a value `*` stands for any characters; `\*`, `\"`
 * and `\\` for themselves. Ends before `|`, or at the end.
 */
export const parseOwnClauses = (scan: Scan, subject: FilterSubject): Clause[] => {
  const clauses: Clause[] = [];
  for (;;) {
    skipSpace(scan);
    if (clauses.length > 0 && (atEnd(scan) || scan.text[scan.at] === "|")) return clauses;
    clauses.push(parseClause(scan, subject));
    skipSpace(scan);
    if (take(scan, /;/uy) !== undefined) continue;
    if (atEnd(scan) || scan.text[scan.at] === "|") return clauses;
    throw unexpected(scan, '",", ";", "|" or the end');
  }
};

const parseClause = (scan: Scan, subject: FilterSubject): Clause => {
  const position = here(scan);
  const keyword = take(scan, /(?:include|exclude)(?![\p{L}\p{N}_])/iuy)?.toLowerCase();
  if (keyword === undefined) throw unexpected(scan, '"include" or "exclude"');
  const conditions: Condition[] = [];
  do {
    skipSpace(scan);
    conditions.push(parseCondition(scan, subject));
    skipSpace(scan);
  } while (take(scan, /,/uy) !== undefined);
  return { mode: keyword === "include" ? "include" : "exclude", conditions, position };
};

const parseCondition = (scan: Scan, subject: FilterSubject): Condition => {
  const position = here(scan);
  const start = scan.at;
  const name = take(scan, /[A-Za-z]+/uy)?.toLowerCase();
  const field = fieldsOf[subject].find((known) => known.toLowerCase() === name);
  if (field === undefined) throw unexpected(scan, fieldsOf[subject].map((known) => `"${known}:"`).join(", "), start);
  skipSpace(scan);
  if (take(scan, /:/uy) === undefined) throw unexpected(scan, '":"');
  skipSpace(scan);
  return { field, texts: parseValue(scan), position };
};

/** The texts between the wildcards of a quoted value. */
const parseValue = (scan: Scan): string[] => {
  if (take(scan, /"/uy) === undefined) throw unexpected(scan, "a value in quotes");
  const texts = [""];
  const add = (text: string): void => void texts.push((texts.pop() ?? "") + text);
  for (;;) {
    const plain = take(scan, /[^"\\*]+/uy);
    if (plain !== undefined) add(plain);
    else if (take(scan, /"/uy) !== undefined) break;
    else if (take(scan, /\*/uy) !== undefined) texts.push("");
    else if (take(scan, /\\/uy) === undefined) throw unexpected(scan, "a closing quote");
    else {
      const escaped = take(scan, /["\\*]/uy);
      if (escaped === undefined) throw unexpected(scan, '"\\"", "\\*" or "\\\\"');
      add(escaped);
    }
  }
  return normaliseTexts(texts);
};

/** Values are compared trimmed and in lower case; two wildcards in a row are one. */
const normaliseTexts = (texts: readonly string[]): string[] => {
  const last = texts.length - 1;
  return texts
    .map((text, index) => {
      const start = index === 0 ? text.trimStart() : text;
      return (index === last ? start.trimEnd() : start).toLowerCase();
    })
    .filter((text, index) => text !== "" || index === 0 || index === last);
};
