import { Fault } from "../../core/fault.ts";
import { redirect, type HttpAnswer, type HttpFailure, type HttpReply } from "../../http/request.ts";
import { retryAfter } from "../../http/retry.ts";
import { readErrors, sentence } from "../../http/error-texts.ts";

/** Who answered, and what was asked of it, for the words of a fault. */
export interface Asked {
  readonly server: string;
  /** A word the catalogue knows: `config`, `token`, `members`, `groups`, `memberships`, `seats`, `import`, `revoke`, `restore`, `remove`, `remove_group`. */
  readonly what: string;
  readonly now: number;
  /** Takes secrets out of a text that the server sent. */
  readonly hide: (text: string) => string;
}

/** Why there is no whole answer: Fault `organization.unreachable`, `organization.tls` or, for a boundless answer, `organization.bad_response`. */
export const failureFault = ({ failure, reason, proxy, cause }: HttpFailure, { server, hide }: Asked): Fault => {
  if (failure === "tls") return new Fault("organization.tls", { server, reason: hide(reason) }, cause);
  if (failure === "too_large") return new Fault("organization.bad_response", { server, reason }, cause);
  return new Fault("organization.unreachable", { server, proxy, reason: hide(reason) }, cause);
};

/** What an answer means that is not the one asked for. */
export const answerFault = (answer: HttpAnswer, asked: Asked): Fault => {
  const { server, what, now, hide } = asked;
  const reason = sentence(readErrors(answer, hide));
  const { status } = answer;
  if (status === 429)
    return new Fault("organization.rate_limited", {
      server,
      seconds: Math.ceil((retryAfter(answer, now) ?? 60_000) / 1000),
    });
  if (status === 401) return new Fault("organization.forbidden", { server, what, reason: "token" });
  if (status === 403) return new Fault("organization.forbidden", { server, what, reason });
  if (status >= 500) return new Fault("organization.unavailable", { server, reason });
  const elsewhere = redirect(answer, answer.url);
  if (elsewhere !== undefined)
    return new Fault("organization.not_bitwarden", { server, reason: "redirect", detail: elsewhere.host });
  if (status === 404) return new Fault("organization.bad_response", { server, reason: `${what}: ${reason}` });
  if (status >= 400) return new Fault("organization.rejected", { server, what, reason, status });
  return new Fault("organization.bad_response", { server, reason: `${what}: HTTP ${status}` });
};

/** The answer, where it is one that succeeded; otherwise throws. */
export const succeeded = (reply: HttpReply, asked: Asked): HttpAnswer => {
  if (reply.kind === "failure") throw failureFault(reply, asked);
  if (reply.status < 200 || reply.status > 299) throw answerFault(reply, asked);
  return reply;
};
