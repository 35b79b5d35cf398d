import type { Run } from "../session.ts";
import { finishRun } from "../finish-run.ts";

/** Sends exactly what a reviewed plan holds. */
export const run: Run = async (invocation, session) => {
  const [file = ""] = invocation.arguments;
  const summary = await session.call("plan.apply", {
    ...session.profile,
    path: session.pathOf(file),
    wait: session.globals.wait,
  });
  return finishRun(session, summary, false);
};
