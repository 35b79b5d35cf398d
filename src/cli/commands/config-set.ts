import { exitCodes } from "../exit-code.ts";
import type { Run } from "../session.ts";
import { configSetText } from "../views/human/config.ts";
import { asIs } from "../views/json/as-is.ts";

export const run: Run = async (invocation, session) => {
  const [path = "", value = ""] = invocation.arguments;
  await session.show(await session.call("config.set", { ...session.profile, path, value }), configSetText, asIs);
  return exitCodes.done;
};
