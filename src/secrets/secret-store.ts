import type { SecretReference } from "../config/field.ts";

/** Keeps secrets outside the configuration. Names are `organizations.acme.clientSecret`, `profiles.main.directory.password` … */
export interface SecretStore {
  readonly kind: "keychain" | "sealed";
  get(name: string): Promise<string | undefined>;
  set(name: string, secret: string): Promise<SecretReference>;
  delete(name: string): Promise<void>;
}

/** Turns a reference into its text; Fault `secret.missing`, `secret.unreadable` or `secret.command_failed` names the reference, never the secret. */
export type ResolveSecret = (name: string, reference: SecretReference) => Promise<string>;
