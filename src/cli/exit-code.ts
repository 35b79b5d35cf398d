import { faultKinds, isFault, type FaultCode } from "../core/fault.ts";
import type { RunSummary } from "../rpc/contract.ts";

/** Everything the process may end with, for scripts; failures take theirs from the table of faults. */
export const exitCodes = {
  done: 0,
  error: 1,
  changes: 2,
  leftOut: 3,
  guard: 4,
  permission: 5,
  unreachable: 6,
  busy: 75,
  interrupted: 130,
  terminated: 143,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** The code of a failure; a run that was interrupted tells which signal ended it. */
export const exitOfFault = (code: string, signal: AbortSignal): ExitCode => {
  const exit = isFaultCode(code) ? faultKinds[code].exit : exitCodes.error;
  return exit === exitCodes.interrupted && signal.aborted && signal.reason === "SIGTERM" ? exitCodes.terminated : exit;
};

/** Whether this is a code of the table; a newer engine may know others. */
export const isFaultCode = (code: string): code is FaultCode => Object.hasOwn(faultKinds, code);

/** The code of anything thrown. */
export const exitOfError = (error: unknown, signal: AbortSignal): ExitCode =>
  isFault(error) ? exitOfFault(error.code, signal) : exitCodes.error;

export interface ExitWishes {
  readonly detailed: boolean;
  readonly strict: boolean;
}

/** The code of a run that was recorded. Looking (`plan`, `test`) is never stopped by a guard. */
export const exitOfRun = (run: RunSummary, wishes: ExitWishes, signal: AbortSignal): ExitCode => {
  if (run.fault !== undefined) return exitOfFault(run.fault.code, signal);
  switch (run.outcome) {
    case "guard":
      return exitCodes.guard;
    case "failed":
    case "incomplete":
    case "refused":
      return exitCodes.error;
    case "interrupted":
      return exitOfFault("run.interrupted", signal);
    default:
      if (wishes.strict && (run.counts?.leftOut ?? 0) > 0) return exitCodes.leftOut;
      return wishes.detailed && (run.counts?.changes ?? 0) > 0 ? exitCodes.changes : exitCodes.done;
  }
};

/** Of several profiles: the one that needs somebody most. */
export const worstExit = (codes: readonly number[]): number =>
  codes.reduce((worst, code) => (severity(code) > severity(worst) ? code : worst), exitCodes.done as number);

const order: readonly number[] = [0, 2, 3, 75, 4, 6, 5, 1, 130, 143];
const severity = (code: number): number => order.indexOf(code);
