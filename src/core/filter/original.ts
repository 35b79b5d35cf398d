import { skipSpace, here, take, unexpected, positionAt, type Scan } from "./scan.ts";
import type { Clause, Condition, Field } from "./tree.ts";

/**
 * The original's set: a keyword, a colon, and values with commas between them. Values are trimmed, lower-cased and
 * compared whole; there are no quotes and no wildcards, and a second colon is an error. An empty value stays one.
 */
export const parseOriginalSet = (scan: Scan, field: Field): Clause => {
  skipSpace(scan);
  const position = here(scan);
  const keyword = take(scan, /include|exclude/iuy);
  skipSpace(scan);
  if (keyword === undefined || take(scan, /:/uy) === undefined) throw unexpected(scan, '"include:" or "exclude:"');
  const conditions: Condition[] = [];
  do {
    const start = scan.at;
    const value = take(scan, /[^,:|]*/uy) ?? "";
    const indent = value.length - value.trimStart().length;
    conditions.push({
      field,
      texts: [value.trim().toLowerCase()],
      position: positionAt(scan.text, start + (indent === value.length ? 0 : indent)),
    });
  } while (take(scan, /,/uy) !== undefined);
  if (scan.text[scan.at] === ":") throw unexpected(scan, 'a comma or "|", since a value cannot hold ":"');
  return { mode: keyword.toLowerCase() === "include" ? "include" : "exclude", conditions, position };
};
