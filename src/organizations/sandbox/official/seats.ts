/** Seats: who takes one, and what happens when more are needed. */
import { memberStatus, memberType } from "../state.ts";
import type { State } from "../state.ts";
import { refuse, refuseWrapped } from "./errors.ts";
import type { Refusal } from "../reply.ts";

export type SeatVerdict =
  | { readonly kind: "fits" }
  | { readonly kind: "buys"; readonly seats: number }
  /** Found before anything is written. */
  | { readonly kind: "refused"; readonly text: string }
  /** Found after the invitations were written, which are then undone. */
  | { readonly kind: "undone"; readonly text: string };

/** Judges whether so many more members fit; a negative surplus needs seats even with nobody new. */
export function judgeSeats(state: State, newcomers: number): SeatVerdict {
  const { organization } = state;
  if (organization.seats === null) return { kind: "fits" };
  const needed = newcomers - (organization.seats - occupiedSeats(state));
  if (needed <= 0) return { kind: "fits" };
  const seats = organization.seats + needed;
  const refused = (text: string): SeatVerdict => ({ kind: "refused", text });
  const undone = (text: string): SeatVerdict => ({ kind: "undone", text });

  if (state.dialect === "official-selfhost") return refused("Cannot autoscale on self-hosted instance.");
  if (organization.provider === "msp")
    return refused("Seat limit has been reached. Please contact your provider to add more seats.");
  if (organization.provider === "reseller")
    return refused("Seat limit has been reached. Contact your provider to purchase additional seats.");
  if (organization.subscriptionCancelled) {
    return refused("You do not have an active subscription. Reinstate your subscription to make changes");
  }
  if (organization.maxAutoscaleSeats !== null && seats > organization.maxAutoscaleSeats)
    return refused("Seat limit has been reached.");
  if (!organization.planAllowsMoreSeats) return undone("Plan does not allow additional seats.");
  if (!organization.hasPayment) return undone("No payment method found.");
  if (!organization.hasSubscription) return undone("No subscription found.");
  const most = organization.planMaxAdditionalSeats;
  if (most !== null && seats - organization.planBaseSeats > most) {
    return undone(`Organization plan allows a maximum of ${most} additional seats.`);
  }
  return { kind: "buys", seats };
}

/** The refusal of an import, in the form the server gives it. */
export function seatRefusal(verdict: Extract<SeatVerdict, { text: string }>): Refusal {
  return verdict.kind === "refused" ? refuse(verdict.text) : refuseWrapped(verdict.text);
}

/** Buys the seats and tells the confirmed Owners. */
export function buySeats(state: State, seats: number, now: number): void {
  state.organization.seats = seats;
  for (const member of state.members.values()) {
    if (member.type !== memberType.owner || member.status !== memberStatus.confirmed) continue;
    state.mails.push({ kind: "seats-bought", to: member.email, date: new Date(now).toISOString() });
  }
}

/** Invited, Accepted and Confirmed members take a seat; so do sponsored families. */
export function occupiedSeats(state: State): number {
  let occupied = state.organization.sponsorships;
  for (const member of state.members.values()) {
    if (member.status !== memberStatus.revoked && member.status !== memberStatus.staged) occupied += 1;
  }
  return occupied;
}
