import { exitCodes } from "../exit-code.ts";
import type { Run } from "../session.ts";
import { profileUsedText } from "../views/human/profiles.ts";
import { asIs } from "../views/json/as-is.ts";

/** Which profile is meant when a command that only looks names none. */
export const run: Run = async (invocation, session) => {
  const [name = ""] = invocation.arguments;
  await session.show(await session.call("profiles.use", { name }), profileUsedText, asIs);
  return exitCodes.done;
};
