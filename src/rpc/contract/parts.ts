import { z } from "zod";
import { NoteLine } from "../../core/plan-schema.ts";

/** Whom a call is about. */
export const profile = z.string().optional().describe("Name of the profile; the only or current one when absent");
/** What part of a list is asked for. */
export const page = {
  cursor: z.int().optional(),
  limit: z.int().min(1).max(500).optional(),
  search: z.string().optional(),
};
/** A part of a list; `next` is absent at its end. */
export const pageOf = <Row extends z.ZodType>(row: Row) =>
  z.object({ rows: z.array(row), next: z.int().optional(), total: z.int() });

export const Params = z.record(z.string(), z.unknown());
/** A reason: a note's code with its values. */
export const BecauseShape = z.object({ code: z.string(), params: Params.optional() });
/** An error as data: its words are the face's. */
export const FaultShape = z.object({ code: z.string(), params: Params });
export const GuardHitShape = z.object({
  code: z.string(),
  params: z.record(z.string(), z.union([z.string(), z.number()])),
});
/** What a check or a reading found. */
export const Finding = NoteLine;
