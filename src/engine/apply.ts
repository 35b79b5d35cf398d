import { setImmediate } from "node:timers/promises";
import { Fault, isFault } from "../core/fault.ts";
import { isChange, isLocal, type PlanRow } from "../core/plan.ts";
import type { SendResult, Step } from "../organizations/organization.ts";
import type { EngineDependencies } from "./dependencies.ts";
import { estimate, minutesOf } from "./estimate.ts";
import { markHalfDone } from "./half-done.ts";
import type { Profile } from "./profile.ts";
import { lostFault, progressOf, refusal } from "./refusal.ts";
import { createWork, type ApplyInput, type Tally, type Work } from "./work.ts";

/** How often the same is sent when its answer gets lost. */
const mostTries = 3;

/**
 * Sends the rows. The journal holds the intent before each request and the outcome, with the links it settles, after
 * it, so that whatever stops this loop leaves a record from which the next run goes on. Stops at the first refusal, and
 * at a Fault of the organization, which are given back; whatever interrupts the run is thrown.
 */
export const applyRows = async (
  dependencies: EngineDependencies,
  profile: Profile,
  input: ApplyInput,
): Promise<{ tally: Tally; fault?: Fault }> => {
  const work = createWork(dependencies, profile, input);
  const moving = input.rows.filter(isChange);
  const isSilent = (row: PlanRow): boolean => isLocal(row) || input.already?.has(row.row) === true;
  await work.settleRows(moving.filter(isSilent));
  const sent = moving.filter((row) => !isSilent(row));
  const takes = await estimate(input.organization, sent, () => work.known(sent));
  if (takes !== undefined)
    input.runtime.tell?.({ code: "apply.long", severity: "info", params: { ...takes, minutes: minutesOf(takes) } });
  try {
    const fault = await sendUntilDone(work, sent);
    if (fault !== undefined) return { tally: work.tally, fault };
    // A group that turned out to hold others' members keeps its name: its renaming is no request.
    const unsent = moving.filter(({ row }) => !work.settled.has(row)).map(({ row }) => row);
    await work.journal(unsent, "skipped", "not_sent");
    return { tally: work.tally };
  } finally {
    await markHalfDone(
      dependencies,
      profile,
      [...work.begun.values()].filter((row) => row !== undefined),
    );
  }
};

/** After a lost answer the rest starts anew from what is known then: nothing goes past a request that may not have arrived. */
const sendUntilDone = async (work: Work, rows: readonly PlanRow[]): Promise<Fault | undefined> => {
  let tries = 0;
  let pending = rows;
  while (pending.length > 0) {
    const before = work.settled.size;
    const outcome = await sendAll(work, pending, tries);
    if (outcome !== "lost") return outcome;
    tries = work.settled.size > before ? 1 : tries + 1;
    pending = pending.filter(({ row }) => !work.settled.has(row));
    if (pending.length > 0 && tries >= mostTries) return lostFault(work.standing());
  }
  return undefined;
};

/** One pass over the steps: a Fault, `lost` for an answer that is missing, undefined when all is done. */
const sendAll = async (work: Work, rows: readonly PlanRow[], tries: number): Promise<Fault | "lost" | undefined> => {
  const answered: PlanRow[] = [];
  try {
    return await sendEach(work, rows, answered, tries);
  } catch (error) {
    // What stopped the run is the reason, also where this cannot be recorded any more.
    await work.settleRows(answered.splice(0)).catch(() => undefined);
    throw error;
  } finally {
    await work.settleRows(answered.splice(0));
  }
};

/** Whom the newest answer says to be done goes to `answered`; the next request's intent is journalled together with it. */
const sendEach = async (
  work: Work,
  rows: readonly PlanRow[],
  answered: PlanRow[],
  tries: number,
): Promise<Fault | "lost" | undefined> => {
  const { input, dependencies } = work;
  const { signal, progress } = input.runtime;
  const byRow: (PlanRow | undefined)[] = [];
  for (const row of rows) byRow[row.row] = row;
  for await (const step of input.organization.encode(rows, work.known(rows))) {
    signal.throwIfAborted();
    for (const lease of input.leases) await lease.check();
    const mine = step.rows.flatMap((row) => byRow[row] ?? []);
    await work.begin([...step.rows, ...(step.begins ?? [])], answered);
    answered.length = 0;
    const sending = sendLooking(work, step);
    await Promise.race([sending.catch(() => undefined), leaves()]);
    work.foresee(mine);
    const result = await sending;
    if (isFault(result)) return result;
    if (result.outcome === "refused") {
      const left = await settlePartly(work, step, mine);
      const numbers = [...left.map(({ row }) => row), ...(step.begins ?? [])];
      await work.journal(numbers, "refused", result.messages.join(" "));
      return refusal(work.standing(), step, result);
    }
    if (result.outcome === "unknown") {
      await work.journal(step.rows, "unknown", result.reason);
      if (step.kind !== "import") return lostFault(work.standing());
      // The server may still be at work on it, and longer than it seemed the last time.
      await dependencies.clock.sleep(dependencies.limits.lostAnswerPause * 4 ** tries, signal);
      await work.settleSatisfied(mine, rows);
      return "lost";
    }
    for (const row of step.begins ?? []) work.begun.set(row, byRow[row]);
    answered.push(...mine);
    const { done, total } = work.standing();
    progress({ stage: "applying", done: done + answered.length, total });
  }
  return undefined;
};

/** By then a request is on its way: what is worked out from here on costs no time while the server works. */
const leaves = async (): Promise<void> => {
  for (let turn = 0; turn < 3; turn += 1) await setImmediate();
};

/** A request about one member or group looks first, so that after a lost answer the same again does only what is left to do. */
const sendLooking = async (work: Work, step: Step): Promise<SendResult | Fault> => {
  const { clock, limits } = work.dependencies;
  let result = await send(work, step);
  for (let tries = 1; tries < mostTries && step.kind !== "import"; tries += 1) {
    if (isFault(result) || result.outcome !== "unknown") break;
    await clock.sleep(limits.lostAnswerPause, work.input.runtime.signal);
    result = await send(work, step);
  }
  return result;
};

/** A Fault means that the request was not carried out; what an interruption leaves is not known. */
const send = async (work: Work, step: Step): Promise<SendResult | Fault> => {
  try {
    return await work.input.organization.send(step);
  } catch (error) {
    if (!isFault(error) || work.input.runtime.signal.aborted) throw error;
    await work.journal([...step.rows, ...(step.begins ?? [])], "planned", error.code);
    return error.code.startsWith("organization.")
      ? new Fault(error.code, { ...error.params, ...progressOf(work.standing()) }, error)
      : error;
  }
};

/** An import that is refused may have done a part: what the organization shows to be done is settled, the rest comes back. */
const settlePartly = async (work: Work, step: Step, rows: readonly PlanRow[]): Promise<readonly PlanRow[]> => {
  if (step.kind !== "import") return rows;
  try {
    return await work.settleSatisfied(rows);
  } catch (error) {
    if (isFault(error) && !work.input.runtime.signal.aborted) return rows;
    throw error;
  }
};
