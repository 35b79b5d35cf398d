import { isIP, type Socket } from "node:net";
import { connect, createSecureContext, type SecureContext, type TLSSocket } from "node:tls";
import { Fault } from "../../core/fault.ts";
import { systemCode } from "../../core/system-code.ts";
import { certificateReasons } from "../../http/certificate-reasons.ts";
import { readClientCertificate, type ClientCertificateFiles } from "../../http/client-certificate.ts";
import { readAuthorities } from "../../http/pem.ts";

/** Whose certificates count. */
export interface Trust {
  readonly verify: boolean;
  readonly context: SecureContext;
}

/** What a server showed of itself. */
export interface Certificate {
  readonly subject: string;
  readonly issuer: string;
  readonly until: string;
  readonly isTrusted: boolean;
  readonly protocol: string;
}

/** The given authorities and those of the file, and the certificate to show; Fault `network.file_unreadable {path, field, reason}`. */
export async function createTrust(
  authorities: readonly string[],
  {
    caFile,
    verifyTls,
    ...files
  }: ClientCertificateFiles & { readonly caFile?: string | undefined; readonly verifyTls: boolean },
): Promise<Trust> {
  const own = caFile === undefined || caFile === "" ? [] : await readAuthorities(caFile, "directory.caFile");
  const client = await readClientCertificate(files, "directory");
  const shown =
    client === undefined
      ? {}
      : {
          cert: client.certificate,
          key: client.key,
          ...(client.passphrase === undefined ? {} : { passphrase: client.passphrase }),
        };
  return { verify: verifyTls, context: createSecureContext({ ca: [...authorities, ...own], ...shown }) };
}

/**
 * Encrypts a connected socket and checks the certificate against the host the user typed, an IP address included.
 * Nothing is sent before the check. Fault `directory.tls {host, reason, subject, issuer}`.
 */
export async function secure(
  socket: Socket,
  host: string,
  name: string,
  trust: Trust,
  milliseconds: number,
): Promise<TLSSocket> {
  const encrypted = connect({
    socket,
    host,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    secureContext: trust.context,
    // Judged below, where the certificate is still at hand to be named.
    rejectUnauthorized: false,
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const fail = (reason: string) => (cause?: unknown) =>
    reject(new Fault("directory.tls", { host: name, reason }, cause));
  const failed = (error: unknown) => fail(handshakeReason(error))(error);
  const closed = fail("closed");
  const late = fail("timeout");
  encrypted.setTimeout(milliseconds);
  encrypted.once("secureConnect", resolve).once("error", failed).once("close", closed).once("timeout", late);
  try {
    await promise;
    if (trust.verify && !encrypted.authorized) throw untrusted(encrypted, name);
  } catch (error) {
    encrypted.on("error", () => {});
    encrypted.destroy();
    throw error;
  } finally {
    encrypted.off("secureConnect", resolve).off("error", failed).off("close", closed).off("timeout", late);
    encrypted.setTimeout(0);
  }
  return encrypted;
}

export function certificateOf(socket: TLSSocket): Certificate {
  const certificate = socket.getPeerCertificate();
  return {
    subject: nameOf(certificate.subject),
    issuer: nameOf(certificate.issuer),
    until: dateOf(certificate.valid_to),
    isTrusted: socket.authorized,
    protocol: socket.getProtocol() ?? "",
  };
}

/** Node's codes for what a server says about the certificate it was shown, or was not (RFC 8446 §6.2). */
export const refusesOurCertificate = (code: string): boolean =>
  /^ERR_SSL_(?:TLSV13?|SSLV3)_ALERT_(?:CERTIFICATE_|BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED)/u.test(
    code,
  );

/** As `2027-03-01`; certificates are written `Mar  1 12:00:00 2027 GMT`. */
function dateOf(text: string | undefined): string {
  const time = Date.parse(text ?? "");
  return Number.isNaN(time) ? (text ?? "") : new Date(time).toISOString().slice(0, 10);
}

function untrusted(socket: TLSSocket, host: string): Fault {
  const code = String(socket.authorizationError);
  const { subject, issuer, until } = certificateOf(socket);
  const names = socket.getPeerCertificate().subjectaltname ?? "";
  return new Fault("directory.tls", { host, reason: certificateReasons[code] ?? code, subject, issuer, until, names });
}

function handshakeReason(error: unknown): string {
  const code = systemCode(error);
  if (refusesOurCertificate(code)) return "client_certificate";
  if (code === "ECONNRESET" || code === "EPIPE") return "closed";
  return code.startsWith("ERR_SSL_WRONG_VERSION") || code.startsWith("ERR_SSL_PACKET")
    ? "not_tls"
    : code || String(error);
}

function nameOf(name: { readonly CN?: string | string[]; readonly O?: string | string[] } | undefined): string {
  const first = name?.CN ?? name?.O ?? "";
  return typeof first === "string" ? first : first.join(", ");
}
