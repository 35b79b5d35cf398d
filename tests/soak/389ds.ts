import { configFor389, start389 } from "../servers/389ds/389ds.ts";
import { lockByRole, lockRole } from "../servers/389ds/lock-by-role.ts";
import { createOperations, inetOrgPerson } from "./operations.ts";
import type { Story } from "./story.ts";

const suffix = "dc=firm,dc=test";

/**
 * A 389 Directory Server with its log of changes and the plug-in that tells them; with the plug-ins that rename members
 * and write memberOf, or without.
 */
export async function start389Story(how: { readonly plugins: boolean }, random: () => number): Promise<Story> {
  const places = ["staff", "teams", "abroad"];
  const server = await start389({
    changeLog: "with-ids",
    plugins: how.plugins ? ["MemberOf Plugin", "referential integrity postoperation"] : [],
    entries: [
      ...places.map((ou) => ({ dn: `ou=${ou},${suffix}`, attributes: { objectClass: "organizationalUnit", ou } })),
      ...lockByRole,
    ],
  });
  const operations = createOperations(
    {
      suffix,
      places,
      ...inetOrgPerson,
      group: (name) => ({ objectClass: "groupOfNames", cn: name }),
      values: {
        mail: ["", "same@firm.test", "other@firm.test"],
        displayName: ["", "Ann", "Bo"],
        employeeType: ["", "robot"],
        shadowExpire: ["", "1", "40000"],
        nsAccountLock: ["", "TRUE"],
        nsRoleDN: ["", lockRole],
        title: ["boss"],
      },
      hides: { attribute: "description", value: "hidden" },
    },
    random,
  );
  return {
    config: configFor389(server, { userBase: `ou=staff,${suffix}`, pageSize: 500 }),
    filters: { users: "(!(employeeType=robot))", groups: "(!(description=hidden))" },
    operations,
    server,
    backUp: () => server.backUp(),
  };
}
