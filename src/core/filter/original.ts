import { here, skipSpace, take, unexpected, type Scan } from "./scan.ts";
import type { Clause, Condition, Field } from "./tree.ts";

/** A keyword of the original, in lower case, and what it means here. */
export type Keywords = Readonly<Record<string, { readonly mode: Clause["mode"]; readonly field: Field }>>;

/** Whether the text begins like one of the original's sets: a keyword and a colon right behind it. */
export const isOriginal = (text: string, keywords: Keywords): boolean =>
  Object.hasOwn(keywords, /^\s*([A-Za-z]+)\s*:/u.exec(text)?.[1]?.toLowerCase() ?? "");

/**
 * One of the original's sets: keyword, colon, and values with commas between them, up to `|` or the end. Values are
 * trimmed, lower-cased and compared whole; there are no quotes and no wildcards, an empty value stays one, and a second
 * colon is an error.
 */
export const parseOriginalSet = (scan: Scan, keywords: Keywords): Clause => {
  skipSpace(scan);
  const position = here(scan);
  const start = scan.at;
  const word = take(scan, /[A-Za-z]+/uy)?.toLowerCase() ?? "";
  const known = Object.hasOwn(keywords, word) ? keywords[word] : undefined;
  if (known === undefined) throw unexpected(scan, keywordList(keywords), start);
  skipSpace(scan);
  if (take(scan, /:/uy) === undefined) throw unexpected(scan, '":"');
  const conditions: Condition[] = [];
  do conditions.push({ field: known.field, ...parseValue(scan) });
  while (take(scan, /,/uy) !== undefined);
  if (scan.text[scan.at] === ":") throw unexpected(scan, '",", "|" or the end, since a value cannot hold ":"');
  return { mode: known.mode, conditions, position };
};

const parseValue = (scan: Scan): Pick<Condition, "texts" | "position"> => {
  const start = scan.at;
  const value = take(scan, /[^,:|]*/uy) ?? "";
  const indent = value.trim() === "" ? 0 : value.length - value.trimStart().length;
  return { texts: [value.trim().toLowerCase()], position: here(scan, start + indent) };
};

const keywordList = (keywords: Keywords): string =>
  Object.keys(keywords)
    .map((word) => `"${word}:"`)
    .join(", ");
