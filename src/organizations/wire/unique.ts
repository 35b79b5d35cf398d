import { Fault } from "../../core/fault.ts";

/**
 * Servers answer a bare error, or worse take the last of them, when one request holds an address, a person's id or a
 * group's id twice. Fault `organization.duplicate_ids {count, ids}`. Ids compare exactly, addresses in lower case.
 */
export const checkUnique = (
  members: readonly { readonly email: string; readonly externalId: string }[],
  groups: readonly { readonly externalId: string }[],
): void => {
  const doubled = [
    ...repeated(members.map(({ email }) => email.toLowerCase())),
    ...repeated(members.map(({ externalId }) => externalId)),
    ...repeated(groups.map(({ externalId }) => externalId)),
  ];
  if (doubled.length > 0)
    throw new Fault("organization.duplicate_ids", { count: doubled.length, ids: doubled.slice(0, 10) });
};

const repeated = (texts: readonly string[]): string[] => {
  if (new Set(texts).size === texts.length) return [];
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const text of texts) {
    if (seen.has(text)) twice.add(text);
    seen.add(text);
  }
  return [...twice];
};
