import type { Resolved } from "../../config/field.ts";
import type { Clock } from "../../core/clock.ts";
import type { Diagnostic } from "../../core/diagnostic.ts";
import { isFault } from "../../core/fault.ts";
import type { Log } from "../../core/log.ts";
import type { LdapConfig } from "./config.ts";
import { connect, parseAddress, spellHost, type Connection } from "./connection.ts";
import type { Parties } from "./errors.ts";
import { logIn, type Login } from "./login.ts";
import type { Certificate, Trust } from "./secure.ts";

/** A connection over which somebody is logged in. */
export interface Reached {
  readonly connection: Connection;
  readonly parties: Parties;
  /** Until the connection stood, encrypted. */
  readonly milliseconds: number;
  readonly passedOver: readonly PassedOver[];
}

/** A server that could not be used, and why, in the words of its Fault's reason. */
export interface PassedOver {
  readonly host: string;
  readonly reason: string;
}

interface Means {
  readonly login: Login;
  readonly trust: Trust;
  readonly now: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Told what went well before the log-in. */
  readonly found?: ((finding: Diagnostic) => void) | undefined;
}

/**
 * The first of the configured servers that can be reached and takes the log-in. One that does not answer, answers that it
 * cannot, or shows a certificate that does not count is passed over; a refused log-in is not, since the next server would
 * count it as another wrong password. Where none can be used, the Fault is that of the first.
 */
export async function reach(config: Resolved<LdapConfig>, means: Means): Promise<Reached> {
  const passedOver: PassedOver[] = [];
  let first: unknown;
  for (const url of [config.url, ...(config.fallbackUrls ?? [])])
    try {
      return { ...(await attempt(url, config, means)), passedOver };
    } catch (error) {
      if (!isFault(error, "directory.unreachable", "directory.unavailable", "directory.tls")) throw error;
      first ??= error;
      const reason = String(error.params["reason"] ?? error.code);
      passedOver.push({ host: String(error.params["host"] ?? url), reason });
      means.log.warn("an LDAP server could not be used", { host: url, code: error.code, reason });
    }
  throw first;
}

async function attempt(
  url: string,
  config: Resolved<LdapConfig>,
  { login, trust, now, signal, found }: Means,
): Promise<Omit<Reached, "passedOver">> {
  const address = parseAddress(url);
  const host = spellHost(address);
  const user = login.kind === "password" ? login.user : "";
  const started = now.now();
  const options = { parties: { host, user }, trust, timeout: config.timeout * 1000, signal };
  const connection = await connect(address, options);
  try {
    if (!address.isEncrypted && config.startTls) await connection.startTls();
    const milliseconds = now.now() - started;
    if (found !== undefined) connectionFindings(host, milliseconds, connection.certificate()).forEach(found);
    return { connection, parties: await logIn(connection, host, login), milliseconds };
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** That a server earlier in the list could not be used: the directory is read all the same, and somebody should look. */
export const notePassedOver = (passedOver: readonly PassedOver[]): Diagnostic[] =>
  passedOver.map(({ host, reason }) => ({ code: "ldap.passed_over", severity: "warning", params: { host, reason } }));

/** That the server was reached, and how the connection is secured. */
export const connectionFindings = (
  host: string,
  milliseconds: number,
  certificate: Certificate | undefined,
): Diagnostic[] => [
  { code: "check.directory.reached", severity: "ok", params: { host, milliseconds: Math.round(milliseconds) } },
  certificateFinding(host, certificate),
];

function certificateFinding(host: string, certificate: Certificate | undefined): Diagnostic {
  if (certificate === undefined) return { code: "check.directory.plain", severity: "warning", params: { host } };
  const { subject, issuer, until, isTrusted } = certificate;
  return isTrusted
    ? { code: "check.directory.certificate", severity: "ok", params: { subject, issuer, until } }
    : { code: "check.directory.certificate_unverified", severity: "warning", params: { subject, issuer, until } };
}
