import { exitCodes } from "../exit-code.ts";
import type { Run } from "../session.ts";
import { configUnsetText } from "../views/human/config.ts";
import { asIs } from "../views/json/as-is.ts";

/** Takes a setting out of the file, so that its default counts again. */
export const run: Run = async (invocation, session) => {
  const [path = ""] = invocation.arguments;
  await session.show(await session.call("config.unset", { ...session.profile, path }), configUnsetText, asIs);
  return exitCodes.done;
};
