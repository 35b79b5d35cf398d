import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach } from "vitest";
import en from "../locales/en.json" with { type: "json" };
import { createMessages } from "../locales/messages.ts";
import type { Fault } from "../src/core/fault.ts";
import type { Keyring } from "../src/secrets/keychain.ts";
import type { Secrets } from "../src/secrets/secret-store.ts";
import { createSecrets, type SecretsOptions } from "../src/secrets/secrets.ts";

/** A fresh folder for every test of the file, and secrets whose home is in it. */
export interface SecretsHome {
  /** The test's folder; the home is `home` in it. */
  readonly folder: string;
  open(options?: Partial<SecretsOptions>): Secrets;
}

export const useSecretsHome = (): SecretsHome => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "secrets-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
  return {
    get folder() {
      return folder;
    },
    open: (options = {}) =>
      createSecrets({ folder: join(folder, "home"), env: {}, keychain: "off", random: randomBytes, ...options }),
  };
};

const messages = createMessages(en, "en");

/** What a person reads of a fault. */
export const sentenceOf = ({ code, params }: Fault): string => {
  const { what, remedy } = messages.fault(code, params);
  return `${what} ${remedy}`;
};

/** A keychain that works, in memory. */
export const workingKeyring = (kept = new Map<string, string>()): (() => Promise<Keyring>) => {
  class AsyncEntry {
    readonly name: string;
    constructor(service: string, account: string) {
      this.name = `${service}/${account}`;
    }
    getPassword = async (): Promise<string | null> => kept.get(this.name) ?? null;
    setPassword = async (secret: string): Promise<void> => void kept.set(this.name, secret);
    deletePassword = async (): Promise<boolean> => kept.delete(this.name);
  }
  return async () => ({ AsyncEntry });
};
