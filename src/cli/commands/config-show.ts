import { exitCodes } from "../exit-code.ts";
import type { Run } from "../session.ts";
import { configShowText } from "../views/human/config.ts";
import { asIs } from "../views/json/as-is.ts";

export const run: Run = async (_invocation, session) => {
  await session.show(await session.call("config.show", session.profile), configShowText, asIs);
  return exitCodes.done;
};
