import type { Change, PersonFacts, PlanRow } from "./plan.ts";
import { findMember, type StateIndex } from "./satisfied.ts";

/** How much of a change can be taken back. */
export type UndoReach = "fully" | "new-invitation" | "impossible";

export interface UndoRow {
  readonly of: number;
  readonly reach: UndoReach;
  /** Absent when impossible, or when there is nothing to send. */
  readonly change?: Change;
  readonly because: { readonly code: string };
}

export interface UndoAbilities {
  readonly remove: boolean;
  readonly removeGroup: boolean;
  /** The organization as read now, where it can be: an invitation somebody accepted since is revoked, not removed. */
  readonly state?: StateIndex | undefined;
  /** Addresses of owners where they cannot be read; undefined = not given. */
  readonly owners?: ReadonlySet<string> | undefined;
  /** How whoever comes anew arrives, as in a sync; invited unless given. */
  readonly joiners?: "invite" | "stage";
  /** Addresses that are never revoked or removed. */
  readonly protect?: ReadonlySet<string> | undefined;
}

/**
 * The reverse of what a run did, row by row (product: undo). Each reverse change relies on what the run left behind,
 * so a row that has moved on since is found stale when it is applied.
 */
export const undoRows = (rows: readonly PlanRow[], can: UndoAbilities): UndoRow[] =>
  rows.filter((row) => row.action !== "keep").map((row) => undoRow(row, can));

const undoRow = (row: PlanRow, can: UndoAbilities): UndoRow => {
  const protection = takingBack.has(row.action) ? protectionOf(row, can) : undefined;
  if (protection !== undefined) return impossible(row, protection);
  switch (row.action) {
    case "invite":
    case "stage":
      return withdraw(row, can);
    case "restore": {
      // Their external id may have been lost by hand before: it is no reason to leave them in.
      const { externalId: _lost, ...before }: PersonFacts = row.after;
      return reverse(row, { action: "revoke", before, after: { ...row.after, status: "revoked" } });
    }
    case "revoke":
      return restore(row);
    case "remove":
      return inviteAgain(row, can);
    case "rename-group":
      return reverse(row, {});
    case "change-members":
      return members(row);
    case "empty-group":
      return reverse(row, { action: "change-members", add: row.remove ?? [] });
    case "create-group":
      return can.removeGroup
        ? reverse(row, { action: "remove-group", after: {} })
        : reverse(row, { action: "empty-group", remove: row.add ?? [] });
    default:
      return impossible(row, irreversible[row.action]);
  }
};

/** Changes whose reverse takes access away. */
const takingBack: ReadonlySet<string> = new Set(["invite", "stage", "restore"]);

/** Why nobody may take this person's access, in an undo as little as in a sync. */
const protectionOf = (row: PlanRow, { state, owners, protect }: UndoAbilities): string | undefined => {
  const member = state === undefined ? undefined : findMember(row, state);
  const { email }: PersonFacts = row.after;
  const addresses = [row.subject.email, email, member?.email].filter((address) => address !== undefined);
  if (member?.type === "owner" || addresses.some((address) => owners?.has(address) === true)) return "undo.owner";
  if (addresses.some((address) => protect?.has(address) === true)) return "undo.protected";
  return state === undefined && owners === undefined ? "undo.owners_unknown" : undefined;
};

/** What no server can take back, and why: words under `note.<code>`. */
const irreversible = {
  adopt: "undo.nothing_sent",
  keep: "undo.nothing_sent",
  stamp: "undo.stamp",
  readdress: "undo.readdress",
  // A group made anew is another one: what it gave access to is lost with the old one.
  "remove-group": "undo.remove_group",
} as const;

const reverse = (row: PlanRow, change: Partial<Change>, code = "undo.fully"): UndoRow => ({
  of: row.row,
  reach: code === "undo.new_invitation" ? "new-invitation" : "fully",
  change: {
    action: row.action,
    subject: row.subject,
    before: row.after,
    after: row.before,
    because: { code: "undo.run" },
    ...change,
  },
  because: { code },
});

const impossible = (row: PlanRow, code: string): UndoRow => ({ of: row.row, reach: "impossible", because: { code } });

/** An invitation nobody accepted is withdrawn; whoever accepted it loses access in the way that can be taken back. */
const withdraw = (row: PlanRow, can: UndoAbilities): UndoRow => {
  const member = can.state === undefined ? undefined : findMember(row, can.state);
  const accepted = member?.status === "accepted" || member?.status === "confirmed";
  if (!accepted && can.remove) return reverse(row, { action: "remove", after: {} });
  return reverse(
    row,
    {
      action: "revoke",
      before: { ...row.after, ...(accepted ? { status: member.status, type: member.type } : {}) },
      after: { ...row.after, status: "revoked" },
    },
    accepted ? "undo.accepted_since" : "undo.fully",
  );
};

const restore = (row: PlanRow): UndoRow => {
  const { email, externalId }: PersonFacts = row.before;
  return reverse(row, {
    action: "restore",
    before: { ...row.before, status: "revoked" },
    after: {
      ...(email === undefined ? {} : { email }),
      ...(externalId === undefined ? {} : { externalId }),
    },
  });
};

/** Who was removed has no membership that could come back: invited or staged anew, they start without what they were given. */
const inviteAgain = (row: PlanRow, { joiners }: UndoAbilities): UndoRow => {
  const { email }: PersonFacts = row.before;
  const { organizationId: _former, ...subject } = row.subject;
  return reverse(
    row,
    {
      action: joiners === "stage" ? "stage" : "invite",
      subject,
      before: {},
      after: {
        ...(email === undefined ? {} : { email }),
        ...(subject.externalId === undefined ? {} : { externalId: subject.externalId }),
        status: joiners === "stage" ? "staged" : "invited",
      },
    },
    "undo.new_invitation",
  );
};

/** Members without an external id cannot be named, so those stay out. */
const members = (row: PlanRow): UndoRow => {
  const { add = [], remove = [], removeByEmail = [] } = row;
  const unnamed = removeByEmail.length > 0;
  if (unnamed && add.length === 0 && remove.length === 0) return impossible(row, "undo.unnamed_members");
  return reverse(row, { add: remove, remove: add }, unnamed ? "undo.without_unnamed_members" : "undo.fully");
};
