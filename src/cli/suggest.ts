import { editDistance } from "../config/near.ts";

/** The known word nearest to a mistyped one; undefined when none is near enough to be meant. */
export const nearest = (typed: string, known: readonly string[]): string | undefined => {
  const wanted = typed.toLowerCase();
  let best: string | undefined;
  let least = Math.max(1, Math.floor(wanted.replace(/^-+/u, "").length / 3)) + 1;
  for (const word of known) {
    const distance = word.startsWith(wanted) && wanted.length > 2 ? 1 : editDistance(wanted, word.toLowerCase());
    if (distance < least) {
      best = word;
      least = distance;
    }
  }
  return best;
};
