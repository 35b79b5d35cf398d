import { exitCodes } from "../exit-code.ts";
import type { Run } from "../session.ts";
import { logoutText } from "../views/human/login.ts";
import { asIs } from "../views/json/as-is.ts";

/** Removes the stored secret; profiles, links and history stay. */
export const run: Run = async (invocation, session) => {
  const [name] = invocation.arguments;
  await session.show(await session.call("organizations.logout", name === undefined ? {} : { name }), logoutText, asIs);
  return exitCodes.done;
};
