import { editDistance } from "../edit-distance.ts";

/**
 * Texts that somebody may have meant, the nearest first, at most five: those that hold what was asked, and those that
 * few letters of tell apart. Of two addresses in one mail domain only what is before it counts.
 */
export const nearMatches = (asked: string, known: Iterable<string>): string[] => {
  const wanted = asked.trim().toLowerCase();
  const domain = domainOf(wanted);
  const local = wanted.slice(0, wanted.length - domain.length);
  const found = new Map<string, number>();
  for (const text of known) {
    const candidate = text.trim().toLowerCase();
    const isSameDomain = domain !== "" && candidate.endsWith(domain);
    const other = isSameDomain ? candidate.slice(0, -domain.length) : candidate;
    const one = isSameDomain ? local : wanted;
    const most = mostSteps(one);
    if (wanted.length >= 3 && candidate.includes(wanted)) found.set(text, 0);
    else if (Math.abs(other.length - one.length) <= most) {
      const far = editDistance(one, other, most);
      if (far <= most) found.set(text, far);
    }
  }
  return [...found]
    .sort(([left, far], [right, farther]) => far - farther || (left < right ? -1 : 1))
    .slice(0, 5)
    .map(([text]) => text);
};

/** One letter in a short name, a quarter of a long one: more is somebody else. */
const mostSteps = (text: string): number => Math.max(1, Math.floor(text.length / 4));

/** With its `@`; empty where there is none. */
const domainOf = (address: string): string => (address.includes("@") ? address.slice(address.lastIndexOf("@")) : "");
