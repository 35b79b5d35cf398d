import { nearest as nearestWord } from "../config/near.ts";

/** The known word that was begun or mistyped; undefined when none is near enough to be meant. Leading dashes do not count. */
export const nearest = (typed: string, known: readonly string[]): string | undefined => {
  const wanted = bare(typed).toLowerCase();
  const words = new Map(known.map((word) => [bare(word), word]));
  const begun = [...words.keys()].find((word) => wanted.length > 2 && word.startsWith(wanted));
  return words.get(begun ?? nearestWord(wanted, words.keys()) ?? "");
};

const bare = (word: string): string => word.replace(/^-+/u, "");
