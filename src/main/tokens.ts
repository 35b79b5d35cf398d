import { createHash } from "node:crypto";
import type { TokenCache } from "../organizations/organization.ts";
import type { Secrets } from "../secrets/secret-store.ts";
import type { Store } from "../store/store.ts";

/**
 * Access tokens in the store, sealed, so that every process of this home uses one log-in for its hour: identity servers
 * allow ten a minute. What cannot be unsealed is as good as absent.
 */
export const createTokenCache = (store: Store, secrets: Secrets): TokenCache => ({
  get: async (key) => {
    const sealed = await store.value(nameOf(key));
    const text = sealed === undefined ? undefined : await secrets.unseal(sealed);
    if (text === undefined) return undefined;
    const kept: unknown = JSON.parse(text);
    return isToken(kept) ? kept : undefined;
  },
  set: async (key, token) => {
    await store.saveValue(nameOf(key), token === undefined ? undefined : await secrets.seal(JSON.stringify(token)));
  },
});

/** Keys may hold more than an id; a hash keeps whatever it is out of the file. */
const nameOf = (key: string): string => `token:${createHash("sha256").update(key).digest("hex")}`;

const isToken = (value: unknown): value is { token: string; expiresAt: number } =>
  typeof value === "object" &&
  value !== null &&
  "token" in value &&
  typeof value.token === "string" &&
  "expiresAt" in value &&
  typeof value.expiresAt === "number";
