import { exitCodes } from "../exit-code.ts";
import type { Run } from "../session.ts";
import { restoreText } from "../views/human/people.ts";
import { asIs } from "../views/json/as-is.ts";

/**
 * Marks somebody who was revoked, or removed by hand, to come back with the next plan; for whom we removed, writes the
 * plan that invites them anew.
 */
export const run: Run = async (invocation, session) => {
  const [who = ""] = invocation.arguments;
  const file = invocation.text("out") ?? "bring-back.jsonl";
  const answer = await session.call("person.restore", { ...session.profile, who, path: session.pathOf(file) });
  await session.show({ ...answer, file }, restoreText, asIs);
  return exitCodes.done;
};
