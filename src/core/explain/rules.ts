import type { Because } from "../plan.ts";

/** Who changed a setting last: through the program, past it (a run noticed), or nobody since the profile was added. */
export interface RuleChange {
  readonly setting: string;
  readonly who: string;
  /** ISO 8601. */
  readonly at: string;
  readonly how: "changed" | "noticed" | "added";
}

/** The settings, as dotted keys, that reasons come from; one that no setting decides has none. */
export const rulesBehind = (reasons: readonly (Because | undefined)[]): string[] => [
  ...new Set(reasons.flatMap(settingsOf)),
];

const settingsOf = (because: Because | undefined): readonly string[] => {
  const { rule, setting } = because?.params ?? {};
  if (typeof rule === "string") return [`sync.${rule}`];
  if (typeof setting === "string") return [setting];
  return because === undefined ? [] : (settings.get(because.code) ?? []);
};

const settings: ReadonlyMap<string, readonly string[]> = new Map([
  ["unselected.narrowed", ["sync.narrow", "sync.groupFilter"]],
  ["membership.nested_off", ["sync.nested"]],
  ["keep.protected", ["protect"]],
  ["keep.waiting", ["sync.leavers.wait"]],
  ["leaver.disabled", ["sync.leavers.disabled"]],
  ["leaver.removed_after", ["sync.leavers.removeAfter"]],
  ["gone.not_found", ["sync.leavers.gone"]],
  ["gone.deleted", ["sync.leavers.gone"]],
]);
