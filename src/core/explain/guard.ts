import type { Explanation } from "../explain.ts";

/** What is known of a guard that stopped a run, or would have. */
export interface GuardFacts {
  /** As in `guard.access-lost`. */
  readonly code: string;
  readonly profile: string;
  /** Absent: none of the runs looked at was stopped by it. */
  readonly hit?: {
    readonly run: number;
    /** ISO 8601. */
    readonly at: string;
    /** Of the plan, as `sync --accept` takes it. */
    readonly digest: string;
    readonly params: Readonly<Record<string, string | number>>;
  };
}

/** Why a guard stops: its numbers from the newest run it stopped, and the way on. */
export const explainGuard = ({ code, profile, hit }: GuardFacts): Explanation => {
  const guard = code.replace(/^guard\./u, "");
  if (hit === undefined) return { headline: { code: "headline.guard_quiet", params: { guard } }, lines: [] };
  const params = { ...hit.params, profile, digest: hit.digest };
  return {
    headline: { code: "headline.guard", params: { guard, run: hit.run, at: hit.at } },
    lines: [
      { label: "why", code, params },
      { label: "remedy", code: "line.remedy.guard", params },
    ],
  };
};
