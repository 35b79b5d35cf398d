import { Fault } from "../../core/fault.ts";
import { printPlan } from "../../core/plan-file.ts";
import type { Plan } from "../../core/plan.ts";
import { allRows } from "../../engine/recover.ts";
import type { HandlerDependencies } from "./dependencies.ts";
import { redactPlan } from "./redact.ts";

/** The plan a run recorded, as it was made. Fault `run.unknown` for a run without one. */
export const recordedPlan = async (dependencies: HandlerDependencies, run: number, redact: boolean): Promise<Plan> => {
  const { store } = dependencies.engine;
  const recorded = await store.run(run);
  if (recorded?.header === undefined) throw new Fault("run.unknown", { run });
  const stored = await allRows(dependencies.engine, run);
  const plan: Plan = {
    header: recorded.header,
    rows: stored.map(({ state: _state, detail: _detail, accepted: _accepted, undoneBy: _undone, ...row }) => row),
    notes: await store.notes(run),
  };
  return redact ? redactPlan(plan, await redactionKey(dependencies)) : plan;
};

/** One key for an installation, so that a person has the same stand-in in every plan; without it nobody can try addresses. */
const redactionKey = async ({ engine, secrets, uuid }: HandlerDependencies): Promise<string> => {
  const sealed = await engine.store.value("redaction-key");
  const known = sealed === undefined ? undefined : await secrets.unseal(sealed);
  if (known !== undefined) return known;
  const fresh = uuid();
  await engine.store.saveValue("redaction-key", await secrets.seal(fresh));
  return fresh;
};

/** Characters of one piece: with escapes and multi-byte characters still well below what a message may have. */
const pieceLength = 200_000;

/** The plan's text in pieces; a cursor is the position in it, which a recorded plan keeps. */
export const planPiece = (plan: Plan, cursor: string | undefined): { text: string; next?: string } => {
  const start = Number(cursor ?? "0");
  if (!Number.isSafeInteger(start) || start < 0)
    throw new Fault("usage.invalid", { command: "plan", reason: "cursor" });
  let position = 0;
  let text = "";
  for (const line of printPlan(plan)) {
    const end = position + line.length;
    if (end > start) text += line.slice(Math.max(0, start - position));
    position = end;
    if (text.length > pieceLength) return { text: text.slice(0, pieceLength), next: String(start + pieceLength) };
  }
  return { text };
};
