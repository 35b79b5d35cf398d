import { randomUUID, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { z } from "zod";
import type { Resolved } from "../../config/field.ts";
import { Fault } from "../../core/fault.ts";
import { systemCode } from "../../core/system-code.ts";
import { createTokenMemory, createTokenSource, type TokenSource } from "../../http/token.ts";
import type { DirectoryDependencies } from "../directory.ts";
import { readPrivateKey, signAssertion } from "../wire/assertion.ts";
import { requestToken, type Refusal } from "../wire/request-token.ts";
import type { Addresses } from "./clouds.ts";
import type { EntraConfig } from "./config.ts";

export interface Login {
  readonly token: TokenSource;
  readonly secrets: readonly string[];
  /** When what we prove ourselves with ends, where that can be told: a certificate's end, in milliseconds since 1970. */
  readonly endsAt?: number;
}

/**
 * A client secret, or a certificate with its key (Microsoft identity platform, "client credentials flow"). Faults
 * `directory.auth_failed` (reason `no_proof` where neither is given), `directory.key_invalid`, `network.file_unreadable`.
 */
export const createLogin = async (
  config: Resolved<EntraConfig>,
  addresses: Addresses,
  { http, now: clock, signal }: DirectoryDependencies,
): Promise<Login> => {
  const { clientId, clientSecret = "" } = config;
  const url = addresses.token;
  const proof = clientSecret.trim() === "" ? await readProof(config, url.host) : undefined;
  const secrets = [clientSecret.trim()].filter((secret) => secret !== "");
  const prove = async (): Promise<Record<string, string>> =>
    proof === undefined
      ? { client_secret: clientSecret.trim() }
      : {
          client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
          client_assertion: await signAssertion(proof.key, {
            issuer: clientId,
            subject: clientId,
            audience: url.href,
            issuedAt: clock.now(),
            life: 300,
            id: randomUUID(),
            header: { x5t: proof.thumbprint },
          }),
        };
  const token = createTokenSource({
    key: "entra",
    cache: createTokenMemory(),
    clock,
    request: async () =>
      requestToken({
        http,
        now: clock,
        signal,
        url,
        user: clientId,
        secrets,
        form: { grant_type: "client_credentials", client_id: clientId, scope: addresses.scope, ...(await prove()) },
        judge: (refusal) => judge(refusal, (proof?.endsAt ?? Infinity) <= clock.now()),
      }),
  });
  return { token, secrets, ...(proof === undefined ? {} : { endsAt: proof.endsAt }) };
};

const readProof = async ({ certificate, privateKey, clientId }: Resolved<EntraConfig>, host: string) => {
  if (certificate === undefined || privateKey === undefined)
    throw new Fault("directory.auth_failed", { host, user: clientId, reason: "no_proof" });
  const unreadable = (reason: string): Fault =>
    new Fault("network.file_unreadable", { path: certificate, field: "directory.certificate", reason });
  let pem: string;
  try {
    pem = await readFile(certificate, "utf8");
  } catch (error) {
    const code = systemCode(error);
    throw unreadable(code === "ENOENT" ? "missing" : code === "EACCES" ? "forbidden" : (code ?? "unreadable"));
  }
  const key = readPrivateKey(privateKey, "directory.privateKey");
  try {
    const read = new X509Certificate(pem);
    if (!read.checkPrivateKey(key)) throw unreadable("pair");
    // RFC 7515 §4.1.7: the SHA-1 of the DER, in base64url.
    const thumbprint = Buffer.from(read.fingerprint.replaceAll(":", ""), "hex").toString("base64url");
    return { key, thumbprint, endsAt: Date.parse(read.validTo) };
  } catch (error) {
    throw error instanceof Fault ? error : unreadable("no_certificate");
  }
};

/**
 * What a refusal means. The codes in the text are hints for people only: what to do follows from `error` (Microsoft,
 * "AADSTS error codes": their numbers and texts may change).
 */
const judge = ({ code, detail, asked }: Refusal, hasEnded: boolean): Fault | undefined => {
  if (code === undefined) return undefined;
  const { host, user } = asked;
  const number = /AADSTS(\d+)/u.exec(detail)?.[1] ?? "";
  const said = detail.replace(/\s*(?:Trace ID|Correlation ID|Timestamp):.*$/su, "").trim();
  const reason = hasEnded && number === "700027" ? "certificate_expired" : (hints[number] ?? "refused");
  return new Fault("directory.auth_failed", { host, user, reason, detail: said });
};

const hints: Readonly<Record<string, string>> = {
  "7000215": "secret_wrong",
  "7000222": "secret_expired",
  "700016": "app_unknown",
  "90002": "tenant_unknown",
  "900023": "tenant_unknown",
  "900382": "tenant_unknown",
  "500011": "tenant_unknown",
  "700027": "certificate_unknown",
};

/** What a token says of itself: the tenant, and the rights that were granted; an unreadable one says nothing. */
export const readClaims = (token: string): { readonly tenant?: string; readonly roles?: readonly string[] } => {
  try {
    const read = Claims.parse(JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8")));
    return {
      ...(read.tid === undefined ? {} : { tenant: read.tid }),
      ...(read.roles === undefined ? {} : { roles: read.roles }),
    };
  } catch {
    return {};
  }
};

const Claims = z.object({ tid: z.string().optional(), roles: z.array(z.string()).optional() });
