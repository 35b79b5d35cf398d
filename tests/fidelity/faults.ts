/** Why a run may stop: what of it is to be expected from the plan and from what the organization held. */
import { isChange } from "../../src/core/plan.ts";
import type { StoredRow } from "../../src/store/store.ts";
import type { Told } from "../scenarios/open-world.ts";
import type { Case } from "./case.ts";
import type { Held } from "./predict.ts";

interface Stop {
  readonly given: Case;
  readonly before: Held;
  readonly run: Told;
  readonly planned: Told | undefined;
  readonly rows: readonly StoredRow[];
  readonly sync: Case["sync"];
}

/** Undefined where the run did everything or stopped for a reason that was to be foreseen; else what is wrong, in words. */
export const faultsToExpect = (stop: Stop): string | undefined => {
  const { run, rows } = stop;
  if (run.fault !== undefined)
    return isForeseen(stop, run.fault.code)
      ? undefined
      : `stopped by ${run.fault.code}: ${JSON.stringify(run.fault.params)}`;
  const open = rows.filter((row) => isChange(row) && row.state !== "done");
  const held = run.guards.length > 0 ? open.filter(({ state }) => state !== "skipped") : open;
  return held.length === 0
    ? undefined
    : `not done, although nothing stopped it: ${held.map(({ action, subject, state, detail }) => `${action} ${subject.id} ${state} ${detail}`).join("; ")}`;
};

const isForeseen = ({ given, before, run, sync }: Stop, code: string): boolean => {
  if (code.startsWith("guard.") || code.startsWith("baseline.")) return true;
  const { seats } = run.run === 0 ? { seats: undefined } : run.plan.header;
  switch (code) {
    case "organization.seats":
      return seats !== undefined && (seats.total === undefined || seats.short > 0);
    case "organization.no_staging":
      return sync["joiners"] === "stage" && (!given.flag || given.dialect === "vaultwarden");
    case "organization.duplicate_ids":
      return hasDoubles(before);
    case "plan.not_applicable":
      return hasDoubles(before) || !hasOwner(before);
    case "organization.no_owner":
      return !hasOwner(before);
    default:
      return false;
  }
};

const hasDoubles = ({ members }: Held): boolean => {
  const ids = members.flatMap(({ externalId }) => externalId ?? []);
  return new Set(ids).size < ids.length;
};

const hasOwner = ({ members }: Held): boolean => members.some(({ type, status }) => type === 0 && status === 2);
