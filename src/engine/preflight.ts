import type { Diagnostic } from "../core/diagnostic.ts";
import { Fault } from "../core/fault.ts";
import type { OrganizationState } from "../core/organization-state.ts";
import { isLocal, type Action, type Change } from "../core/plan.ts";

/**
 * What the organization's server would answer with a bare error, found beforehand and named: two members with one
 * external id (every import fails), and nobody who confirms (an invitation is refused). Those of severity error stop
 * these changes; others are worth knowing.
 */
export const preflight = (organization: OrganizationState, changes: readonly Change[]): Diagnostic[] => {
  const sent = changes.filter((change) => !isLocal(change));
  const goesBy = (actions: ReadonlySet<Action>): boolean => sent.some(({ action }) => actions.has(action));
  const members = Map.groupBy(organization.members, (member) => member.externalId);
  const notes = [...members].flatMap(([id, sharing]): Diagnostic[] =>
    id === undefined || sharing.length < 2
      ? []
      : [
          {
            code: "organization.duplicate_ids",
            severity: goesBy(importing) ? "error" : "warning",
            params: { id, addresses: sharing.map((member) => member.email) },
          },
        ],
  );
  const owners = organization.members.filter((member) => member.type === "owner");
  if (owners.every((member) => member.status !== "confirmed") && goesBy(inviting))
    notes.push({
      code: "organization.no_owner",
      severity: "error",
      params: { owners: owners.map((member) => member.email) },
    });
  return notes;
};

/** The Fault that stops what has such notes; undefined when none of them does. */
export const obstacleOf = (notes: readonly Diagnostic[]): Fault | undefined => {
  const errors = notes.filter(({ severity }) => severity === "error");
  const owner = errors.find(({ code }) => code === "organization.no_owner");
  if (owner !== undefined) return new Fault("organization.no_owner", { owners: listOf(owner.params?.["owners"]) });
  const ids = errors.flatMap(({ code, params }) =>
    code === "organization.duplicate_ids"
      ? [`${String(params?.["id"])} (${listOf(params?.["addresses"]).join(", ")})`]
      : [],
  );
  return ids.length === 0 ? undefined : new Fault("organization.duplicate_ids", { count: ids.length, ids });
};

const listOf = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);

const inviting: ReadonlySet<Action> = new Set(["invite", "readdress"]);

const importing: ReadonlySet<Action> = new Set([
  "invite",
  "stage",
  "stamp",
  "readdress",
  "create-group",
  "rename-group",
  "change-members",
  "empty-group",
]);
