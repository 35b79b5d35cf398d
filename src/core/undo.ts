import type { Change, PersonFacts, PlanRow } from "./plan.ts";

/** How much of a change can be taken back. */
export type UndoReach = "fully" | "new-invitation" | "impossible";

export interface UndoRow {
  readonly of: number;
  readonly reach: UndoReach;
  /** Absent when impossible, or when there is nothing to send. */
  readonly change?: Change;
  readonly because: { readonly code: string };
}

/**
 * The reverse of what a run did, row by row (product: undo). Each reverse change relies on what the run left behind,
 * so a row that has moved on since is found stale when it is applied.
 */
export const undoRows = (
  rows: readonly PlanRow[],
  can: { readonly remove: boolean; readonly removeGroup: boolean },
): UndoRow[] => rows.filter((row) => row.action !== "keep").map((row) => undoRow(row, can));

const undoRow = (row: PlanRow, can: { readonly remove: boolean; readonly removeGroup: boolean }): UndoRow => {
  const before: PersonFacts = row.before;
  const reverse = (change: Pick<Change, "action"> & Partial<Change>, reach: UndoReach = "fully"): UndoRow => ({
    of: row.row,
    reach,
    change: { subject: row.subject, before: row.after, after: row.before, because: { code: "undo.run" }, ...change },
    because: { code: reach === "fully" ? "undo.fully" : "undo.new_invitation" },
  });
  const impossible = (code: string): UndoRow => ({ of: row.row, reach: "impossible", because: { code } });
  switch (row.action) {
    case "invite":
    case "stage":
      return can.remove
        ? reverse({ action: "remove", after: {} })
        : reverse({ action: "revoke", after: { ...row.after, status: "revoked" } });
    case "restore":
      return reverse({ action: "revoke", after: { ...row.after, status: "revoked" } });
    case "revoke":
      return reverse({
        action: "restore",
        before: { ...row.before, status: "revoked" },
        after: {
          ...(before.email === undefined ? {} : { email: before.email }),
          ...(before.externalId === undefined ? {} : { externalId: before.externalId }),
        },
      });
    case "remove":
      return reverse(
        {
          action: "invite",
          before: {},
          after: {
            ...(before.email === undefined ? {} : { email: before.email }),
            ...(row.subject.externalId === undefined ? {} : { externalId: row.subject.externalId }),
            status: "invited",
          },
        },
        "new-invitation",
      );
    case "rename-group":
      return reverse({ action: "rename-group" });
    case "change-members":
      return reverse({
        action: "change-members",
        ...(row.remove === undefined ? { add: [] } : { add: row.remove }),
        ...(row.add === undefined ? { remove: [] } : { remove: row.add }),
      });
    case "empty-group":
      return reverse({ action: "change-members", add: row.remove ?? [] });
    case "create-group":
      return can.removeGroup
        ? reverse({ action: "remove-group", after: {} })
        : reverse({ action: "empty-group", remove: row.add ?? [] });
    case "adopt":
      return impossible("undo.nothing_sent");
    case "stamp":
      return impossible("undo.stamp");
    case "readdress":
      return impossible("undo.readdress");
    case "remove-group":
      return reverse({ action: "create-group", before: {}, after: row.before }, "fully");
    case "keep":
      return impossible("undo.nothing_sent");
  }
};
