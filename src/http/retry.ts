import type { Clock } from "../core/clock.ts";
import type { HttpAnswer, HttpReply, HttpRequest } from "./request.ts";
import { announcedBudget, isThrottled, type Throttling } from "./throttling.ts";

export interface RetryPolicy {
  /** Tries in all, the first included. */
  readonly tries: number;
  /** Milliseconds of the first wait's upper bound; it doubles. */
  readonly base: number;
  /** The longest wait chosen by ourselves, in milliseconds. */
  readonly most: number;
  /** The wait after a 429 that names none. */
  readonly unnamed: number;
}

export const defaultPolicy: RetryPolicy = { tries: 5, base: 500, most: 30_000, unnamed: 60_000 };

export interface RetryTools {
  readonly clock: Clock;
  readonly random: () => number;
  readonly policy?: RetryPolicy;
}

/**
 * Repeats a request as its `repeat` allows, until it is answered otherwise, the tries are used up or the next wait would
 * pass the deadline; then the last reply stands. A server's `Retry-After` counts; other waits are drawn evenly up to a
 * doubling bound ("full jitter": AWS Architecture Blog, exponential backoff and jitter).
 */
export const withRetries = async (
  request: HttpRequest,
  { clock, random, policy = defaultPolicy }: RetryTools,
  attempt: (remaining: number) => Promise<HttpReply>,
): Promise<HttpReply> => {
  const end = clock.now() + (request.deadline ?? Number.POSITIVE_INFINITY);
  for (let tried = 1; ; tried += 1) {
    await request.before?.();
    const reply = await attempt(end - clock.now());
    const reason = reasonToRepeat(reply, request);
    if (reason === undefined || tried >= policy.tries) return reply;
    const bound = Math.min(policy.most, policy.base * 2 ** (tried - 1));
    const wait =
      (reply.kind === "answer" ? askedPause(reply, clock.now(), policy, request.throttling) : undefined) ??
      Math.ceil(random() * bound);
    if (clock.now() + wait >= end) return reply;
    request.onWait?.({ seconds: Math.ceil(wait / 1000), reason });
    await clock.sleep(wait, request.signal);
  }
};

const reasonToRepeat = (
  reply: HttpReply,
  { repeat = "never", throttling }: Pick<HttpRequest, "repeat" | "throttling">,
): string | undefined => {
  if (repeat === "never") return undefined;
  if (reply.kind === "failure") {
    if (reply.failure === "tls" || reply.failure === "too_large") return undefined;
    return !reply.sent || repeat === "always" ? reply.reason : undefined;
  }
  if (isThrottled(reply, throttling)) return "rate_limited";
  return repeat === "always" && [502, 503, 504].includes(reply.status) ? `status ${reply.status}` : undefined;
};

/**
 * Milliseconds the server asks for, where it does: by `Retry-After`, or by the end of its announced window. A 429 without
 * a word counts as `unnamed`, unless the server has its own way of saying it: then the wait is drawn.
 */
const askedPause = (
  answer: HttpAnswer,
  now: number,
  policy: RetryPolicy,
  throttling: Throttling | undefined,
): number | undefined => {
  const named = retryAfter(answer, now);
  if (named !== undefined || !isThrottled(answer, throttling)) return named;
  if (throttling === undefined) return policy.unnamed;
  return announcedBudget(answer, throttling.budget, now)?.resetIn;
};

/**
 * `Retry-After` in milliseconds from now: seconds, or a date by the server's own clock (RFC 9110 §10.2.3); undefined
 * where it is absent or nonsense.
 */
export const retryAfter = ({ headers }: Pick<HttpAnswer, "headers">, now: number): number | undefined => {
  const text = headers["retry-after"]?.trim() ?? "";
  if (/^\d+(?:\.\d+)?$/u.test(text)) return Math.ceil(Number(text) * 1000);
  const date = /[a-z]/iu.test(text) ? Date.parse(text) : Number.NaN;
  const theirs = Date.parse(headers["date"] ?? "");
  return Number.isNaN(date) ? undefined : Math.max(0, date - (Number.isNaN(theirs) ? now : theirs));
};
