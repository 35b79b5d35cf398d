import { exitOfFault, worstExit } from "../exit-code.ts";
import type { Run } from "../session.ts";
import { configCheckText } from "../views/human/config.ts";
import { asIs } from "../views/json/as-is.ts";

/** Everything wrong in any file of the configuration. The faults are the answer, so they go to stdout. */
export const run: Run = async (_invocation, session) => {
  const answer = await session.call("config.check", {});
  await session.show(answer, configCheckText, asIs);
  return worstExit(answer.faults.map(({ code }) => exitOfFault(code, session.context.signal)));
};
