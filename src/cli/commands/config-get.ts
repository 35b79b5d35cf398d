import { exitCodes } from "../exit-code.ts";
import type { Run } from "../session.ts";

/** The value of one setting, alone on its line, for scripts. */
export const run: Run = async (invocation, session) => {
  const [path = ""] = invocation.arguments;
  const { value, text, path: full } = await session.call("config.get", { ...session.profile, path });
  await session.write(`${session.globals.json ? JSON.stringify({ path: full, value: value ?? null }) : text}\n`);
  return exitCodes.done;
};
