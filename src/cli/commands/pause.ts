import { exitCodes } from "../exit-code.ts";
import type { Run } from "../session.ts";
import { pausedText } from "../views/human/profiles.ts";
import { asIs } from "../views/json/as-is.ts";

/** Stops every scheduled and unattended run of the profile until `resume`. */
export const run: Run = async (invocation, session) => {
  const why = invocation.text("why");
  const profile = await session.call("profiles.pause", { ...session.profile, ...(why === undefined ? {} : { why }) });
  await session.show(profile, pausedText, asIs);
  return exitCodes.done;
};
