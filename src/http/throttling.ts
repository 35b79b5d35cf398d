import { isRecord, textsBelow } from "./error-texts.ts";
import type { HttpAnswer } from "./request.ts";

/** How a server says "slower", beside what HTTP itself has for it (429 and `Retry-After`). Data, one row a vendor. */
export interface Throttling {
  /** Statuses that mean it only with one of these reasons in their body; the same status may be a missing right. */
  readonly reasons?: { readonly status: number; readonly any: readonly string[] };
  /** The headers that announce a budget, names in lower case. */
  readonly budget?: BudgetHeaders;
  /** A header with the share of the limit in use, from 0; given only when it is getting tight. */
  readonly pressure?: string;
}

export interface BudgetHeaders {
  readonly limit: string;
  readonly remaining: string;
  readonly reset: string;
  /** What `reset` counts: the moment as seconds since 1970, or the seconds left. */
  readonly counts: "epoch" | "left";
}

/** What is left of a budget, and in how many milliseconds it is whole again. */
export interface Budget {
  readonly limit: number;
  readonly remaining: number;
  readonly resetIn: number;
}

/** Whether the answer asks for a slower pace: nothing was done, and later it may be. */
export const isThrottled = (answer: HttpAnswer, throttling: Throttling = {}): boolean => {
  if (answer.status === 429) return true;
  const { reasons } = throttling;
  if (reasons === undefined || answer.status !== reasons.status) return false;
  const body = answer.json();
  return isRecord(body) && textsBelow(body["error"]).some((text) => reasons.any.includes(text));
};

/**
 * The announced budget, where there is one. A moment is compared with the server's own `Date`, so that a wrong clock here
 * costs nothing; a limit of 0 announces nothing (Okta's answer to too many requests at the same time).
 */
export const announcedBudget = (
  { headers }: Pick<HttpAnswer, "headers">,
  names: BudgetHeaders | undefined,
  now: number,
): Budget | undefined => {
  if (names === undefined) return undefined;
  const [limit, remaining, reset] = [names.limit, names.remaining, names.reset].map((name) => numberOf(headers[name]));
  if (limit === undefined || limit === 0 || remaining === undefined || reset === undefined) return undefined;
  const theirs = Date.parse(headers["date"] ?? "");
  // The second in which the window starts anew is not over when its number is reached.
  const resetIn = names.counts === "left" ? reset * 1000 : reset * 1000 - (Number.isNaN(theirs) ? now : theirs) + 1000;
  return { limit, remaining, resetIn: Math.max(0, resetIn) };
};

const numberOf = (text: string | undefined): number | undefined =>
  text !== undefined && /^\s*\d+(?:\.\d+)?\s*$/u.test(text) ? Number(text) : undefined;
