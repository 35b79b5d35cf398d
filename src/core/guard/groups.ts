import type { GuardRule } from "../guard.ts";
import type { GroupFacts } from "../plan.ts";
import { emptiesGroup, membershipsLost } from "./kinds.ts";

/** Groups emptied or removed, large parts of one group's members, or of all memberships. */
export const groupsLost: GuardRule = ({ changes, recent, linkedGroups, memberships }) => {
  const emptied = changes.filter(emptiesGroup);
  const all = new Set([...emptied, ...recent.filter(emptiesGroup)].map((change) => change.subject.id));
  const largest = Math.max(0, ...emptied.map((change) => (change.before as GroupFacts).size ?? 0));
  if (largest >= 10)
    return { code: "guard.groups", params: { n: emptied.length, total: linkedGroups, size: largest, what: "large" } };
  if (emptied.length > 0 && all.size >= 2 && all.size > linkedGroups * 0.1)
    return { code: "guard.groups", params: { n: all.size, total: linkedGroups, size: largest, what: "many" } };
  const lost = new Map<string, number>();
  const size = new Map<string, number>();
  let removed = 0;
  let now = 0;
  for (const change of [...changes, ...recent]) {
    if (change.action !== "change-members" && !emptiesGroup(change)) continue;
    const gone = membershipsLost(change);
    removed += gone;
    lost.set(change.subject.id, (lost.get(change.subject.id) ?? 0) + gone);
    size.set(change.subject.id, Math.max(size.get(change.subject.id) ?? 0, (change.before as GroupFacts).size ?? 0));
  }
  for (const change of changes)
    if (change.action === "change-members" || emptiesGroup(change)) now += membershipsLost(change);
  if (now === 0) return undefined;
  for (const change of changes) {
    const gone = lost.get(change.subject.id) ?? 0;
    const had = size.get(change.subject.id) ?? 0;
    const own = membershipsLost(change);
    const large = (lostNow: number, of: number): boolean => lostNow >= 10 && lostNow > of / 2;
    // By itself, too: the group may have been larger a day ago, when somebody accepted that others go.
    const isLarge = large(gone, had) || large(own, (change.before as GroupFacts).size ?? 0);
    if (change.action === "change-members" && own > 0 && isLarge)
      return {
        code: "guard.groups",
        params: { n: gone, total: had, size: had, what: "members", group: change.subject.name ?? change.subject.id },
      };
  }
  if (removed >= 15 && removed > memberships * 0.1)
    return { code: "guard.groups", params: { n: removed, total: memberships, size: largest, what: "memberships" } };
  return undefined;
};
