import { exitCodes } from "../exit-code.ts";
import type { Output } from "../../rpc/contract.ts";
import { planText, readSections } from "../read-plan.ts";
import { usage, type Invocation, type Run, type Session } from "../session.ts";
import { personHistoryText, runDetailText, runsText, undoText } from "../views/human/history.ts";
import { asIs } from "../views/json/as-is.ts";

/** What was done: all runs, one run, one person; and the plan that takes a run back. */
export const run: Run = async (invocation, session) => {
  const [text] = invocation.arguments;
  const who = invocation.text("who");
  const undo = invocation.flag("undo");
  if (who !== undefined && text !== undefined)
    throw usage("together", { name: "--who", other: text, command: "history" });
  if (who !== undefined) await showPerson(session, who, invocation.count("limit"));
  else if (text === undefined) {
    if (undo) throw usage("argument_missing", { name: "run", command: "history" });
    await showRuns(session, invocation);
  } else {
    if (!/^\d{1,15}$/u.test(text)) throw usage("number", { name: "run", value: text, command: "history" });
    if (undo) await showUndo(session, Number(text), invocation.text("out"));
    else await showRun(session, Number(text), invocation.list("only"));
  }
  return exitCodes.done;
};

const showPerson = async (session: Session, who: string, limit: number | undefined): Promise<void> => {
  const answer = await session.call("person.history", {
    ...session.profile,
    who,
    limit: Math.min(limit ?? 100, 500),
  });
  await session.show({ who, ...answer }, personHistoryText, ({ rows }) => ({ version: 1, who, rows }));
};

const showRuns = async (session: Session, invocation: Invocation): Promise<void> => {
  const limit = invocation.count("limit") ?? 20;
  const rows: Output<"runs.list">["rows"] = [];
  let cursor: number | undefined;
  let total = 0;
  do {
    const page: Output<"runs.list"> = await session.call("runs.list", {
      ...session.profile,
      changedOnly: invocation.flag("changed"),
      limit: Math.min(100, Math.max(1, limit - rows.length)),
      ...(cursor === undefined ? {} : { cursor }),
    });
    rows.push(...page.rows);
    ({ total } = page);
    cursor = page.next;
  } while (cursor !== undefined && rows.length < limit);
  await session.show({ rows, total }, runsText, (value) => ({ version: 1, runs: value.rows, total: value.total }));
};

/** With `--json` the recorded plan as JSON Lines, behind the line of the run. */
const showRun = async (session: Session, id: number, only: readonly string[]): Promise<void> => {
  const summary = await session.call("runs.get", { run: id });
  if (session.globals.json) {
    await session.write(`${JSON.stringify({ run: summary })}\n`);
    if (summary.header !== undefined) for await (const text of planText(session, id, false)) await session.write(text);
    return;
  }
  const sections =
    summary.header === undefined
      ? []
      : await readSections(session, id, { only, ...(only.length > 0 ? {} : { most: 20 }) });
  await session.show({ summary, sections, partial: only.length > 0 }, runDetailText, asIs);
};

const showUndo = async (session: Session, id: number, out: string | undefined): Promise<void> => {
  const file = out ?? `undo-${id}.jsonl`;
  const answer = await session.call("runs.undo", { ...session.profile, run: id, path: session.pathOf(file) });
  await session.show({ ...answer, run: id, file }, undoText, asIs);
};
