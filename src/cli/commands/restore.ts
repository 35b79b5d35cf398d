import { exitCodes } from "../exit-code.ts";
import type { Run } from "../session.ts";
import { restoreText } from "../views/human/people.ts";
import { asIs } from "../views/json/as-is.ts";

/** Marks somebody who was revoked, or removed by hand, to come back with the next plan. */
export const run: Run = async (invocation, session) => {
  const [who = ""] = invocation.arguments;
  await session.show(await session.call("person.restore", { ...session.profile, who }), restoreText, asIs);
  return exitCodes.done;
};
