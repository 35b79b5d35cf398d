import type { FaultCode } from "../../core/fault.ts";
import { redirect, type HttpReply } from "../../http/request.ts";
import { readErrors } from "../../http/error-texts.ts";
import { answerFault, failureFault, type Asked } from "./faults.ts";

/** What became of a write. */
export type Outcome =
  | { readonly outcome: "done" }
  | {
      readonly outcome: "refused";
      readonly code: FaultCode;
      readonly messages: readonly string[];
      readonly status: number;
    }
  | { readonly outcome: "unknown"; readonly reason: string };

/**
 * Judges a write's reply. A server's no is `refused`, with its own words; an answer that got lost, or that a proxy gave
 * in the server's place, is `unknown`, since the server may go on. Throws what would stop every later write as well: not
 * reachable, not allowed, asked to pause for too long, answered by somebody else.
 */
export const judgeWrite = (reply: HttpReply, asked: Asked): Outcome => {
  if (reply.kind === "failure") {
    if (reply.sent) return { outcome: "unknown", reason: asked.hide(reply.reason) };
    throw failureFault(reply, asked);
  }
  const { status } = reply;
  if (status >= 200 && status <= 299) return { outcome: "done" };
  if (status === 408 || status === 502 || status === 503 || status === 504)
    return { outcome: "unknown", reason: `HTTP ${status}` };
  if (status === 401 || status === 403 || status === 429 || redirect(reply, reply.url) !== undefined || status < 400)
    throw answerFault(reply, asked);
  const messages = readErrors(reply, asked.hide);
  return { outcome: "refused", code: refusalCode(status, messages), messages, status };
};

/** The texts of the official server (bitwarden/server: seats, size gate, abilities of a plan). */
const refusalCode = (status: number, messages: readonly string[]): FaultCode => {
  const text = messages.join(" ");
  if (seatRefusals.some((pattern) => pattern.test(text))) return "organization.seats";
  if (/cannot use directory syncing/iu.test(text)) return "organization.no_directory_sync";
  if (/cannot use groups/iu.test(text)) return "organization.no_groups";
  if (status === 413 || /cannot import this much data/iu.test(text)) return "organization.too_large";
  return "organization.rejected";
};

const seatRefusals = [
  /seat limit has been reached/iu,
  /cannot auto ?scale (?:on )?self-?host/iu,
  /plan does not allow additional seats/iu,
  /allows a maximum of \d+ additional seats/iu,
  /no payment method found/iu,
  /no subscription found/iu,
  /do not have an active subscription/iu,
];
