import { createPrivateKey } from "node:crypto";
import { createSecureContext } from "node:tls";
import { certificatesIn, readPem, unreadable } from "./pem.ts";

/** PEM texts; the passphrase is a secret. */
export interface ClientCertificate {
  readonly certificate: string;
  readonly key: string;
  readonly passphrase?: string;
}

/** As configured: an empty path is none, and the key may be in the file of the certificate. */
export interface ClientCertificateFiles {
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
  readonly keyPassphrase?: string | undefined;
}

/** What a server that asks for a certificate is shown; Fault `network.file_unreadable {path, field, reason}`, the field below `section`. */
export const readClientCertificate = async (
  settings: ClientCertificateFiles,
  section: string,
): Promise<ClientCertificate | undefined> => {
  const { certFile, keyFile, keyPassphrase } = settings;
  const certPath = certFile === "" ? undefined : certFile;
  if (certPath === undefined) return undefined;
  // A certificate file may hold its key too.
  const keyPath = keyFile === undefined || keyFile === "" ? certPath : keyFile;
  const certificate = await readPem(certPath, `${section}.certFile`);
  const key = await readPem(keyPath, `${section}.keyFile`);
  if (certificatesIn(certificate).length === 0) throw unreadable(certPath, `${section}.certFile`, "no_certificate");
  const passphrase = keyPassphrase === undefined ? {} : { passphrase: keyPassphrase };
  try {
    createPrivateKey({ key, ...passphrase });
  } catch (error) {
    throw unreadable(
      keyPath,
      `${section}.keyFile`,
      /BEGIN [A-Z ]*PRIVATE KEY/u.test(key) ? "passphrase" : "no_key",
      error,
    );
  }
  try {
    createSecureContext({ cert: certificate, key, ...passphrase });
  } catch (error) {
    throw unreadable(keyPath, `${section}.keyFile`, "pair", error);
  }
  return { certificate, key, ...passphrase };
};
