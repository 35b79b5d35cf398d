import { defineDirectory } from "../directory.ts";
import { checkDirectory } from "./check.ts";
import { OktaConfig } from "./config.ts";
import { lookUp } from "./lookup.ts";
import { openSession } from "./open.ts";
import { readDirectory } from "./read.ts";

/** Okta; see readme.md. */
export const oktaDirectory = defineDirectory<OktaConfig>({
  id: "okta",
  config: OktaConfig,
  abilities: {
    nestedGroups: { no: "okta.no_nesting" },
    deletedUsers: { no: "okta.no_deleted" },
    changes: "yes",
  },
  open: async (config, dependencies) => {
    const session = await openSession(config, dependencies);
    return {
      identity: () => Promise.resolve(session.client.host),
      check: () => checkDirectory(session),
      read: (since) => readDirectory(session, since),
      lookup: (text) => lookUp(session, text),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  },
});
