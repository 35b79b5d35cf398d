import type { PlanRow } from "../core/plan.ts";
import { findMember, isSatisfied, type StateIndex } from "../core/satisfied.ts";
import type { EngineDependencies } from "./dependencies.ts";
import type { Profile } from "./profile.ts";

/**
 * A changed address takes two requests: out at the old one, in at the new one. Whoever is out and not in looks like
 * somebody removed by hand, so they are marked to come back: the next plan invites them at their new address.
 */
export const markHalfDone = async (
  { store, clock, actor }: EngineDependencies,
  profile: Profile,
  rows: readonly PlanRow[],
): Promise<void> => {
  if (rows.length === 0) return;
  const at = clock.now();
  await store.saveMarks(
    profile.key,
    rows.map((row) => ({ kind: "restore", subject: "person", id: row.subject.id, by: actor.who, at })),
    [],
  );
};

/** Rows of a run that was killed between the two requests. */
export const halfDone = (rows: readonly PlanRow[], index: StateIndex): PlanRow[] =>
  rows.filter((row) => row.action === "readdress" && findMember(row, index) === undefined && !isSatisfied(row, index));
