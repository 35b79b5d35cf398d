import type { NewEntry } from "../writer.ts";

const suffix = "dc=firm,dc=test";

/** A role whose members are locked, as the server's own tools make it (Red Hat Directory Server, inactivating roles). */
export const lockRole = `cn=locked,${suffix}`;
const templates = `cn=templates,${suffix}`;
/** What locks them. */
export const lockTemplate = `cn=${lockRole.replaceAll(",", String.raw`\,`).replaceAll("=", String.raw`\=`)},${templates}`;
export const lockByRole: readonly NewEntry[] = [
  {
    dn: lockRole,
    attributes: {
      objectClass: ["ldapSubEntry", "nsRoleDefinition", "nsSimpleRoleDefinition", "nsManagedRoleDefinition"],
      cn: "locked",
    },
  },
  { dn: templates, attributes: { objectClass: "nsContainer", cn: "templates" } },
  {
    dn: lockTemplate,
    attributes: { objectClass: ["ldapSubEntry", "extensibleObject", "cosTemplate"], nsAccountLock: "true" },
  },
  {
    dn: `cn=locks,${suffix}`,
    attributes: {
      objectClass: ["ldapSubEntry", "cosSuperDefinition", "cosClassicDefinition"],
      cn: "locks",
      cosTemplateDn: templates,
      cosSpecifier: "nsRole",
      cosAttribute: "nsAccountLock operational",
    },
  },
];
