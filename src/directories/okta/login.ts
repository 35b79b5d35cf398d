import { randomUUID } from "node:crypto";
import { Fault } from "../../core/fault.ts";
import { createTokenMemory, createTokenSource, type TokenSource } from "../../http/token.ts";
import type { Resolved } from "../../config/field.ts";
import type { DirectoryDependencies } from "../directory.ts";
import { readPrivateKey, signAssertion } from "../wire/assertion.ts";
import { requestToken } from "../wire/request-token.ts";
import type { OktaConfig } from "./config.ts";

/** How this configuration logs in. */
export interface Login {
  readonly token: TokenSource;
  readonly headers: (token: string) => Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
  /** The app; a token does not tell whose it is. */
  readonly user: string | undefined;
}

/** All that is ever asked for; both must be granted to the app. */
export const scopes = ["okta.users.read", "okta.groups.read"] as const;

/**
 * An API token as it is, or a service app that proves itself with its key (Okta, "Implement OAuth for Okta with a service
 * app"). Fault `directory.auth_failed` (reason `no_token`) where neither is given.
 */
export const createLogin = (config: Resolved<OktaConfig>, root: URL, dependencies: DirectoryDependencies): Login => {
  const { token, clientId, privateKey, keyId } = config;
  if (token !== undefined && token.trim() !== "") return tokenLogin(token.trim());
  if (clientId === undefined || privateKey === undefined)
    throw new Fault("directory.auth_failed", { host: root.host, user: clientId, reason: "no_token" });
  const key = readPrivateKey(privateKey, "directory.privateKey");
  const url = new URL("/oauth2/v1/token", root);
  const { http, now: clock, signal } = dependencies;
  const source = createTokenSource({
    key: "okta",
    cache: createTokenMemory(),
    clock,
    request: async () =>
      requestToken({
        http,
        now: clock,
        signal,
        url,
        user: clientId,
        secrets: [],
        form: {
          grant_type: "client_credentials",
          scope: scopes.join(" "),
          client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
          client_assertion: await signAssertion(key, {
            issuer: clientId,
            subject: clientId,
            audience: url.href,
            issuedAt: clock.now(),
            life: 300,
            id: randomUUID(),
            ...(keyId === undefined ? {} : { header: { kid: keyId } }),
          }),
        },
        judge: ({ code, detail, asked }) => refusal(code, detail, asked.host, clientId),
      }),
  });
  return { token: source, headers: (text) => ({ authorization: `Bearer ${text}` }), secrets: [], user: clientId };
};

/** A token that Okta no longer takes cannot be renewed from here: the same one is tried once more, and the answer stands. */
const tokenLogin = (token: string): Login => ({
  token: { current: () => Promise.resolve(token), refused: () => Promise.resolve() },
  headers: (text) => ({ authorization: `SSWS ${text}` }),
  secrets: [token],
  user: undefined,
});

const refusal = (code: string | undefined, detail: string, host: string, user: string): Fault | undefined => {
  if (code === "invalid_dpop_proof" || code === "use_dpop_nonce")
    return new Fault("directory.auth_failed", { host, user, reason: "dpop" });
  if (code === "invalid_scope" || code === "access_denied" || code === "consent_required")
    return new Fault("directory.forbidden", {
      host,
      user,
      what: "token",
      right: scopes.join(", "),
      grant: "okta_app",
      detail,
    });
  return code === "invalid_client"
    ? new Fault("directory.auth_failed", { host, user, reason: "app_key_unknown", detail })
    : undefined;
};
