import type { Diagnostic } from "../core/diagnostic.ts";
import type { OrganizationState } from "../core/organization-state.ts";
import type { Change } from "../core/plan.ts";

/**
 * What the organization's server would answer with a bare error, found beforehand and named: two members with one
 * external id (every import fails), and nobody who confirms (an invitation is refused). Adds a note for each and says
 * whether the plan can be applied.
 */
export const preflight = (
  organization: OrganizationState,
  changes: readonly Change[],
  notes: Diagnostic[],
): boolean => {
  const imports = changes.some((change) => importing.has(change.action));
  let applicable = true;
  for (const [id, members] of Map.groupBy(
    organization.members.filter((member) => member.externalId !== undefined),
    (member) => member.externalId,
  )) {
    if (members.length < 2 || id === undefined) continue;
    notes.push({
      code: "organization.duplicate_ids",
      severity: imports ? "error" : "warning",
      params: { id, addresses: members.map((member) => member.email) },
    });
    applicable &&= !imports;
  }
  const confirmedOwner = organization.members.some(
    (member) => member.type === "owner" && member.status === "confirmed",
  );
  if (!confirmedOwner && changes.some((change) => change.action === "invite")) {
    notes.push({
      code: "organization.no_owner",
      severity: "error",
      params: {
        owners: organization.members.filter((member) => member.type === "owner").map((member) => member.email),
      },
    });
    applicable = false;
  }
  return applicable;
};

/** Actions that go by import. */
const importing: ReadonlySet<string> = new Set([
  "invite",
  "stage",
  "stamp",
  "readdress",
  "create-group",
  "rename-group",
  "change-members",
  "empty-group",
]);
