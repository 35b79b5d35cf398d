import { editDistance } from "../core/edit-distance.ts";

/** The known word a mistyped one was most likely meant to be; undefined when none is near. Capitals do not count. */
export const nearest = (typed: string, known: Iterable<string>): string | undefined => {
  const wanted = typed.toLowerCase();
  let best: string | undefined;
  let least = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const word of known) {
    const steps = editDistance(wanted, word.toLowerCase());
    if (steps >= least) continue;
    best = word;
    least = steps;
  }
  return best;
};
