import { createHash } from "node:crypto";
import type { TokenCache } from "../organizations/organization.ts";
import type { Secrets } from "../secrets/secret-store.ts";
import type { Store } from "../store/store.ts";

export interface SealedTokens extends TokenCache {
  /** Forgets every token: who logs out leaves none behind. */
  forget(): Promise<void>;
}

/**
 * Access tokens in the store, sealed, so that every process of this home uses one log-in for its hour: identity servers
 * allow ten a minute. All are in one value, so that they can be forgotten together; of two processes that write at once
 * one token may get lost, which costs a log-in. What cannot be unsealed is as good as absent.
 */
export const createTokenCache = (store: Store, secrets: Secrets, now: () => number): SealedTokens => {
  const read = async (): Promise<ReadonlyMap<string, Token>> => {
    const sealed = await store.value(place);
    const text = sealed === undefined ? undefined : await secrets.unseal(sealed);
    return text === undefined ? new Map() : tokensIn(text);
  };
  return {
    get: async (key) => (await read()).get(nameOf(key)),
    set: async (key, token) => {
      const kept = new Map([...(await read())].filter(([, { expiresAt }]) => expiresAt > now()));
      if (token === undefined) kept.delete(nameOf(key));
      else kept.set(nameOf(key), token);
      await store.saveValue(place, kept.size === 0 ? undefined : await secrets.seal(JSON.stringify([...kept])));
    },
    forget: () => store.saveValue(place, undefined),
  };
};

const place = "tokens";

interface Token {
  readonly token: string;
  readonly expiresAt: number;
}

/** Keys may hold more than an id; a hash keeps whatever it is out of the file. */
const nameOf = (key: string): string => createHash("sha256").update(key).digest("hex");

const tokensIn = (text: string): ReadonlyMap<string, Token> => {
  const entries: unknown = JSON.parse(text);
  const tokens = new Map<string, Token>();
  for (const entry of Array.isArray(entries) ? entries : []) {
    if (!Array.isArray(entry)) continue;
    const [name, token]: unknown[] = entry;
    if (typeof name === "string" && isToken(token)) tokens.set(name, token);
  }
  return tokens;
};

const isToken = (value: unknown): value is Token =>
  typeof value === "object" &&
  value !== null &&
  "token" in value &&
  typeof value.token === "string" &&
  "expiresAt" in value &&
  typeof value.expiresAt === "number";
