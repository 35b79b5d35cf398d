/** Texts each once, in code-unit order. A list that is so already is given back as it is: most are, and some are long. */
export const ascending = (texts: readonly string[] = []): readonly string[] =>
  isAscending(texts) ? texts : [...new Set(texts)].sort();

/** Whether texts stand in code-unit order, each once. */
export const isAscending = (texts: readonly string[]): boolean => {
  for (let at = 1; at < texts.length; at += 1) if ((texts[at - 1] ?? "") >= (texts[at] ?? "")) return false;
  return true;
};
