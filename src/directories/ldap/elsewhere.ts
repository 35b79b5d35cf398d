import { canonicalDn } from "../../core/dn.ts";
import type { Diagnostic } from "../../core/diagnostic.ts";
import { isBelow, type Layout } from "./layout.ts";

/**
 * Notes members that no search gave because of where they lie: accounts of other domains that Active Directory keeps a
 * placeholder for (foreign security principals, MS-ADTS §6.1.1.4.12), and whatever lies outside the base of people.
 * Members inside it that were not found are nobody, or left out by the filter; those are told apart where groups are resolved.
 */
export function noteElsewhere(
  layout: Layout,
  present: ReadonlySet<string>,
  lookedFor: ReadonlySet<string>,
): Diagnostic[] {
  const base = canonicalDn(layout.userBase) ?? layout.userBase;
  const missing = [...lookedFor].filter((dn) => !present.has(dn));
  const foreign = missing.filter((dn) => foreignPrincipal.test(dn));
  const outside = missing.filter((dn) => !foreignPrincipal.test(dn) && !isBelow(dn, base));
  return [
    note("ldap.foreign_principals", foreign, layout.userBase),
    note("ldap.members_outside", outside, layout.userBase),
  ].flat();
}

/** In canonical spelling: named by a security identifier in the container for those. */
const foreignPrincipal = /^cn=s-1-5-21-[\d-]+,cn=foreignsecurityprincipals,/u;

const note = (code: string, dns: readonly string[], base: string): Diagnostic[] =>
  dns.length === 0
    ? []
    : [{ code, severity: "warning", params: { count: dns.length, base, entries: dns.slice(0, 5) } }];
