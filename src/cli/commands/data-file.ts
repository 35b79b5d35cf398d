import { exitCodes } from "../exit-code.ts";
import type { Run } from "../session.ts";

/** Where the data are: the path alone, for scripts. */
export const run: Run = async (_invocation, session) => {
  const { stateFile, configFile, home } = await session.call("app.info", {});
  const text = session.globals.json ? JSON.stringify({ stateFile, configFile, home }) : stateFile;
  await session.write(`${text}\n`);
  return exitCodes.done;
};
