/**
 * A filter as a tree. Somebody is selected when no `exclude` condition matches, and, where there are `include` clauses,
 * at least one of their conditions does. Positions only serve errors and explanations.
 */
export interface Filter {
  readonly clauses: readonly Clause[];
}

export interface Clause {
  readonly mode: "include" | "exclude";
  readonly conditions: readonly Condition[];
  readonly position: Position;
}

export interface Condition {
  readonly field: Field;
  /** Lower case and trimmed; texts between them stand for any characters, so one text alone means the whole value. */
  readonly texts: readonly string[];
  readonly position: Position;
}

/** `group` is the id, external id or name of a group somebody is in, directly or through nested groups. */
export type Field = "email" | "domain" | "name" | "id" | "externalId" | "group";

export type FilterSubject = "people" | "groups";

export const fieldsOf: Readonly<Record<FilterSubject, readonly Field[]>> = {
  people: ["email", "domain", "name", "id", "externalId", "group"],
  groups: ["name", "id", "externalId"],
};

/** 1-based, as editors count. */
export interface Position {
  readonly line: number;
  readonly column: number;
}
