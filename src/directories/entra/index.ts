import { defineDirectory } from "../directory.ts";
import { checkDirectory } from "./check.ts";
import { EntraConfig } from "./config.ts";
import { readClaims } from "./login.ts";
import { lookUp } from "./lookup.ts";
import { readDirectory } from "./read.ts";
import { openSession } from "./session.ts";

/** Microsoft Entra ID; see readme.md. */
export const entraDirectory = defineDirectory<EntraConfig>({
  id: "entra",
  config: EntraConfig,
  abilities: {
    nestedGroups: "yes",
    deletedUsers: { no: "entra.no_deleted" },
    changes: "yes",
  },
  open: async (config, dependencies) => {
    const session = await openSession(config, dependencies);
    return {
      // The tenant's own id, however it was typed.
      identity: async () =>
        readClaims(await session.login.token.current()).tenant ?? config.tenant.trim().toLowerCase(),
      check: () => checkDirectory(session),
      read: (since) => readDirectory(session, since),
      lookup: (text) => lookUp(session, text),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  },
});
