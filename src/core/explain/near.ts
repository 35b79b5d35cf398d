/** Texts that somebody may have meant: few letters differ, or one holds the other; the nearest first, at most five. */
export const nearMatches = (asked: string, known: Iterable<string>): string[] => {
  const wanted = asked.trim().toLowerCase();
  const most = Math.max(2, Math.floor(wanted.length / 4));
  const found = new Map<string, number>();
  for (const text of known) {
    const candidate = text.trim().toLowerCase();
    if (wanted.length >= 3 && candidate.includes(wanted)) found.set(text, 0);
    else if (Math.abs(candidate.length - wanted.length) <= most) {
      const far = distance(wanted, candidate, most);
      if (far <= most) found.set(text, far);
    }
  }
  return [...found]
    .sort(([left, far], [right, farther]) => far - farther || (left < right ? -1 : 1))
    .slice(0, 5)
    .map(([text]) => text);
};

/** Levenshtein's distance, or more than `most` as soon as it is certain to be. */
const distance = (left: string, right: string, most: number): number => {
  let row = Array.from({ length: right.length + 1 }, (_item, index) => index);
  for (let i = 1; i <= left.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= right.length; j += 1)
      next.push(
        Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1)),
      );
    if (Math.min(...next) > most) return most + 1;
    row = next;
  }
  return row[right.length] ?? most + 1;
};
