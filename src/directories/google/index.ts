import { defineDirectory } from "../directory.ts";
import { checkDirectory } from "./check.ts";
import { GoogleConfig } from "./config.ts";
import { lookUp } from "./lookup.ts";
import { readMembersOnly } from "./members-only.ts";
import { readDirectory } from "./read.ts";
import { openSession } from "./session.ts";

/** Google Workspace; see readme.md. */
export const googleDirectory = defineDirectory<GoogleConfig>({
  id: "google",
  config: GoogleConfig,
  abilities: { nestedGroups: "yes", deletedUsers: "yes", changes: { no: "google.no_changes" } },
  open: async (config, dependencies) => {
    const session = await openSession(config, dependencies);
    return {
      // The tenant as the configuration names it: the customer behind `my_customer` is the administrator's own.
      identity: () =>
        Promise.resolve(
          config.customer ?? config.domain?.toLowerCase() ?? config.adminUser.trim().toLowerCase().replace(/^.*@/u, ""),
        ),
      check: () => checkDirectory(session),
      read: () => (config.people === "members" ? readMembersOnly(session) : readDirectory(session)),
      lookup: (text) => lookUp(session, text),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  },
});
