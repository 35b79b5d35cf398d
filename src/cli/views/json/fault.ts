import { faultKinds, type Fault, type FaultKind } from "../../../core/fault.ts";
import { exitOfFault } from "../../exit-code.ts";
import type { Words } from "../../words.ts";

/** A failure for machines; `message` and `remedy` are always English and for logs, `code` and `params` are what to rely on. */
export const faultJson = (fault: Fault, english: Words, signal: AbortSignal) => {
  const { what, remedy } = english.fault(fault.code, fault.params);
  const kind: FaultKind = faultKinds[fault.code];
  return {
    error: {
      code: fault.code,
      params: fault.params,
      exit: exitOfFault(fault.code, signal),
      retry: kind.retry === true,
      message: oneLine(what),
      remedy: oneLine(remedy),
      docs: docsOf(fault.code),
    },
  };
};

/** The place of a code in `docs/reference/errors.md`. */
export const docsOf = (code: string): string => `errors.md#${code.replaceAll(/[._]/gu, "-")}`;

const oneLine = (text: string): string => text.replaceAll(/\s*\n\s*/gu, " ");
