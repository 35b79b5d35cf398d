import type { Verdict } from "../filter/evaluate.ts";
import { printClause, printCondition } from "../filter/print.ts";
import type { Filter } from "../filter/tree.ts";
import type { Because } from "../plan.ts";

/** Why a filter leaves an entry out, with the rule, the clause (numbered from 1) and its place; undefined when it does not. */
export const becauseOf = (
  verdict: Verdict | undefined,
  rule: "userFilter" | "groupFilter",
  filter: Filter | undefined,
): Because | undefined => {
  if (verdict === undefined || verdict.selected) return undefined;
  const { clause, condition, position } = verdict;
  const written = filter?.clauses[clause - 1];
  const text =
    condition === undefined ? (written === undefined ? "" : printClause(written)) : printCondition(condition);
  return {
    code: condition === undefined ? "unselected.not_included" : "unselected.excluded",
    params: { rule, clause, ...position, condition: text.length > 120 ? `${text.slice(0, 119)}…` : text },
  };
};
