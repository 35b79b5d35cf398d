import { Fault, faultKinds, type FaultCode, type FaultParams } from "../core/fault.ts";
import type { RunSummary } from "../rpc/contract.ts";
import { exitOfRun } from "./exit-code.ts";
import { countDone } from "./run-done.ts";
import type { Session } from "./session.ts";
import { runText } from "./views/human/run.ts";
import { runJson } from "./views/json/run.ts";
import { tellFault } from "./views/tell-fault.ts";

/** Tells how a run that sends ended, and gives its exit code. What stopped it goes to stderr, what was done to stdout. */
export const finishRun = async (session: Session, summary: RunSummary, named: boolean): Promise<number> => {
  const done = await countDone(session, summary);
  const nothingToTell = summary.fault !== undefined && Object.values(done).every((count) => count === 0);
  if (session.globals.json || !nothingToTell) await session.show({ summary, done, named }, runText, runJson);
  const { fault } = summary;
  if (fault !== undefined) {
    const known = new Fault(isCode(fault.code) ? fault.code : "internal.defect", fault.params as FaultParams);
    await tellFault(known, known, session);
  }
  return exitOfRun(summary, session.globals, session.context.signal);
};

const isCode = (code: string): code is FaultCode => Object.hasOwn(faultKinds, code);
