import { isFault } from "../core/fault.ts";
import { isChange, isLocal, type Estimate, type Plan, type PlanRow } from "../core/plan.ts";
import type { Known, OpenOrganization } from "../organizations/organization.ts";
import type { Links } from "../store/store.ts";
import { createKnown } from "./known.ts";
import type { Profile } from "./profile.ts";
import { createTable } from "./table.ts";

/** What is worth telling beforehand: from here on somebody wonders whether it still goes on. */
const longRun = 30;

/**
 * What sending the rows takes, made by the encoding that sends them; undefined for less than a moment, and where the
 * rows cannot be sent, which is told when they are applied.
 */
export const estimate = async (
  organization: Pick<OpenOrganization, "encode" | "expected">,
  rows: readonly PlanRow[],
  knownOf: () => Known,
): Promise<Estimate | undefined> => {
  if (organization.expected === undefined) return undefined;
  const known = knownOf();
  const sent = rows.filter((row) => isChange(row) && !isLocal(row));
  let requests = 0;
  let milliseconds = 0;
  try {
    for await (const step of organization.encode(sent, known)) {
      requests += 1;
      milliseconds += organization.expected(step, known);
    }
  } catch (error) {
    if (isFault(error)) return undefined;
    throw error;
  }
  const seconds = Math.round(milliseconds / 1_000);
  return seconds < longRun ? undefined : { requests, seconds };
};

/** The same of a whole plan, from what this profile sent: how long it takes is part of what somebody reviews. */
export const estimatePlan = (
  organization: OpenOrganization,
  { organization: { seats }, config }: Profile,
  { rows }: Plan,
  links: Links,
): Promise<Estimate | undefined> => {
  const linked = new Set(links.groups.map(({ id }) => id));
  const known = (): Known =>
    createKnown({
      rows,
      table: createTable(links),
      adopted: (id) => !linked.has(id),
      users: config.sync.users,
      state: undefined,
      keepManual: config.sync.keepManualMembers,
      seats,
    });
  return estimate(organization, rows, known);
};

/** Whole minutes, for words; 0 for less than one and a half. */
export const minutesOf = ({ seconds }: Estimate): number => (seconds < 90 ? 0 : Math.round(seconds / 60));
