/** The bodies of the small public calls, read with the official server's leniency. */
import { z } from "zod";
import { refuseModel } from "./errors.ts";

const collections = z.array(z.looseObject({ id: z.string() })).nullish();

export const memberBody = z.object({
  type: z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(4)]),
  externalid: z.string().max(300).nullish(),
  collections,
  groups: z.array(z.string()).nullish(),
});

export const groupBody = z.object({
  name: z
    .string()
    .max(100)
    .refine((name) => name.trim() !== ""),
  externalid: z.string().max(300).nullish(),
  collections,
});

export const memberIdsBody = z.object({ memberids: z.array(z.string()) });
export const groupIdsBody = z.object({ groupids: z.array(z.string()) });

/** The body by a schema whose names are lower case, names in the request being in any case; 400 with the fields at fault. */
export function readBody<Shape extends z.ZodType>(schema: Shape, body: Buffer): z.infer<Shape> {
  let value: unknown;
  try {
    value = JSON.parse(body.toString("utf8"));
  } catch {
    throw refuseModel({ $: ["The JSON value could not be parsed. Path: $ | LineNumber: 0 | BytePositionInLine: 0."] });
  }
  const result = schema.safeParse(withLowerCaseNames(value));
  if (result.success) return result.data;
  const errors: Record<string, string[]> = {};
  for (const issue of result.error.issues) {
    const field = String(issue.path[0] ?? "$");
    errors[field] = [...(errors[field] ?? []), `The ${field} field is not valid.`];
  }
  throw refuseModel(errors);
}

function withLowerCaseNames(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name.toLowerCase(), inner]));
}
