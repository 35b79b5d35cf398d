/** A half sentence as the beginning of a line: with a capital, unless it begins with an address, a DN or a command. */
export const capital = (text: string): string =>
  /^(?:[^\s]*[@=/\\]|directory-connector\b)/u.test(text) ? text : text.slice(0, 1).toUpperCase() + text.slice(1);
