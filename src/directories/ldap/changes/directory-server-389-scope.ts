import { parseFilter } from "../filter.ts";
import { search } from "../search.ts";
import { namingContextOf, type Session } from "../session.ts";
import { accountLock, lockRules } from "./directory-server-389-marks.ts";

/**
 * The first of some attributes (lower case) that 389 Directory Server computes from something an account may not see change: roles,
 * and classes of service as far as the account may read what they define. `written` are those that filters name, `read`
 * those that are read of entries. The lock of accounts is asked for at every run, where it alone decides.
 */
export async function computedUnseen(
  session: Session,
  written: readonly string[],
  read: readonly string[],
): Promise<string | undefined> {
  const byService = await readServices(session);
  const isAsked = session.layout.disabled.filter(({ attribute }) => attribute.toLowerCase() === accountLock);
  const asksAll = isAsked.length === lockRules(session.layout).length;
  const isUnseen = (name: string): boolean => byRole.has(name) || byService.has(name);
  return (
    written.find((name) => name === accountLock || isUnseen(name)) ??
    read.find((name) => (name === accountLock ? !asksAll : isUnseen(name)))
  );
}

const byRole: ReadonlySet<string> = new Set(["nsrole"]);

/** Attributes that classes of service give to entries: `cosAttribute: mail default`. */
async function readServices(session: Session): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  const filter = parseFilter("(&(objectClass=ldapSubEntry)(objectClass=cosSuperDefinition))", "classes of service");
  const question = { base: namingContextOf(session), scope: "sub", filter, what: "server" } as const;
  const attributes = ["cosAttribute"];
  for await (const page of search(session, { ...question, attributes }, ({ values }) => values.get("cosattribute")))
    for (const each of page.flat()) if (each !== undefined) names.add(each.trim().split(/\s/u)[0]?.toLowerCase() ?? "");
  return names;
}
