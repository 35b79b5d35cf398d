import { z } from "zod";
import { ProgressEvent } from "../contract.ts";

/** What travels over a link, one JSON object a message, told apart by its first key; calls are numbered by who asks. */
const call = z.int().nonnegative();

/** From the end that asks. */
export const Question = z.union([
  z.strictObject({ call, name: z.string(), input: z.unknown() }),
  z.strictObject({ cancel: call }),
]);
export type Question = z.infer<typeof Question>;

/** From the end that answers. */
export const Answer = z.union([
  z.strictObject({ result: call, value: z.unknown() }),
  z.strictObject({
    fault: call,
    code: z.string(),
    params: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])),
  }),
  z.strictObject({ progress: call, event: ProgressEvent }),
]);
export type Answer = z.infer<typeof Answer>;
