import { Fault } from "../../core/fault.ts";
import { systemCode } from "../../core/system-code.ts";
import { Malformed } from "./ber.ts";
import type { Reply } from "./replies.ts";
import { refusesOurCertificate } from "./secure.ts";

/** Whom a Fault names: the host and port the user typed, and the account ("" = anonymous). */
export interface Parties {
  readonly host: string;
  readonly user: string;
}

/** What was asked when the server said no. */
export interface Asked {
  readonly base: string;
  readonly what: "people" | "groups" | "members" | "entry" | "server";
  /** Entries received before it. */
  readonly count: number;
  /** The nearest part of the base that is there, where it was looked for. */
  readonly exists?: string;
}

/** What a refused log-in means (RFC 4511 appendix A; the sub-codes of 49 are Windows error codes in hexadecimal). */
export function bindFault(reply: Reply, parties: Parties, mechanism?: string): Fault {
  const { host } = parties;
  const user = parties.user || undefined;
  const detail = clean(reply.message) || undefined;
  if (mechanism !== undefined && ![8, 13, 51, 52].includes(reply.code))
    return new Fault("directory.auth_failed", {
      host,
      by: "certificate",
      reason: "certificate_refused",
      detail: describe(reply),
    });
  switch (reply.code) {
    case 8:
    case 13:
      return new Fault("directory.encryption_required", { host, detail });
    case 49:
      return new Fault("directory.auth_failed", {
        host,
        user,
        reason: windowsReason(reply.message) ?? "credentials",
        detail,
      });
    case 32:
    case 34:
      return new Fault("directory.auth_failed", { host, user, reason: "credentials", detail });
    case 48:
    case 53:
      return new Fault("directory.auth_failed", {
        host,
        user,
        reason: user === undefined ? "anonymous" : "refused",
        detail,
      });
    case 51:
    case 52:
      return new Fault("directory.unavailable", { host, reason: describe(reply) });
    default:
      return new Fault("directory.auth_failed", { host, user, reason: "refused", detail: describe(reply) });
  }
}

/** What a failed search means. A read that a limit cut short is never a smaller directory. */
export function searchFault(reply: Reply, parties: Parties, asked: Asked): Fault {
  const { host } = parties;
  const user = parties.user || undefined;
  const { base, what, count } = asked;
  const detail = describe(reply);
  const truncated = (reason: string) => new Fault("directory.truncated", { host, user, what, count, reason, detail });
  const forbidden = (right: string) => new Fault("directory.forbidden", { host, user, what, right, base, detail });
  switch (reply.code) {
    case 3:
      return truncated("time");
    case 4:
      return truncated("size");
    case 11:
      return truncated("admin");
    case 53:
      return count > 0 || /cookie/iu.test(reply.message)
        ? truncated("refused")
        : forbidden(user === undefined ? "login" : "search");
    case 1:
      // To a search before a log-in Active Directory says "LdapErr DSID-…, comment: … a successful bind must be completed", Samba
      // "00002020: Operation unavailable without authentication".
      return /000004DC|successful bind|without authentication/iu.test(reply.message)
        ? forbidden("login")
        : new Fault("directory.unavailable", { host, reason: detail });
    case 8:
    case 13:
      return new Fault("directory.encryption_required", { host, detail });
    case 10:
      return new Fault("directory.base_missing", { host, base, elsewhere: reply.referrals.join(", ") || undefined });
    case 32:
    case 34:
      return new Fault("directory.base_missing", {
        host,
        base,
        exists: asked.exists ?? (reply.matchedDn || undefined),
        detail,
      });
    case 48:
    case 49:
      return forbidden("login");
    case 50:
      return forbidden("read");
    case 51:
    case 52:
      return new Fault("directory.unavailable", { host, reason: detail });
    default:
      return new Fault("directory.bad_response", { host, field: what, reason: detail });
  }
}

/** A connection that could not be made, broke, fell silent or spoke something else. */
export function connectionFault(error: unknown, { host }: Parties): Fault {
  if (error instanceof Fault) return error;
  if (error instanceof Malformed)
    return new Fault("directory.bad_response", { host, field: "LDAP", reason: error.message }, error);
  // With TLS 1.3 a server says what it thinks of our certificate when the connection already counts as secure.
  if (refusesOurCertificate(systemCode(error)))
    return new Fault("directory.tls", { host, reason: "client_certificate" }, error);
  return new Fault("directory.unreachable", { host, reason: socketReason(error) }, error);
}

/** Reasons of `directory.unreachable`; the words know these, other text is shown as it is. */
function socketReason(error: unknown): string {
  const code = systemCode(error);
  const known: Record<string, string> = {
    ECONNREFUSED: "refused",
    ENOTFOUND: "name_unknown",
    EAI_AGAIN: "name_unknown",
    ETIMEDOUT: "timeout",
    ECONNRESET: "closed",
    EPIPE: "closed",
    EHOSTUNREACH: "no_route",
    ENETUNREACH: "no_route",
  };
  return known[code] ?? (code !== "" ? code : error instanceof Error ? error.message : "closed");
}

/** Sub-codes of Active Directory's answer to a bind, as in `AcceptSecurityContext error, data 52e, v4563`. */
function windowsReason(message: string): string | undefined {
  const code = /\bdata ([\da-f]+)\b/iu.exec(message)?.[1]?.toLowerCase();
  const known: Record<string, string> = {
    "525": "unknown_account",
    "52e": "credentials",
    "530": "hours",
    "531": "workstation",
    "532": "password_expired",
    "533": "disabled",
    "701": "expired",
    "773": "must_change",
    "775": "locked",
  };
  return code === undefined ? undefined : known[code];
}

/** A server's own words with the code they came with. */
const describe = (reply: Reply): string => {
  const text = clean(reply.message);
  return text === "" ? `LDAP result ${reply.code}` : `${text} (LDAP result ${reply.code})`;
};

/** Active Directory ends its messages with a zero byte. */
const clean = (message: string): string => message.replaceAll("\0", "").trim();
