import type { Condition, Filter, Field, Position } from "./tree.ts";

/** What a filter looks at: the values of a field, without those the entry has none of. */
export type Candidate = (field: Field) => readonly (string | undefined)[];

/** Whether a filter selects an entry, and which clause said so (numbered from 1, in the order written). */
export type Verdict =
  | { readonly selected: true; readonly clause?: number; readonly condition?: Condition }
  | { readonly selected: false; readonly clause: number; readonly condition?: Condition; readonly position: Position };

/** The original compares a missing value as this text; so do we. */
const missing = "--";

/** Prepares a filter for many entries: the whole values of a clause are looked up, only wildcards are tried one by one. */
export const createMatcher = (filter: Filter): ((candidate: Candidate) => Verdict) => {
  const clauses = filter.clauses.map((clause) => ({ ...clause, find: createFinder(clause.conditions) }));
  const includes = clauses.filter((clause) => clause.mode === "include");
  const excludes = clauses.filter((clause) => clause.mode === "exclude");
  const numberOf = (clause: (typeof clauses)[number]): number => clauses.indexOf(clause) + 1;
  return (candidate) => {
    for (const clause of excludes) {
      const condition = clause.find(candidate);
      if (condition !== undefined)
        return { selected: false, clause: numberOf(clause), condition, position: condition.position };
    }
    for (const clause of includes) {
      const condition = clause.find(candidate);
      if (condition !== undefined) return { selected: true, clause: numberOf(clause), condition };
    }
    const [first] = includes;
    if (first === undefined) return { selected: true };
    return { selected: false, clause: numberOf(first), position: first.position };
  };
};

/** Finds the first condition of a clause that an entry meets. */
const createFinder = (conditions: readonly Condition[]): ((candidate: Candidate) => Condition | undefined) => {
  const whole = new Map<Field, Map<string, Condition>>();
  const patterns: { readonly condition: Condition; readonly test: (value: string) => boolean }[] = [];
  for (const condition of conditions) {
    const [text] = condition.texts;
    if (condition.texts.length === 1 && text !== undefined) {
      const values = whole.get(condition.field) ?? new Map<string, Condition>();
      if (!values.has(text)) values.set(text, condition);
      whole.set(condition.field, values);
    } else patterns.push({ condition, test: (value) => matches(value, condition.texts) });
  }
  return (candidate) => {
    for (const [field, values] of whole)
      for (const value of candidate(field)) {
        const condition = values.get(comparable(value));
        if (condition !== undefined) return condition;
      }
    return patterns.find(({ condition, test }) => candidate(condition.field).some((value) => test(comparable(value))))
      ?.condition;
  };
};

const comparable = (value: string | undefined): string => (value === undefined ? missing : value.trim().toLowerCase());

/** Whether the texts stand in the value in this order, the first at its start and the last at its end. */
const matches = (value: string, texts: readonly string[]): boolean => {
  const first = texts[0] ?? "";
  const last = texts.at(-1) ?? "";
  if (value.length < first.length + last.length || !value.startsWith(first) || !value.endsWith(last)) return false;
  let at = first.length;
  const end = value.length - last.length;
  for (const text of texts.slice(1, -1)) {
    const found = value.indexOf(text, at);
    if (found === -1 || found + text.length > end) return false;
    at = found + text.length;
  }
  return true;
};
