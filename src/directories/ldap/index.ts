import { defineDirectory } from "../directory.ts";
import { checkDirectory } from "./check.ts";
import { LdapConfig } from "./config.ts";
import { identify } from "./identity.ts";
import { parseFilters } from "./layout.ts";
import { lookUp } from "./lookup.ts";
import { readDirectory } from "./read.ts";
import { openSession } from "./session.ts";

/** Active Directory, OpenLDAP, 389 Directory Server and other LDAP servers; see readme.md. */
export const ldapDirectory = defineDirectory<LdapConfig>({
  id: "ldap",
  config: LdapConfig,
  abilities: {
    nestedGroups: "yes",
    deletedUsers: { no: "ldap.no_deleted" },
    changes: "yes",
  },
  judgeFilters: (filters) => void parseFilters(filters),
  open: async (config, dependencies) => {
    const session = await openSession(config, dependencies);
    return {
      identity: () => identify(session),
      check: () => checkDirectory(session, dependencies.filters, dependencies.found),
      read: (since) => readDirectory(session, dependencies, since),
      lookup: (text) => lookUp(session, text, dependencies.now.now()),
      [Symbol.asyncDispose]: async () => session.connection.close(),
    };
  },
});
