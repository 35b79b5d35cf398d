import type { Diagnostic } from "./diagnostic.ts";
import { Fault } from "./fault.ts";
import { digestOf } from "./make-plan.ts";
import { PlanLine } from "./plan-schema.ts";
import type { Plan, PlanHeader, PlanRow } from "./plan.ts";

/** A plan as JSON Lines: header, changes in order, notes, and an end line without which the file is not whole. */
export function* printPlan(plan: Plan): Generator<string> {
  yield `${JSON.stringify({ plan: plan.header })}\n`;
  for (const row of plan.rows) yield `${JSON.stringify({ change: row })}\n`;
  for (const note of plan.notes) yield `${JSON.stringify({ note })}\n`;
  yield `${JSON.stringify({ end: { rows: plan.rows.length, notes: plan.notes.length, digest: plan.header.digest } })}\n`;
}

/** Reads what `printPlan` wrote. Fault `plan.damaged` names the line of anything else, a missing end or another digest. */
export const parsePlan = async (lines: AsyncIterable<string> | Iterable<string>, path: string): Promise<Plan> => {
  let header: PlanHeader | undefined;
  let ended = false;
  const rows: PlanRow[] = [];
  const notes: Diagnostic[] = [];
  let number = 0;
  for await (const text of lines) {
    number += 1;
    if (text.trim() === "") continue;
    const line = parseLine(text, path, number);
    if (ended) throw damaged(path, number, "a line after the end");
    if ("plan" in line) {
      if (header !== undefined) throw damaged(path, number, "a second header");
      header = line.plan;
    } else if (header === undefined) throw damaged(path, number, "no header");
    else if ("change" in line) {
      if (line.change.row !== rows.length)
        throw damaged(path, number, `change ${line.change.row} where ${rows.length} was expected`);
      rows.push(line.change);
    } else if ("note" in line) notes.push(line.note);
    else {
      ended = true;
      if (line.end.rows !== rows.length || line.end.notes !== notes.length)
        throw damaged(path, number, "fewer lines than the end says");
    }
  }
  if (header === undefined || !ended) throw damaged(path, number, "the end is missing");
  if (digestOf(rows) !== header.digest) throw damaged(path, number, "the changes do not have the digest of the header");
  return { header, rows, notes };
};

const parseLine = (text: string, path: string, number: number): PlanLine => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw damaged(path, number, "not JSON");
  }
  const result = PlanLine.safeParse(value);
  if (!result.success) throw damaged(path, number, "not a line of a plan of version 1");
  return result.data;
};

const damaged = (path: string, line: number, reason: string): Fault =>
  new Fault("plan.damaged", { path, line, reason });
