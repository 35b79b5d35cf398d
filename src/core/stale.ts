import type { GroupFacts, PersonFacts, PlanRow } from "./plan.ts";
import { endsMembership, findGroup, findMember, isSatisfied, type StateIndex } from "./satisfied.ts";

/** Whether a reviewed row still fits the organization as it is now. */
export type Freshness = "fresh" | "already" | "stale";

/** Actions that take something away: a stale one refuses the whole plan, a stale other one is only skipped. */
export const takesAway = (row: Pick<PlanRow, "action" | "remove" | "removeByEmail" | "because">): boolean =>
  row.action === "revoke" ||
  endsMembership(row) ||
  row.action === "empty-group" ||
  row.action === "remove-group" ||
  (row.action === "change-members" && ((row.remove?.length ?? 0) > 0 || (row.removeByEmail?.length ?? 0) > 0));

/** Compares the `before` a row relies on with the organization as just read (product: acceptance). */
export const freshness = (row: PlanRow, state: StateIndex): Freshness => {
  if (row.action === "keep") return "fresh";
  if (row.action !== "adopt" && row.action !== "readdress" && isSatisfied(row, state)) return "already";
  return row.subject.kind === "person" ? personFreshness(row, state) : groupFreshness(row, state);
};

const personFreshness = (row: PlanRow, state: StateIndex): Freshness => {
  const before: PersonFacts = row.before;
  const after: PersonFacts = row.after;
  const member = findMember(row, state);
  if (row.action === "invite" || row.action === "stage") {
    const taken =
      (after.email !== undefined && state.memberByEmail.has(after.email)) ||
      (after.externalId !== undefined && state.memberByExternalId.has(after.externalId));
    return taken ? "stale" : "fresh";
  }
  // A link can be handed over although somebody removed the member: the plan knew of none.
  if (member === undefined) return row.action === "adopt" && before.status === undefined ? "fresh" : "stale";
  const holds = (["email", "status", "type", "externalId"] as const).every(
    (fact) => before[fact] === undefined || before[fact] === member[fact],
  );
  if (!holds || (row.action === "stamp" && member.externalId !== before.externalId)) return "stale";
  if (row.action === "readdress" && takesAway(row) && after.email !== undefined) {
    const holder = state.memberByEmail.get(after.email);
    if (holder !== undefined && holder.id !== member.id) return "stale";
  }
  return "fresh";
};

const groupFreshness = (row: PlanRow, state: StateIndex): Freshness => {
  const before: GroupFacts = row.before;
  const group = findGroup(row, state);
  switch (row.action) {
    case "create-group":
      return group === undefined ? "fresh" : "stale";
    case "rename-group":
    case "adopt":
      return group !== undefined && group.name === before.name ? "fresh" : "stale";
    case "remove-group":
      return group !== undefined &&
        group.name === before.name &&
        (group.members === undefined || group.members.length === (before.size ?? 0))
        ? "fresh"
        : "stale";
    default:
      return group === undefined ? "stale" : "fresh";
  }
};
