import type { GroupLink, PersonLink } from "../core/link.ts";
import type { LinkTable, Settled } from "../core/settle.ts";
import type { Links } from "../store/store.ts";

export interface Table extends LinkTable {
  take(change: Settled): void;
}

/** The links while rows settle, in memory beside the store. */
export const createTable = (links: Links): Table => {
  const people = new Map<string, PersonLink>(links.people.map((link) => [link.id, link]));
  const groups = new Map<string, GroupLink>(links.groups.map((link) => [link.id, link]));
  const holderOf = new Map<string, string>(links.people.map((link) => [link.externalId, link.id]));
  const holderOfMember = new Map<string, string>();
  const remember = ({ id, organizationId }: PersonLink): void => {
    if (organizationId !== undefined) holderOfMember.set(organizationId, id);
  };
  links.people.forEach(remember);
  return {
    people,
    groups,
    holderOf,
    holderOfMember,
    take: (change) => {
      for (const id of change.gonePeople) people.delete(id);
      for (const id of change.goneGroups) groups.delete(id);
      for (const link of change.people) {
        people.set(link.id, link);
        holderOf.set(link.externalId, link.id);
        remember(link);
      }
      for (const link of change.groups) groups.set(link.id, link);
    },
  };
};
