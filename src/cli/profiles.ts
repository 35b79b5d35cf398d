import { usage, type Invocation, type Session } from "./session.ts";
import { worstExit } from "./exit-code.ts";
import { isFault } from "../core/fault.ts";

/** Does the work for the profile named or, with `--all`, for each; one that fails does not keep the others from theirs. */
export const forProfiles = async (
  invocation: Invocation,
  session: Session,
  work: (profile: { readonly profile?: string }, several: boolean) => Promise<number>,
): Promise<number> => {
  if (!invocation.flag("all")) return work(session.profile, false);
  if (session.globals.profile !== undefined)
    throw usage("together", { name: "--all", other: "--profile", command: invocation.path.join(" ") });
  const { profiles } = await session.call("profiles.list", {});
  const { tellFault } = await import("./views/tell-fault.ts");
  const { exitOfFault } = await import("./exit-code.ts");
  const codes: number[] = [];
  for (const { name } of profiles) {
    try {
      codes.push(await work({ profile: name }, profiles.length > 1));
    } catch (error) {
      if (!isFault(error) || session.context.signal.aborted) throw error;
      if (!session.globals.json)
        await session.tell(`${(await session.words()).format("cli.run.profile", { profile: name })}\n`);
      await tellFault(error, error, session);
      codes.push(exitOfFault(error.code, session.context.signal));
    }
  }
  return worstExit(codes);
};
