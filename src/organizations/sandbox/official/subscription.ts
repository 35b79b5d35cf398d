import { json } from "../reply.ts";
import type { Context, Reply } from "../reply.ts";
import { refuse } from "./errors.ts";

/** `GET /public/organization/subscription`: how many seats there are, on the cloud only; null is unlimited. */
export function answerSubscription(context: Context): Reply {
  const { dialect, organization } = context.state;
  if (dialect !== "official-cloud") throw refuse("Only allowed when not self hosted.");
  return json(200, {
    passwordManager: { seats: organization.seats, maxAutoScaleSeats: organization.maxAutoscaleSeats, storage: null },
    secretsManager: { seats: null, maxAutoScaleSeats: null, serviceAccounts: null, maxAutoScaleServiceAccounts: null },
  });
}
