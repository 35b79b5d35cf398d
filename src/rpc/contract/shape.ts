import type { z } from "zod";
import type { CallOptions, ProgressEvent } from "../contract.ts";

/** A contract is data: name → what goes in, what comes out, and whether progress is told in between. */
export type ContractShape = Readonly<
  Record<string, { readonly input: z.ZodType; readonly output: z.ZodType; readonly progress?: boolean }>
>;

/** The end that asks. */
export interface Caller<Shape extends ContractShape> {
  /**
   * Rejects with the Fault of the other end. Aborting `signal` asks the other end to stop, and the call settles when that
   * has happened, so that what it recorded is whole. A link that closes rejects every open call with `rpc.closed`.
   */
  call<Name extends keyof Shape & string>(
    name: Name,
    input: z.input<Shape[Name]["input"]>,
    options?: CallOptions,
  ): Promise<z.output<Shape[Name]["output"]>>;
  close(): Promise<void>;
}

export interface AnswerOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (event: ProgressEvent) => void;
}

/** The end that answers: one function a procedure. */
export type Answers<Shape extends ContractShape> = {
  readonly [Name in keyof Shape]: (
    input: z.output<Shape[Name]["input"]>,
    options: AnswerOptions,
  ) => Promise<z.input<Shape[Name]["output"]>>;
};
