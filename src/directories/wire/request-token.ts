import { z } from "zod";
import { Fault } from "../../core/fault.ts";
import { errorCode, readErrors, sentence } from "../../http/error-texts.ts";
import type { HttpAnswer } from "../../http/request.ts";
import type { Token } from "../../http/token.ts";
import type { DirectoryDependencies } from "../directory.ts";
import { answerFault, failureFault, type Asked } from "./faults.ts";
import { readBody } from "./read-body.ts";

/** What a token server answers that refuses (4xx). */
export interface Refusal {
  /** The `error` field. */
  readonly code: string | undefined;
  /** The server's words without secrets. */
  readonly detail: string;
  readonly answer: HttpAnswer;
  readonly asked: Asked;
}

export interface TokenRequest extends Pick<DirectoryDependencies, "http" | "now" | "signal"> {
  readonly url: URL;
  /** Sent as a form (RFC 6749 §4.4), or as JSON to a vendor that wants it so. */
  readonly form: Readonly<Record<string, string>>;
  readonly encoding?: "form" | "json";
  readonly headers?: Readonly<Record<string, string>>;
  /** Who asks, for the words of a refusal. */
  readonly user: string;
  /** What must not appear in a text. */
  readonly secrets: readonly string[];
  /** A vendor's own meaning of a refusal. */
  readonly judge?: (refusal: Refusal) => Fault | undefined;
  /** A vendor's own meaning of an answer that neither gives nor refuses a token. */
  readonly judgeFailure?: (answer: HttpAnswer, asked: Asked) => Fault | undefined;
}

/** Asks for an access token in the standard's shape. Faults as for `sendTokenRequest`. */
export const requestToken = async (request: TokenRequest): Promise<Token> => {
  const { answer, asked } = await sendTokenRequest(request);
  const { access_token, expires_in } = readBody(answer, TokenReply, asked);
  return { token: access_token, expiresAt: request.now.now() + expires_in * 1000 };
};

/**
 * Asks for an access token and gives the answer that holds it. Fault `directory.auth_failed` for what RFC 6749 §5.2 calls
 * a wrong client, with the server's own words; others as for every request.
 */
export const sendTokenRequest = async (
  request: TokenRequest,
): Promise<{ readonly answer: HttpAnswer; readonly asked: Asked }> => {
  const { http, url, form, now: clock, signal, secrets, user } = request;
  const isJson = request.encoding === "json";
  const hide = (text: string): string =>
    [...secrets, form["client_assertion"] ?? "", form["assertion"] ?? ""]
      .filter((secret) => secret !== "")
      .reduce((rest, secret) => rest.replaceAll(secret, "***"), text);
  const asked: Asked = { host: url.host, user, what: "token", right: "login", now: clock.now(), hide };
  const reply = await http.send({
    method: "POST",
    url,
    headers: {
      accept: "application/json",
      "content-type": isJson ? "application/json" : "application/x-www-form-urlencoded",
      ...request.headers,
    },
    body: isJson ? JSON.stringify(form) : new URLSearchParams(form).toString(),
    deadline: 180_000,
    limit: 1_000_000,
    repeat: "always",
    signal,
  });
  if (reply.kind === "failure") throw failureFault(reply, asked);
  if (reply.status >= 400 && reply.status < 500 && reply.status !== 429) {
    const detail = sentence(readErrors(reply, hide));
    const code = errorCode(reply);
    throw (
      request.judge?.({ code, detail, answer: reply, asked }) ??
      (code === undefined && reply.status !== 401
        ? answerFault(reply, asked)
        : new Fault("directory.auth_failed", { host: url.host, user, reason: "refused", detail }))
    );
  }
  if (reply.status !== 200) throw request.judgeFailure?.(reply, asked) ?? answerFault(reply, asked);
  return { answer: reply, asked };
};

const TokenReply = z.object({ access_token: z.string().min(1), expires_in: z.coerce.number().positive() });
