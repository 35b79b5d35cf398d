import type { ProgressEvent } from "../rpc/contract.ts";
import type { Output } from "./context.ts";
import { textual } from "./views/human/fault.ts";
import { cut, pad } from "./views/layout.ts";
import type { Words } from "./words.ts";

export interface ProgressLine {
  readonly show: (event: ProgressEvent) => void;
  /** Wipes the line, so that what follows starts on a clean one. */
  readonly end: () => void;
}

/** One line on a terminal, written over and over; in a pipe only what has to be known before the run goes on, which stays. */
export const createProgressLine = (stderr: Output, words: () => Promise<Words>, json: boolean): ProgressLine => {
  const remark = async (event: Staying): Promise<void> => {
    const text = json
      ? JSON.stringify("held" in event ? event : { note: event.finding })
      : remarkText(event, await words());
    stderr.write(`${stderr.isTTY === true ? "\r\u001b[K" : ""}${text}\n`);
  };
  const isStaying = (event: ProgressEvent): event is Staying => "finding" in event || "held" in event;
  if (stderr.isTTY !== true)
    return { show: (event) => void (isStaying(event) && remark(event).catch(() => undefined)), end: () => undefined };
  let ready: Words | undefined;
  let shown = false;
  let ended = false;
  const load = words().then(
    (loaded) => (ready = loaded),
    () => undefined,
  );
  const draw = (event: Moving): void => {
    if (ready === undefined || ended) return;
    shown = true;
    stderr.write(`\r\u001b[K${progressText(event, ready, (stderr.columns ?? 80) - 1)}`);
  };
  return {
    show: (event) => {
      if (isStaying(event)) void remark(event).catch(() => undefined);
      else if (!("stage" in event || "wait" in event)) return;
      else if (ready === undefined) void load.then(() => draw(event));
      else draw(event);
    },
    end: () => {
      ended = true;
      if (shown) stderr.write("\r\u001b[K");
    },
  };
};

/** What stays, and what replaces itself. */
type Staying = Extract<ProgressEvent, { finding: unknown } | { held: unknown }>;
type Moving = Extract<ProgressEvent, { stage: unknown } | { wait: unknown }>;

const remarkText = (event: Staying, words: Words): string =>
  "held" in event
    ? words.format("cli.progress.held", event.held)
    : words.note(event.finding.code, textual(event.finding.params ?? {}));

/** `Reading people   ███████░░░░░  8,112 of 10,000` */
export const progressText = (event: Moving, words: Words, width: number): string => {
  if ("wait" in event) return cut(words.format("cli.progress.wait", withReason(words, event.wait)), width);
  const { stage, done, total } = event;
  const label = pad(words.has(`cli.stage.${stage}`) ? words.format(`cli.stage.${stage}`) : stage, 24);
  if (total === undefined || total === 0) return cut(`${label} ${words.number(done)}`, width);
  const filled = Math.round((Math.min(done, total) / total) * barWidth);
  const bar = "█".repeat(filled) + "░".repeat(barWidth - filled);
  return cut(`${label} ${bar}  ${words.format("cli.progress.of", { done, total })}`, width);
};
const barWidth = 24;

const withReason = (
  words: Words,
  { seconds, reason }: { readonly seconds: number; readonly reason: string },
): { seconds: number; reason: string } => ({
  seconds: Math.ceil(seconds),
  reason: words.has(`reason.${reason}`) ? words.format(`reason.${reason}`) : reason,
});
