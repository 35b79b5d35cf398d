import type { SecretReference } from "../config/field.ts";

/** Keeps secrets outside the configuration. Names are `organizations.acme.clientSecret`, `profiles.main.directory.password` … */
export interface SecretStore {
  readonly kind: "keychain" | "sealed";
  get(name: string): Promise<string | undefined>;
  /** Gives the reference to write into the configuration. */
  set(name: string, secret: string): Promise<SecretReference>;
  delete(name: string): Promise<void>;
}

/** Turns a reference into its text; Fault `secret.missing`, `secret.unreadable` or `secret.command_failed` names the reference, never the secret. */
export type ResolveSecret = (name: string, reference: SecretReference) => Promise<string>;

/** All of an installation's secrets. */
export interface Secrets {
  readonly resolve: ResolveSecret;
  /** The store asked for; unless asked, the keychain where it works, else the sealed file. Fault `secret.store_unavailable`. */
  store(kind?: "keychain" | "sealed"): Promise<SecretStore>;
  /** Encrypts text for the store's `saveValue` (access tokens), and back; undefined when it was sealed elsewhere or damaged. */
  seal(text: string): Promise<string>;
  unseal(sealed: string): Promise<string | undefined>;
  /** A secret that is stored nowhere, for `redact` to know: typed by somebody who only tries. */
  remember(secret: string): void;
  /** Replaces every secret resolved so far by `***`, for logs and errors. */
  redact(text: string): string;
}
