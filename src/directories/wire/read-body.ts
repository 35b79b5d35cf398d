import type { z } from "zod";
import { Fault } from "../../core/fault.ts";
import type { HttpAnswer } from "../../http/request.ts";
import type { Asked } from "./faults.ts";

/** The body in the shape that is needed, and nothing else of it. Fault `directory.bad_response {host, field, reason}` with the place of what does not fit. */
export const readBody = <Value>(answer: HttpAnswer, shape: z.ZodType<Value>, { host, what }: Asked): Value => {
  const body = answer.json();
  // What answers instead of the vendor, a proxy or the log-in page of a network, speaks HTML.
  const reason = answer.text.trimStart().startsWith("<") ? "web_page" : "no_json";
  if (body === undefined) throw new Fault("directory.bad_response", { host, field: what, reason });
  const read = shape.safeParse(body);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new Fault("directory.bad_response", {
    host,
    field: place(what, issue?.path ?? []),
    reason: issue?.message ?? "another shape",
  });
};

/** `people.value[3].id`, as the vendor's own documents write it. */
const place = (what: string, path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (text, part) => (typeof part === "number" ? `${text}[${part}]` : `${text}.${String(part)}`),
    what,
  );
