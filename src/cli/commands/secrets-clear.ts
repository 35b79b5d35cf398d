import { exitCodes } from "../exit-code.ts";
import type { Run } from "../session.ts";
import { secretClearedText } from "../views/human/login.ts";
import { asIs } from "../views/json/as-is.ts";

export const run: Run = async (invocation, session) => {
  const [name = ""] = invocation.arguments;
  await session.show(await session.call("secrets.clear", { name }), secretClearedText, asIs);
  return exitCodes.done;
};
