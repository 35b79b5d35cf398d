import type { Verdict } from "../filter/evaluate.ts";
import { printCondition } from "../filter/print.ts";
import type { Because } from "../plan.ts";

/** Why a filter leaves an entry out; undefined when it does not. */
export const becauseOf = (verdict: Verdict | undefined, rule: "userFilter" | "groupFilter"): Because | undefined => {
  if (verdict === undefined || verdict.selected) return undefined;
  const { clause, condition, position } = verdict;
  return {
    code: condition === undefined ? "unselected.not_included" : "unselected.excluded",
    params: {
      rule,
      clause,
      ...position,
      ...(condition === undefined ? {} : { condition: printCondition(condition) }),
    },
  };
};
