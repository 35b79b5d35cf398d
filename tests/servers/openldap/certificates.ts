import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

/** Certificates a server can show. `server` is in order for 127.0.0.1, ::1 and localhost. */
export type CertificateKind = "server" | "expired" | "other-host" | "other-issuer" | "name-only";
/** Certificates a client can show: of `cn=reader`, of somebody the server does not know, of an authority it does not trust. */
export type ClientKind = "client" | "client-stranger" | "client-other-issuer";

export interface Authority {
  /** PEM of the issuer. */
  readonly caFile: string;
  issue(kind: CertificateKind | ClientKind): Promise<{ readonly certificate: string; readonly key: string }>;
}

/** An authority of our own in a folder, by OpenSSL; `addresses` are further ones that `server` is for. */
export async function createAuthority(folder: string, addresses: readonly string[] = []): Promise<Authority> {
  const at = (name: string): string => join(folder, name);
  await makeIssuer(folder, "ca", "/O=Firm/CN=Firm CA");
  return {
    caFile: at("ca.pem"),
    issue: async (kind) => {
      if (kind.endsWith("other-issuer")) await makeIssuer(folder, "other", "/O=Elsewhere/CN=Other CA");
      await makeLeaf(folder, kind, addresses);
      return { certificate: at(`${kind}.pem`), key: at(`${kind}.key`) };
    },
  };
}

const run = promisify(execFile);
const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

async function makeIssuer(folder: string, name: string, subject: string): Promise<void> {
  const file = join(folder, `${name}.pem`);
  const usage = "keyUsage=critical,keyCertSign,cRLSign";
  const made = ["-keyout", join(folder, `${name}.key`), "-out", file];
  await run("openssl", ["req", "-x509", ...newKey, "-days", "3650", "-subj", subject, ...made, "-addext", usage]);
}

async function makeLeaf(
  folder: string,
  kind: CertificateKind | ClientKind,
  addresses: readonly string[],
): Promise<void> {
  const at = (ending: string): string => join(folder, `${kind}.${ending}`);
  const isClient = kind.startsWith("client");
  const usage = isClient ? "clientAuth" : "serverAuth";
  const subject = isClient ? (kind === "client-stranger" ? "stranger" : "reader") : "ldap.firm.test";
  const names =
    {
      "other-host": "DNS:wrong.example.test",
      "name-only": "DNS:localhost",
    }[kind as string] ??
    `IP:127.0.0.1,IP:::1,DNS:localhost,DNS:${hostname()}${addresses.map((each) => `,IP:${each}`).join("")}`;
  const issuer = join(folder, kind.endsWith("other-issuer") ? "other" : "ca");
  await writeFile(at("ext"), `basicConstraints=CA:FALSE\nextendedKeyUsage=${usage}\nsubjectAltName=${names}\n`);
  await run("openssl", ["req", ...newKey, "-keyout", at("key"), "-out", at("csr"), "-subj", `/O=Firm/CN=${subject}`]);
  // A day that ended yesterday is an expired certificate.
  const signed = ["-CA", `${issuer}.pem`, "-CAkey", `${issuer}.key`, "-days", kind === "expired" ? "-1" : "825"];
  const serial = String(Buffer.from(kind).readUInt32BE());
  const made = ["-in", at("csr"), "-out", at("pem"), "-extfile", at("ext"), "-set_serial", serial];
  await run("openssl", ["x509", "-req", ...made, ...signed]);
}
