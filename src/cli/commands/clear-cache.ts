import { exitCodes } from "../exit-code.ts";
import type { Run } from "../session.ts";
import { clearCacheText } from "../views/human/people.ts";
import { asIs } from "../views/json/as-is.ts";

/** Forgets what was read, so that the next run reads and compares everything; never who is managed nor what was sent. */
export const run: Run = async (_invocation, session) => {
  await session.show(
    await session.call("cache.clear", { ...session.profile, wait: session.globals.wait }),
    clearCacheText,
    asIs,
  );
  return exitCodes.done;
};
