import type { Diagnostic } from "../../core/diagnostic.ts";
import { Fault, type FaultCode } from "../../core/fault.ts";

/**
 * One step of a check: its finding, or the fault it ended in as one, so that the steps after it are still taken. What
 * every step after it would meet as well is thrown: said once it says enough.
 */
export const tryStep = async (step: () => Promise<Diagnostic>): Promise<Diagnostic> => {
  try {
    return await step();
  } catch (error) {
    if (!(error instanceof Fault) || !ofOneStep.has(error.code)) throw error;
    return { code: error.code, severity: "error", params: error.params };
  }
};

const ofOneStep: ReadonlySet<FaultCode> = new Set([
  "directory.forbidden",
  "directory.bad_response",
  "directory.truncated",
]);

/** That people or groups can be read, with one of them to show for it; nobody there is worth a warning. */
export const readable = (what: "people" | "groups", sample: string | null | undefined): Diagnostic =>
  sample === undefined || sample === null || sample === ""
    ? { code: "check.directory.nothing_readable", severity: "warning", params: { what } }
    : { code: "check.directory.readable", severity: "ok", params: { what, sample } };
