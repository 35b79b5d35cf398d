import type { Resolved } from "../../src/config/field.ts";
import type { LdapConfig } from "../../src/directories/ldap/config.ts";
import { configFor, startOpenLdap } from "../servers/openldap/openldap.ts";
import { unit } from "../servers/openldap/ldif.ts";
import type { Story } from "./story.ts";
import { createOperations, inetOrgPerson } from "./operations.ts";

const suffix = "dc=firm,dc=test";

/** An OpenLDAP that keeps a log of what was deleted, or none; with an overlay that renames members, or without. */
export async function startOpenLdapStory(
  how: { readonly log: boolean; readonly renamesMembers: boolean },
  random: () => number,
): Promise<Story> {
  const places = ["staff", "teams", "abroad"];
  const server = await startOpenLdap({
    ldif: places.map((name) => unit(`ou=${name},${suffix}`)).join(""),
    overlays: [
      ...(how.renamesMembers
        ? ["overlay refint", "refint_attributes member", `refint_nothing cn=reader,ou=services,${suffix}`]
        : []),
      "overlay syncprov",
      ...(how.log ? ["syncprov-sessionlog 500"] : []),
    ],
  });
  const nobody = server.reader.dn;
  const operations = createOperations(
    {
      suffix,
      places,
      ...inetOrgPerson,
      group: (name) => ({ objectClass: "groupOfNames", cn: name, member: nobody }),
      values: {
        mail: ["", "same@firm.test", "other@firm.test"],
        displayName: ["", "Ann", "Bo"],
        employeeType: ["", "robot"],
        shadowExpire: ["", "1", "40000"],
        title: ["boss"],
      },
      hides: { attribute: "description", value: "hidden" },
    },
    random,
  );
  const config: Resolved<LdapConfig> = configFor(server, { userBase: `ou=staff,${suffix}`, pageSize: 500 });
  return {
    // People of one container; groups of all but those that a filter hides.
    config,
    filters: { users: "(!(employeeType=robot))", groups: "(!(description=hidden))" },
    operations,
    server,
    ...(how.renamesMembers ? { settles: 30 } : {}),
    backUp: () => server.backUp(),
  };
}
