import { exitCodes } from "../exit-code.ts";
import type { Run } from "../session.ts";
import { profileRenamedText } from "../views/human/profiles.ts";

/** Another name; history and links hang on the profile's id and stay. */
export const run: Run = async (invocation, session) => {
  const [from = "", to = ""] = invocation.arguments;
  const profile = await session.call("profiles.rename", { name: from, to });
  await session.show({ from, profile }, profileRenamedText, (value) => value.profile);
  return exitCodes.done;
};
