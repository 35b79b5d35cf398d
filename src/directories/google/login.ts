import { z } from "zod";
import type { Resolved } from "../../config/field.ts";
import { Fault } from "../../core/fault.ts";
import { createTokenMemory, createTokenSource, type TokenSource } from "../../http/token.ts";
import type { DirectoryDependencies } from "../directory.ts";
import { readPrivateKey, signAssertion } from "../wire/assertion.ts";
import { requestToken, type Refusal } from "../wire/request-token.ts";
import { readRoot } from "../wire/root.ts";
import type { GoogleConfig } from "./config.ts";

export interface Login {
  readonly token: TokenSource;
  /** The address of the service account. */
  readonly serviceAccount: string;
}

/** All that is ever asked for: one that was not delegated would make every log-in fail. */
export const scopes: readonly string[] = [
  "https://www.googleapis.com/auth/admin.directory.user.readonly",
  "https://www.googleapis.com/auth/admin.directory.group.readonly",
  "https://www.googleapis.com/auth/admin.directory.group.member.readonly",
];

/**
 * A service account that acts for an administrator (Google, "Using OAuth 2.0 for server to server applications"). Faults
 * `directory.key_invalid`, and `directory.auth_failed` where the account's address is not known.
 */
export const createLogin = (
  config: Resolved<GoogleConfig>,
  { http, now: clock, signal }: DirectoryDependencies,
): Login => {
  const url = readRoot(config.loginAddress ?? "https://oauth2.googleapis.com/token");
  const { serviceAccount, pem, keyId } = readKey(config);
  const key = readPrivateKey(pem, "directory.serviceAccountKey");
  if (serviceAccount === undefined)
    throw new Fault("directory.auth_failed", { host: url.host, user: undefined, reason: "account_missing" });
  const token = createTokenSource({
    key: "google",
    cache: createTokenMemory(),
    clock,
    request: async () =>
      requestToken({
        http,
        now: clock,
        signal,
        url,
        user: serviceAccount,
        secrets: [],
        form: {
          grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer",
          assertion: await signAssertion(key, {
            issuer: serviceAccount,
            subject: config.adminUser.trim(),
            audience: url.href,
            issuedAt: clock.now(),
            life: 3600,
            claims: { scope: scopes.join(" ") },
            ...(keyId === undefined ? {} : { header: { kid: keyId } }),
          }),
        },
        judge: (refusal) => judge(refusal, config.adminUser),
      }),
  });
  return { token, serviceAccount };
};

const KeyFile = z.object({ client_email: z.string(), private_key: z.string(), private_key_id: z.string().optional() });

/** The parts of a key file, or a key as it is. */
const readKey = ({ serviceAccountKey: key, serviceAccount }: Resolved<GoogleConfig>) => {
  if (!key.trim().startsWith("{")) return { serviceAccount, pem: key, keyId: undefined };
  let parsed: unknown;
  try {
    parsed = JSON.parse(key);
  } catch {
    throw new Fault("directory.key_invalid", { field: "directory.serviceAccountKey", reason: "unreadable" });
  }
  const read = KeyFile.safeParse(parsed);
  if (!read.success)
    throw new Fault("directory.key_invalid", { field: "directory.serviceAccountKey", reason: "no_service_account" });
  const { client_email, private_key, private_key_id } = read.data;
  return { serviceAccount: client_email, pem: private_key, keyId: private_key_id };
};

/** What a refusal means. */
const judge = ({ code, detail, asked }: Refusal, admin: string): Fault | undefined => {
  const { host, user } = asked;
  const reason = reasons.find(([words]) => words.test(`${code}: ${detail}`))?.[1];
  if (reason === undefined) return undefined;
  return new Fault("directory.auth_failed", { host, user, reason, detail, admin, scopes: scopes.join(", ") });
};

/** By error and description, the first that fits (Google, "Using OAuth 2.0 for server to server applications": JWT error codes). */
const reasons: readonly (readonly [RegExp, string])[] = [
  [/account restricted/iu, "admin_restricted"],
  [/^(?:unauthorized_client|access_denied|invalid_scope|admin_policy_enforced):/u, "delegation"],
  [/^disabled_client:/u, "account_disabled"],
  [/invalid impersonation/iu, "admin_unknown"],
  [/^invalid_grant: .*(?:invalid email|user id|not a valid email|account has been deleted)/iu, "admin_unknown"],
  [/^invalid_grant: .*(?:short-lived|\biat\b|\bexp\b)/iu, "clock"],
  [/^invalid_grant: .*(?:signature|account not found|no valid verifier)/iu, "key_unknown"],
  [/^invalid_grant:/u, "refused"],
];
