import { editDistance } from "../edit-distance.ts";
import { fieldsOf, type FilterSubject } from "./tree.ts";

/** Where a filter cannot be read: an offset in its text. Undefined once it can. */
export type Judge = (text: string) => Promise<number | undefined>;

/**
 * A filter that was probably meant, for somebody to accept with one press: the smallest change, or two of them, that
 * makes it readable. Undefined where there is none. It is only ever proposed; what it selects somebody has to see.
 */
export const repairFilter = async (text: string, subject: FilterSubject, judge: Judge): Promise<string | undefined> => {
  const place = await judge(text);
  if (place === undefined) return undefined;
  const further: { readonly text: string; readonly place: number }[] = [];
  for (const candidate of candidates(text, place, subject)) {
    const next = await judge(candidate);
    if (next === undefined) return candidate;
    if (next > place) further.push({ text: candidate, place: next });
  }
  for (const once of further)
    for (const candidate of candidates(once.text, once.place, subject))
      if ((await judge(candidate)) === undefined) return candidate;
  return undefined;
};

/** What people mistype, most likely first. */
function* candidates(text: string, place: number, subject: FilterSubject): Generator<string> {
  const plain = text.replaceAll(/[“”„«»]/gu, '"').replaceAll(/[‘’]/gu, "'");
  if (plain !== text) yield plain;
  if (text.trimStart().startsWith("(") || /\([^()]*=/u.test(text)) yield* ofLdap(text, place);
  else yield* ofSets(text, place, subject);
}

function* ofLdap(text: string, place: number): Generator<string> {
  const [before, after] = [text.slice(0, place), text.slice(place)];
  // `(cn Sales)`, `(cn: Sales)`
  if (/[\w-]$/u.test(before) && /^\s*:?\s*[^\s()=]/u.test(after)) yield `${before}=${after.replace(/^\s*:?\s*/u, "")}`;
  const trimmed = text.trimEnd();
  const open = count(text, "(") - count(text, ")");
  if (open > 0) yield trimmed + ")".repeat(open);
  if (open < 0 && trimmed.endsWith(")".repeat(-open))) yield trimmed.slice(0, open);
  // `(cn=Sales (north))`
  const inner = /^\(([^()]*)\)/u.exec(after);
  if (inner !== null) yield `${before}\\28${inner[1] ?? ""}\\29${after.slice(inner[0].length)}`;
  // A backslash that stands for itself.
  if (before.endsWith("\\")) yield `${before}5c${after}`;
  if (/^\(\s*(?:&&|\|\|)/u.test(before + after)) yield text.replaceAll("&&", "&").replaceAll("||", "|");
  // `(cn=a)(cn=b)`
  if (open === 0) yield `(&${text.trim()})`;
  if (after !== "") yield before.trimEnd();
}

function* ofSets(text: string, place: number, subject: FilterSubject): Generator<string> {
  const [before, after] = [text.slice(0, place), text.slice(place)];
  if (count(text, '"') % 2 === 1) yield `${text.trimEnd()}"`;
  const word = /^[\p{L}\p{N}_-]+/u.exec(after)?.[0] ?? "";
  for (const known of nearest(word, [...keywords, ...fieldsOf[subject]]))
    yield before + known + after.slice(word.length);
  // `email="…"`, `email "…"`, `email …`
  yield `${before.trimEnd()}:${after.replace(/^\s*=?\s*/u, "")}`;
  // A value without quotes.
  const value = /^[^,;|"]+/u.exec(after)?.[0] ?? "";
  if (value.trim() !== "") yield `${before}"${value.trim()}"${after.slice(value.length)}`;
  // Only a value.
  if (/^(?!\s*(?:include|exclude)\b)[^:"|;()]+$/iu.test(text)) {
    const field = subject === "people" && text.includes("@") ? "email" : "name";
    const values = text.split(",").map((each) => `${field}:"${each.trim()}"`);
    yield `include ${values.join(", ")}`;
  }
}

const keywords = ["include", "exclude"];

const nearest = (word: string, known: readonly string[]): string[] =>
  word === "" ? [] : known.filter((each) => editDistance(word.toLowerCase(), each.toLowerCase()) <= 2);

const count = (text: string, character: string): number => text.split(character).length - 1;
