import { exitCodes } from "../exit-code.ts";
import type { Run } from "../session.ts";

/** A script that teaches a shell this program's words. */
export const run: Run = async (invocation, session) => {
  const [shell] = invocation.arguments;
  const { completionScript } = await import("../completion.ts");
  const { directoryOptions } = await import("../directory-flags.ts");
  await session.write(
    completionScript(shell === "zsh" || shell === "fish" ? shell : "bash", await session.words(), directoryOptions()),
  );
  return exitCodes.done;
};
