import type { ProgressEvent } from "../rpc/contract.ts";
import type { Output } from "./context.ts";
import { cut, pad } from "./views/layout.ts";
import type { Words } from "./words.ts";

export interface ProgressLine {
  readonly show: (event: ProgressEvent) => void;
  /** Wipes the line, so that what follows starts on a clean one. */
  readonly end: () => void;
}

/** One line on a terminal, written over and over; nothing in a pipe. */
export const createProgressLine = (stderr: Output, words: () => Promise<Words>): ProgressLine => {
  if (stderr.isTTY !== true) return { show: () => undefined, end: () => undefined };
  let ready: Words | undefined;
  let shown = false;
  let ended = false;
  const load = words().then(
    (loaded) => (ready = loaded),
    () => undefined,
  );
  const draw = (event: ProgressEvent): void => {
    if (ready === undefined || ended) return;
    shown = true;
    stderr.write(`\r\u001b[K${progressText(event, ready, (stderr.columns ?? 80) - 1)}`);
  };
  return {
    show: (event) => {
      if (ready === undefined) void load.then(() => draw(event));
      else draw(event);
    },
    end: () => {
      ended = true;
      if (shown) stderr.write("\r\u001b[K");
    },
  };
};

/** `Reading people   ███████░░░░░  8,112 of 10,000` */
export const progressText = (event: ProgressEvent, words: Words, width: number): string => {
  if ("wait" in event) return cut(words.format("cli.progress.wait", withReason(words, event.wait)), width);
  if ("finding" in event) return cut(words.note(event.finding.code, event.finding.params), width);
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
