import { Fault } from "../core/fault.ts";
import { takesSeat, type OrganizationState } from "../core/organization-state.ts";
import type { ImportMember, OpenOrganization, SendResult, Step } from "../organizations/organization.ts";

/** How far a run is when something stops it. */
export interface Standing {
  readonly server: string;
  /** The organization's name in the configuration. */
  readonly name: string;
  readonly done: number;
  readonly total: number;
  /** The organization as last read. */
  readonly state: OrganizationState | undefined;
  /** The number the settings give, for a server that tells none. */
  readonly seats: number | undefined;
}

/** The server said no: the words are its own, what was and was not done is ours to say. */
export const refusal = (standing: Standing, step: Step, { code, messages, status }: Refused): Fault => {
  const { server } = standing;
  const reason = messages.join(" ").replace(/\.\s*$/u, "");
  const common = { server, status, reason, ...progressOf(standing) };
  switch (code) {
    case "organization.seats":
      return new Fault(code, { ...common, ...seatsOf(standing, step) });
    case "organization.no_groups":
    case "organization.no_directory_sync":
      return new Fault(code, { ...common, name: standing.name });
    case "organization.moved_on":
      return new Fault(code, { ...common, who: messages[0] ?? "", reason: messages[1] ?? "" });
    case "organization.no_staging":
      return new Fault(code, { ...common, who: messages, reason: "invited" });
    case "organization.too_large":
      return new Fault(code, common);
    default:
      return new Fault("organization.rejected", { ...common, what: whatOf[step.kind] });
  }
};
type Refused = Extract<SendResult, { outcome: "refused" }>;

const whatOf: Readonly<Record<Step["kind"], string>> = {
  import: "import",
  revoke: "revoke",
  restore: "restore",
  remove: "remove",
  "group-members": "memberships",
  "remove-group": "remove_group",
};

/** How many the refused request needed and how many there are, where that is known; only new addresses need one. */
const seatsOf = ({ state, seats }: Standing, step: Step): { need: number; have: number } | undefined => {
  const total = state?.seats === undefined ? seats : state.seats.total;
  if (state === undefined || total === undefined) return undefined;
  const used = state.members.filter((member) => takesSeat(member.status)).length;
  const known = new Set(state.members.map(({ email }) => email));
  const isNew = ({ email, deleted }: ImportMember): boolean => !deleted && !known.has(email);
  return { need: step.kind === "import" ? step.members.filter(isNew).length : 1, have: Math.max(0, total - used) };
};

/** Answers got lost as often as a request is sent. */
export const lostFault = (standing: Standing): Fault =>
  new Fault("organization.unreachable", { server: standing.server, reason: "lost", ...progressOf(standing) });

export const progressOf = ({ done, total }: Standing): { done: number; total: number } => ({ done, total });

export const hostOf = (organization: OpenOrganization): string => {
  try {
    return new URL(organization.probe.vault).host;
  } catch {
    return organization.probe.vault;
  }
};
