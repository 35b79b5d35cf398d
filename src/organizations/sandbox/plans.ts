/** What the plans one can buy allow, as far as an import can tell the difference. */
import type { Organization } from "./state.ts";

export type Plan = "free" | "families" | "teams-starter" | "teams" | "enterprise";

type PlanRules = Pick<
  Organization,
  "useApi" | "useDirectory" | "useGroups" | "useEvents" | "seats" | "planAllowsMoreSeats" | "planBaseSeats"
>;

const consumer = { useApi: false, useDirectory: false, useGroups: false, useEvents: false, planAllowsMoreSeats: false };
const business = { useApi: true, useDirectory: true, useGroups: true, useEvents: true };

const plans: Readonly<Record<Plan, PlanRules>> = {
  free: { ...consumer, seats: 2, planBaseSeats: 2 },
  families: { ...consumer, seats: 6, planBaseSeats: 6 },
  "teams-starter": { ...business, seats: 10, planBaseSeats: 10, planAllowsMoreSeats: false },
  teams: { ...business, seats: null, planBaseSeats: 0, planAllowsMoreSeats: true },
  enterprise: { ...business, seats: null, planBaseSeats: 0, planAllowsMoreSeats: true },
};

/** The plan's rules; business plans that sell seats are unlimited until the caller says a number. */
export function planRules(plan: Plan): PlanRules {
  return plans[plan];
}
