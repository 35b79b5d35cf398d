import { defineDirectory } from "../directory.ts";
import { checkDirectory } from "./check.ts";
import { OneLoginConfig } from "./config.ts";
import { lookUp } from "./lookup.ts";
import { openSession } from "./open.ts";
import { readDirectory } from "./read.ts";

/** OneLogin; see readme.md. */
export const oneLoginDirectory = defineDirectory<OneLoginConfig>({
  id: "onelogin",
  config: OneLoginConfig,
  abilities: {
    nestedGroups: { no: "onelogin.no_nesting" },
    deletedUsers: { no: "onelogin.no_deleted" },
    changes: { no: "onelogin.no_changes" },
  },
  open: async (config, dependencies) => {
    const session = await openSession(config, dependencies);
    return {
      identity: async () => (await session.login.account()) ?? session.ownName,
      check: () => checkDirectory(session),
      read: () => readDirectory(session),
      lookup: (text) => lookUp(session, text),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  },
});
