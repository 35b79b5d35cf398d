import { systemCode } from "../core/system-code.ts";
import { certificateReasons } from "./certificate-reasons.ts";
import type { HttpFailure } from "./request.ts";

/**
 * What an error of the connection means. `started` = a connection was there and the request was handed to it, so it may
 * have arrived; before that, nothing left this machine.
 */
export const classify = (error: unknown, started: boolean): HttpFailure => {
  const codes = codesOf(error);
  const tls = codes.map((code) => tlsReason(code)).find((reason) => reason !== undefined);
  // A TLS alert ends the connection before the server reads a request (RFC 8446 §6.2), also where it comes after ours left.
  if (tls !== undefined && (!started || codes.some((code) => code.includes("ALERT"))))
    return { kind: "failure", failure: "tls", sent: false, reason: tls, cause: error };
  const known = codes.map((code) => reasons[code]).find((reason) => reason !== undefined);
  const reason = proxyReason(error) ?? known ?? codes[0] ?? messageOf(error);
  if (started) return { kind: "failure", failure: "lost", sent: true, reason, cause: error };
  return {
    kind: "failure",
    failure: reason === "timeout" ? "timeout" : "unreachable",
    sent: false,
    reason,
    cause: error,
  };
};

/** True for the error that zlib gives when the unpacked text passes the limit. */
export const isCutShort = (error: unknown): boolean => codesOf(error).includes("ERR_BUFFER_TOO_LARGE");

/** The codes of an error and of what caused it, outermost first; several addresses tried give several, undici's parser only a name. */
const codesOf = (error: unknown, depth = 0): string[] => {
  if (!(error instanceof Error) || depth > 5) return [];
  const code = systemCode(error) || error.name;
  const own = code === "Error" || code === "AggregateError" || code === "TypeError" ? [] : [code];
  const inner = error instanceof AggregateError ? error.errors.flatMap((one: unknown) => codesOf(one, depth + 1)) : [];
  return [...own, ...inner, ...codesOf(error.cause, depth + 1)];
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Words the catalogue knows; what is not here is shown as the system calls it. */
const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: "refused",
  ENOTFOUND: "name_unknown",
  EAI_AGAIN: "name_unknown",
  EHOSTUNREACH: "no_route",
  ENETUNREACH: "no_route",
  EADDRNOTAVAIL: "no_route",
  ETIMEDOUT: "timeout",
  UND_ERR_CONNECT_TIMEOUT: "timeout",
  ECONNRESET: "closed",
  ECONNABORTED: "closed",
  EPIPE: "closed",
  UND_ERR_SOCKET: "closed",
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: "closed",
  HTTPParserError: "not_http",
};

/** Undici names the status of a proxy that refuses a tunnel only in its message. */
const proxyReason = (error: unknown): string | undefined => {
  const message = messageOf(error);
  const status =
    /Proxy response \((\d+)\)/u.exec(message)?.[1] ?? /Proxy Authentication Required \((407)\)/u.exec(message)?.[1];
  return status === undefined ? undefined : status === "407" ? "proxy_login" : "proxy_refused";
};

const tlsReason = (code: string): string | undefined => {
  const known = tlsReasons[code];
  if (known !== undefined) return known;
  if (/ALERT_(?:CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE|BAD_CERTIFICATE)/u.test(code)) return "certificate_wanted";
  return /^(?:ERR_SSL_|ERR_TLS_|EPROTO$|CERT_|UNABLE_TO_|CRL_)/u.test(code) ? code : undefined;
};

const tlsReasons: Readonly<Record<string, string>> = {
  ...certificateReasons,
  ERR_SSL_WRONG_VERSION_NUMBER: "not_tls",
  ERR_SSL_PACKET_LENGTH_TOO_LONG: "not_tls",
};
