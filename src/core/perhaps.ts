import type { GroupLink, PersonLink } from "./link.ts";
import type { Action, PlanRow } from "./plan.ts";
import { settle, type LinkTable } from "./settle.ts";

/**
 * What rows whose answer was lost make of the links where the organization cannot be read: whom they invited, whose access
 * they took or gave back, and what they did to groups, is remembered as perhaps sent. Should the directory take it back before the next run, that run
 * takes it away; else it sends it again.
 */
export const perhapsSent = (
  rows: readonly PlanRow[],
  links: LinkTable,
  at: number,
): { readonly people: readonly PersonLink[]; readonly groups: readonly GroupLink[] } => {
  const people = new Map<string, PersonLink>();
  const groups = new Map<string, GroupLink>();
  for (const row of rows) {
    const { kind, id } = row.subject;
    if (kind === "person" && row.action === "invite") {
      const [link] = links.people.has(id) ? [] : settle([row], links, at).people;
      if (link !== undefined) people.set(id, { ...link, perhaps: "invited" });
    }
    if (kind === "person" && changingAccess.has(row.action)) {
      const link = links.people.get(id);
      const left = row.action === "readdress" ? "readdressed" : "access";
      if (link !== undefined) people.set(id, { ...link, perhaps: link.perhaps ?? left });
    }
    if (kind === "group") {
      const link = perhapsGroup(row, groups.get(id) ?? links.groups.get(id), links, at);
      if (link !== undefined) groups.set(id, link);
    }
  }
  return { people: [...people.values()], groups: [...groups.values()] };
};

/** Actions after which a linked person has access, or not. */
const changingAccess: ReadonlySet<Action> = new Set(["revoke", "restore", "readdress"]);

const perhapsGroup = (
  row: PlanRow,
  known: GroupLink | undefined,
  links: LinkTable,
  at: number,
): GroupLink | undefined => {
  switch (row.action) {
    case "create-group": {
      const [made] = known === undefined ? settle([row], links, at).groups : [known];
      if (made === undefined) return undefined;
      const there = known !== undefined && known.perhaps?.there !== false;
      return { ...made, members: known?.members ?? [], perhaps: { there, members: together(known, row) } };
    }
    case "change-members":
    case "empty-group":
      return known === undefined
        ? undefined
        : { ...known, perhaps: { there: known.perhaps?.there ?? true, members: together(known, row) } };
    default:
      return undefined;
  }
};

const together = (known: GroupLink | undefined, { add = [], remove = [] }: PlanRow): string[] =>
  [...new Set([...(known?.perhaps?.members ?? []), ...add, ...remove])].sort();
