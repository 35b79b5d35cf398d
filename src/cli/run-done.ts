import type { RunSummary } from "../rpc/contract.ts";
import type { Session } from "./session.ts";

/**
 * How many rows of each kind a run carried out: from the plan when all were, else asked of the record. Addresses that
 * accepted members change themselves are apart: nothing is sent for them.
 */
export const countDone = async (session: Session, summary: RunSummary): Promise<Record<string, number>> => {
  const { counts, tally } = summary;
  if (counts === undefined || counts.changes === 0) return {};
  const all = (tally["done"] ?? 0) >= counts.changes;
  const done: Record<string, number> = {};
  for (const [name, actions] of Object.entries(kinds)) {
    const planned = actions.reduce((sum, action) => sum + (counts.byAction[action] ?? 0), 0);
    if (planned === 0) continue;
    done[name] = all
      ? planned
      : (await session.call("runs.changes", { run: summary.run, actions: [...actions], states: ["done"], limit: 1 }))
          .total;
  }
  const { readdressed = 0 } = done;
  const noted = Math.min(tally["noted"] ?? 0, readdressed);
  return noted === 0 ? done : { ...done, readdressed: readdressed - noted, addresses_noted: noted };
};

type Action = keyof NonNullable<RunSummary["counts"]>["byAction"];

/** In the order they are told; words under `cli.done.<name>`. */
const kinds: Readonly<Record<string, readonly Action[]>> = {
  invited: ["invite"],
  staged: ["stage"],
  revoked: ["revoke"],
  removed: ["remove"],
  restored: ["restore"],
  readdressed: ["readdress"],
  stamped: ["stamp"],
  adopted: ["adopt"],
  groups_created: ["create-group"],
  groups_renamed: ["rename-group"],
  groups_changed: ["change-members"],
  groups_emptied: ["empty-group"],
  groups_removed: ["remove-group"],
};
