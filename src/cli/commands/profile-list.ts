import { exitCodes } from "../exit-code.ts";
import type { Run } from "../session.ts";
import { profileListText } from "../views/human/profiles.ts";
import { asIs } from "../views/json/as-is.ts";

export const run: Run = async (_invocation, session) => {
  await session.show(await session.call("profiles.list", {}), profileListText, asIs);
  return exitCodes.done;
};
