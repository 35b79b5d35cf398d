import type { Clause, Condition, Filter } from "./tree.ts";

/** A filter in our own form; reading it again gives the same filter. */
export const printFilter = (filter: Filter): string => filter.clauses.map(printClause).join("; ");

export const printClause = (clause: Clause): string =>
  `${clause.mode} ${clause.conditions.map(printCondition).join(", ")}`;

export const printCondition = ({ field, texts }: Condition): string =>
  `${field}:"${texts.map((text) => text.replaceAll(/["\\*]/gu, String.raw`\$&`)).join("*")}"`;
