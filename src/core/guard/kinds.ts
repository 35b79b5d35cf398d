import { isLocal, type Change, type GroupFacts, type PersonFacts } from "../plan.ts";
import { endsMembership } from "../satisfied.ts";

/** Kinds of change that limits count. */
export const losesAccess = (change: Change): boolean => change.action === "revoke" || endsMembership(change);
export const isInvitation = (change: Change): boolean => change.action === "invite" || change.action === "stage";
export const changesIdentity = (change: Change): boolean =>
  change.subject.kind === "person" &&
  (change.action === "stamp" ||
    change.action === "readdress" ||
    (change.action === "adopt" && !ownIdentity.has(change.because.code)));
/** Adoptions that match nobody by address: the same id, a stranger who leaves, and what a reviewed first plan only records. */
const ownIdentity: ReadonlySet<string> = new Set(["adopt.same_id", "adopt.gone", "baseline.recorded"]);
/** Also a group that stays in the directory and has nobody left there: so it looks when the right to read members is lost. */
export const emptiesGroup = (change: Change): boolean =>
  change.action === "empty-group" ||
  change.action === "remove-group" ||
  (change.action === "change-members" && membershipsLost(change) > 0 && (change.after as GroupFacts).size === 0);

/** Memberships that a change to a group takes away; removing a group takes all of them. */
export const membershipsLost = (change: Change): number => {
  const named = (change.remove?.length ?? 0) + (change.removeByEmail?.length ?? 0);
  const { size }: GroupFacts = change.before;
  return change.action === "remove-group" ? Math.max(named, size ?? 0) : named;
};

/** Only addresses that the plan itself brings in: invitations and changed ones. */
export const newDomain = (change: Change, known: ReadonlySet<string>): string[] => {
  if (!isInvitation(change) && change.action !== "readdress") return [];
  const address = change.action === "readdress" ? change.subject.email : (change.after as PersonFacts).email;
  const domain = address?.slice(address.lastIndexOf("@") + 1);
  return domain === undefined || domain === "" || known.has(domain) ? [] : [domain];
};

/**
 * What makes the server look at its seats: a restored person, and everything that goes by import, even where nobody is
 * invited. Memberships alone go another way in an over-full organization.
 */
export const needsSeats = (change: Change): boolean =>
  change.action === "restore" ||
  change.action === "stamp" ||
  change.action === "create-group" ||
  change.action === "rename-group" ||
  isInvitation(change) ||
  (change.action === "readdress" && !isLocal(change));
