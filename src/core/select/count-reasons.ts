import type { Diagnostic } from "../diagnostic.ts";
import type { Because } from "../plan.ts";

/** One note for each reason why entries do not take part, with how many it concerns. */
export const countReasons = (kind: "person" | "group", reasons: Iterable<Because>): Diagnostic[] => {
  const counts = new Map<string, number>();
  for (const { code } of reasons) counts.set(code, (counts.get(code) ?? 0) + 1);
  return [...counts].map(([reason, count]) => ({
    code: kind === "person" ? "unselected.people" : "unselected.groups",
    severity: "info",
    params: { reason, count },
  }));
};
