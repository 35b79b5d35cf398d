import type { RunSummary } from "../../../src/rpc/contract.ts";

/**
 * What the organization holds by a run that compared: as it was read, and where the plan was carried out to its end, as it
 * is since then, though nothing has been read again.
 */
export const standingOf = ({
  outcome,
  header,
  counts,
  tally,
}: Pick<RunSummary, "outcome" | "header" | "counts" | "tally">) => {
  const since = (change: number): number => (outcome === "done" ? change : 0);
  const seats = header?.seats;
  return {
    memberships:
      (counts?.memberships ?? 0) + since((counts?.membershipsAdded ?? 0) - (counts?.membershipsRemoved ?? 0)),
    seats: seats === undefined ? undefined : { ...seats, used: seats.used + since(seats.needs - seats.frees) },
    inside: tally["membersConfirmed"] ?? 0,
    waiting: tally["membersAccepted"] ?? 0,
    invited: (tally["membersInvited"] ?? 0) + since(counts?.byAction.invite ?? 0),
  };
};
