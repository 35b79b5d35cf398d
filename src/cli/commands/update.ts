import { exitCodes } from "../exit-code.ts";
import type { Run } from "../session.ts";
import { updatesText } from "../views/human/updates.ts";
import { asIs } from "../views/json/as-is.ts";

/** Whether there is a newer version; it says where, and installs nothing. */
export const run: Run = async (_invocation, session) => {
  const found = await session.call("updates.check", {});
  await session.show(found, updatesText, asIs);
  return exitCodes.done;
};
