import { Fault } from "../core/fault.ts";
import type { RunSummary } from "../rpc/contract.ts";
import { exitOfRun, isFaultCode } from "./exit-code.ts";
import { countDone } from "./run-done.ts";
import type { Session } from "./session.ts";
import { textual } from "./views/human/fault.ts";
import { runText } from "./views/human/run.ts";
import { runJson } from "./views/json/run.ts";
import { tellFault } from "./views/tell-fault.ts";

/** Tells how a run that sends ended, and gives its exit code. What stopped it goes to stderr, what was done to stdout. */
export const finishRun = async (session: Session, summary: RunSummary, named: boolean): Promise<number> => {
  const done = await countDone(session, summary);
  const { recovered = [] } = summary;
  const nothingToTell =
    summary.fault !== undefined && recovered.length === 0 && Object.values(done).every((count) => count === 0);
  if (session.globals.json || !nothingToTell) await session.show({ summary, done, named }, runText, runJson);
  const { fault } = summary;
  if (fault !== undefined) {
    const known = new Fault(isFaultCode(fault.code) ? fault.code : "internal.defect", textual(fault.params));
    const [first, ...others] = summary.guards;
    const also = first?.code === fault.code ? others : [];
    const { profile } = summary;
    await tellFault(
      known,
      known,
      session,
      also.map(({ code, params }) => ({ code, params: { ...params, profile } })),
    );
  }
  return exitOfRun(summary, session.globals, session.context.signal);
};
