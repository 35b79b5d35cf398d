import { isFault, type Fault } from "../../core/fault.ts";
import type { Output } from "../../rpc/contract.ts";
import { exitCodes, exitOfFault, worstExit } from "../exit-code.ts";
import { forProfiles } from "../profiles.ts";
import type { Run, Session } from "../session.ts";
import { checkText, type CheckPicture } from "../views/human/findings.ts";
import { tellFault } from "../views/tell-fault.ts";

/** Asks both ends of a profile whether everything a sync needs can be reached and read; nothing is changed. */
export const run: Run = (invocation, session) =>
  forProfiles(invocation, session, async (profile, several) => {
    const faults: Fault[] = [];
    const directory = await tried(faults, () => session.call("directory.check", profile));
    const organization = await tried(faults, () => session.call("organization.check", profile));
    const picture: CheckPicture = {
      ...(several && profile.profile !== undefined ? { profile: profile.profile } : {}),
      ...(directory === undefined ? {} : { directory }),
      ...(organization === undefined ? {} : { organization }),
    };
    if (directory !== undefined || organization !== undefined) await session.show(picture, checkText, checkJson);
    // A profile there is not is the same answer twice.
    for (const fault of faults.filter((one, index) => index === 0 || one.code !== faults[0]?.code))
      await tellFault(fault, fault, session);
    if (!session.globals.json) await session.tell(`${(await session.words()).format("cli.check.unchanged")}\n`);
    return worstExit([
      ...faults.map((fault) => exitOfFault(fault.code, session.context.signal)),
      ...[...(directory?.findings ?? []), ...(organization?.findings ?? [])].map((finding) =>
        finding.severity === "error" ? exitOfFinding(finding.code, session) : exitCodes.done,
      ),
    ]);
  });

const tried = async <Name extends "directory.check" | "organization.check">(
  faults: Fault[],
  ask: () => Promise<Output<Name>>,
): Promise<Output<Name> | undefined> => {
  try {
    return await ask();
  } catch (error) {
    if (!isFault(error) || error.code === "run.interrupted") throw error;
    faults.push(error);
    return undefined;
  }
};

/** A finding that failed is a fault's code; anything else that is wrong is an error. */
const exitOfFinding = (code: string, session: Session): number => exitOfFault(code, session.context.signal);

const checkJson = (picture: CheckPicture) => ({ version: 1, ...picture });
