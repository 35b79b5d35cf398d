import { startOf } from "../baseline.ts";
import { finishRun } from "../finish-run.ts";
import { forProfiles } from "../profiles.ts";
import { usage, type Run } from "../session.ts";

/** Plans and applies in one go, unless a guard says that somebody has to look first. */
export const run: Run = async (invocation, session) => {
  const accept = invocation.text("accept");
  if (accept !== undefined && invocation.flag("all"))
    throw usage("together", { name: "--accept", other: "--all", command: "sync" });
  const start = startOf(invocation);
  return forProfiles(invocation, session, async (profile, several) =>
    finishRun(
      session,
      await session.call("sync.run", {
        ...profile,
        full: invocation.flag("full"),
        wait: session.globals.wait,
        ...(accept === undefined ? {} : { accept }),
        ...start,
      }),
      several,
    ),
  );
};
