import { inspect } from "node:util";
import { Fault } from "../src/core/fault.ts";

/** The fault that work ends with; anything else fails the test. */
export const faultOf = async (work: Promise<unknown>): Promise<Fault> => {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Fault)) throw new Error(`no fault but ${inspect(error)}`);
  return error;
};
