import type { Value } from "./database.ts";

/** Rows and notes of a run lie beside each other under one number: run * 2^24 + their place in the run. */
export const span = 2 ** 24;
export const placeOf = (run: number, index: number): number => run * span + index;
export const indexOf = (place: number): number => place % span;
export const runOf = (place: number): number => Math.floor(place / span);
/** First and last place of a run, for BETWEEN. */
export const placesOf = (run: number): [number, number] => [run * span, run * span + span - 1];

/** Entries of a snapshot likewise: profile * 2^32 + a number. First and last place of a profile. */
const entrySpan = 2 ** 32;
export const entriesOf = (profile: number): [number, number] => [
  profile * entrySpan,
  profile * entrySpan + entrySpan - 1,
];

/** A condition with its values, to be joined with AND. */
export interface Condition {
  readonly text: string;
  readonly values: readonly Value[];
}

/** Names, addresses and ids that contain the text, without regard to letter case. */
export const contains = (search: string): Condition => {
  const pattern = `%${search.trim().replaceAll(/[\\%_]/gu, String.raw`\$&`)}%`;
  const folded = pattern.normalize("NFC").toLowerCase();
  const like = String.raw`LIKE ? ESCAPE '\'`;
  return {
    text: `(name ${like} OR email ${like} OR id ${like} OR folded ${like})`,
    values: [pattern, pattern, pattern, folded],
  };
};

/** Lower-case text of what LIKE, which knows only ASCII letters, would compare with regard to case; else null. */
export const foldedText = (name = "", email = ""): string | null =>
  beyondAscii.test(name) || beyondAscii.test(email) ? `${name}\n${email}`.normalize("NFC").toLowerCase() : null;

const beyondAscii = /[^\u0020-\u007e]/u;

export const joined = (conditions: readonly Condition[]): Condition => ({
  text: conditions.map((condition) => condition.text).join(" AND "),
  values: conditions.flatMap((condition) => condition.values),
});

/** One of several values of a column. */
export const among = (column: string, values: readonly Value[]): Condition => ({
  text: `${column} IN (${values.map(() => "?").join(", ")})`,
  values,
});
