import { exitCodes } from "../exit-code.ts";
import type { Run } from "../session.ts";

/** The configuration as JSON, secrets as references; of one profile with its organization where it is named. */
export const run: Run = async (_invocation, session) => {
  const { text } = await session.call("config.dump", session.profile);
  await session.write(text.endsWith("\n") ? text : `${text}\n`);
  return exitCodes.done;
};
