import type { Diagnostic } from "../diagnostic.ts";
import type { GroupLink } from "../link.ts";
import type { OrganizationGroup } from "../organization-state.ts";
import type { Change, Subject } from "../plan.ts";
import type { DiffInput, Standing } from "./input.ts";

/** The groups' part while it is made. */
export interface GroupPart {
  readonly input: DiffInput;
  readonly standing: Standing;
  readonly linked: ReadonlySet<string>;
  readonly linkByExternalId: ReadonlyMap<string, GroupLink>;
  /** External ids of selected groups without a link. */
  readonly newExternalIds: ReadonlySet<string>;
  readonly byId: ReadonlyMap<string, OrganizationGroup>;
  readonly byExternalId: ReadonlyMap<string, OrganizationGroup>;
  readonly byName: ReadonlyMap<string, readonly OrganizationGroup[]>;
  /** GUIDs of organization groups that a link holds, or that this plan adopts. */
  readonly held: Set<string>;
  readonly marked: ReadonlySet<string>;
  /** Member GUID → external id, or the address of a member without one. */
  readonly memberKeys: ReadonlyMap<string, MemberKey>;
  /** External ids of people who leave the organization to be invited anew. */
  readonly returning: ReadonlySet<string>;
  readonly changes: Change[];
  readonly notes: Diagnostic[];
  readonly updates: GroupLink[];
  /** Links that end without a row: gone on both sides. */
  readonly ended: string[];
}
export type MemberKey = { readonly externalId: string } | { readonly email: string };

export const createGroupPart = (input: DiffInput, standing: Standing): GroupPart => {
  const groups = input.organization?.groups ?? [];
  const byId = new Map(groups.map((group) => [group.id, group]));
  const byExternalId = new Map(
    groups.flatMap((group) => (group.externalId === undefined ? [] : [[group.externalId, group] as const])),
  );
  const linked = new Set(input.groups.map((link) => link.id));
  const find = (link: GroupLink): OrganizationGroup | undefined => findGroup({ byId, byExternalId }, link);
  return {
    input,
    standing,
    linked,
    linkByExternalId: new Map(input.groups.map((link) => [link.externalId, link])),
    newExternalIds: new Set(
      [...input.desired.groups.values()].flatMap((group) => (linked.has(group.id) ? [] : [group.externalId])),
    ),
    byId,
    byExternalId,
    byName: Map.groupBy(groups, (group) => group.name.toLowerCase()),
    held: new Set(input.groups.flatMap((link) => find(link)?.id ?? [])),
    marked: new Set(
      input.marks.filter((mark) => mark.kind === "adopt" && mark.subject === "group").map((mark) => mark.id),
    ),
    memberKeys: new Map(
      (input.organization?.members ?? []).map((member) => {
        const externalId = member.externalId ?? standing.unnamed.get(member.id);
        return [member.id, externalId === undefined ? { email: member.email } : { externalId }];
      }),
    ),
    returning:
      standing.leaving.size === 0 ? new Set() : standing.leaving.intersection(new Set(standing.following.values())),
    changes: [],
    notes: [],
    updates: [],
    ended: [],
  };
};

/** The group a link stands for: by the organization's own id first, since external ids can be changed by hand. */
export const findGroup = (
  { byId, byExternalId }: Pick<GroupPart, "byId" | "byExternalId">,
  link: GroupLink,
): OrganizationGroup | undefined =>
  (link.organizationId === undefined ? undefined : byId.get(link.organizationId)) ?? byExternalId.get(link.externalId);

/** What a group holds, as far as it was read: external ids, and addresses of members without one. */
export const actualMembers = (
  part: GroupPart,
  members: readonly string[],
): { readonly externalIds: Set<string>; readonly emails: string[] } => {
  const externalIds = new Set<string>();
  const emails: string[] = [];
  for (const id of members) {
    const key = part.memberKeys.get(id);
    if (key === undefined) continue;
    if ("externalId" in key) externalIds.add(key.externalId);
    else emails.push(key.email);
  }
  return { externalIds, emails };
};

export const groupSubject = (link: GroupLink, name = link.name): Subject => ({
  kind: "group",
  id: link.id,
  externalId: link.externalId,
  name,
  ...(link.organizationId === undefined ? {} : { organizationId: link.organizationId }),
});

export const noteGroup = (
  part: GroupPart,
  code: string,
  { id, name }: { readonly id: string; readonly name: string },
  params: NonNullable<Diagnostic["params"]>,
  severity: Diagnostic["severity"] = "info",
): void => void part.notes.push({ code, severity, subject: { kind: "group", id, name }, params });

/** Keeps what this run learnt of a link, where it differs; what a plan would only adopt is not a link yet. */
export const updateGroup = (part: GroupPart, link: GroupLink, known: GroupLink): void => {
  const differs =
    link.externalId !== known.externalId ||
    link.name !== known.name ||
    link.organizationId !== known.organizationId ||
    link.writtenBy !== known.writtenBy ||
    link.missingSince !== known.missingSince ||
    link.kept !== known.kept ||
    link.unresolved?.count !== known.unresolved?.count ||
    link.unresolved?.since !== known.unresolved?.since ||
    !isSameList(link.members, known.members);
  if (differs && part.linked.has(link.id)) part.updates.push(known);
};

const isSameList = (left: readonly string[], right: readonly string[]): boolean =>
  left === right || (left.length === right.length && left.every((item, index) => item === right[index]));
