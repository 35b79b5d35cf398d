import { Fault } from "../../core/fault.ts";
import { readErrors, sentence } from "../../http/error-texts.ts";
import { redirect, type HttpAnswer, type HttpFailure } from "../../http/request.ts";
import { retryAfter } from "../../http/retry.ts";
import { announcedBudget, isThrottled, type Throttling } from "../../http/throttling.ts";

/** Who answered, and what was asked of it, for the words of a fault. */
export interface Asked {
  readonly host: string;
  /** Who logs in, where that has a name. */
  readonly user?: string | undefined;
  /** A word the catalogue knows (`people`, `groups`, `members`, `entry`, `server`, `token`). */
  readonly what: string;
  /** The right that allows it, as the vendor's console calls it. */
  readonly right: string;
  /** Where such a right is granted: a word the catalogue knows (`entra`, `google`, `okta_app`, `okta_token`, `onelogin`). */
  readonly grant?: string | undefined;
  readonly now: number;
  readonly throttling?: Throttling;
  /** Takes secrets out of a text that the server sent. */
  readonly hide: (text: string) => string;
}

/** Why there is no whole answer: Fault `directory.unreachable`, `directory.tls` or, for a boundless answer, `directory.bad_response`. */
export const failureFault = ({ failure, reason, proxy, cause }: HttpFailure, { host, what, hide }: Asked): Fault => {
  if (failure === "tls") return new Fault("directory.tls", { host, reason: hide(reason) }, cause);
  if (failure === "too_large") return new Fault("directory.bad_response", { host, field: what, reason }, cause);
  return new Fault("directory.unreachable", { host, proxy, reason: hide(reason) }, cause);
};

/** What an answer means that is not the one asked for, by its status; a vendor's own meanings are looked at before. */
export const answerFault = (answer: HttpAnswer, asked: Asked): Fault => {
  const { host, user, what, right, grant, now, throttling } = asked;
  const { status } = answer;
  const detail = sentence(readErrors(answer, asked.hide));
  if (isThrottled(answer, throttling)) {
    const wait = retryAfter(answer, now) ?? announcedBudget(answer, throttling?.budget, now)?.resetIn ?? 60_000;
    return new Fault("directory.rate_limited", { host, seconds: Math.ceil(wait / 1000) });
  }
  if (status === 401) return new Fault("directory.auth_failed", { host, user, reason: "refused", detail });
  if (status === 403) return new Fault("directory.forbidden", { host, user, what, right, grant, detail });
  if (status >= 500) return new Fault("directory.unavailable", { host, reason: detail });
  const elsewhere = redirect(answer, answer.url);
  if (elsewhere !== undefined)
    return new Fault("directory.bad_response", { host, field: what, reason: "elsewhere", to: elsewhere.host });
  return new Fault("directory.bad_response", { host, field: what, reason: detail });
};
