import { exitCodes } from "../exit-code.ts";
import type { Run } from "../session.ts";
import { configLoadText } from "../views/human/config.ts";
import { asIs } from "../views/json/as-is.ts";

/** Takes over profiles and organizations from a file that `config dump` wrote. */
export const run: Run = async (invocation, session) => {
  const [file = ""] = invocation.arguments;
  await session.show(await session.call("config.load", { path: session.pathOf(file) }), configLoadText, asIs);
  return exitCodes.done;
};
