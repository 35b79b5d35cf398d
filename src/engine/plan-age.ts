import { Fault } from "../core/fault.ts";
import type { PlanHeader } from "../core/plan.ts";
import type { Run } from "../store/store.ts";
import type { EngineDependencies } from "./dependencies.ts";

/** What somebody reviewed holds for some days, however it is accepted; Fault `plan.too_old` after that. */
export const checkAge = (
  { clock, limits }: Pick<EngineDependencies, "clock" | "limits">,
  { made }: Pick<PlanHeader, "made">,
): void => {
  const age = clock.now() - Date.parse(made);
  if (age > limits.planAge || age < -limits.planAge)
    throw new Fault("plan.too_old", { made, hours: Math.round(limits.planAge / 3_600_000) });
};

/** When what a run applies was made, of what somebody accepted; milliseconds since 1970. A recorded plan is its own. */
export const acceptanceOf = ({ accepted, header, startedAt }: Run): number =>
  accepted?.since ?? (header === undefined ? startedAt : Date.parse(header.made));
