import { dirname, isAbsolute, resolve as resolvePath } from "node:path";
import type { RunCommand } from "./command.ts";
import { openKeychain, unavailable, type Keyring } from "./keychain.ts";
import type { Random } from "./private-file.ts";
import { createRedaction } from "./redact.ts";
import { createResolve } from "./reference.ts";
import { createSealedFile, type SealedFile } from "./sealed-file.ts";
import type { SecretStore, Secrets } from "./secret-store.ts";

export interface SecretsOptions {
  /** Of the home: where the sealed file and its key lie. */
  readonly folder: string;
  /** `config.json`: `{ file }` references without a root start at its folder. */
  readonly configFile?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** For portable homes: seals the file instead of a key file beside it; empty counts as none. */
  readonly passphrase?: string | undefined;
  /** `off` where nobody is logged in (services, containers): the sealed file unless the keychain is asked for by name. */
  readonly keychain?: "auto" | "off";
  readonly random: Random;
  readonly loadKeyring?: () => Promise<Keyring>;
  readonly runCommand?: RunCommand;
  readonly readFile?: (path: string) => Promise<string>;
  readonly limits?: Partial<SecretsLimits>;
}

/** In milliseconds. */
export interface SecretsLimits {
  readonly command: number;
  /** Until a keychain that does not answer counts as unavailable. */
  readonly keychain: number;
  /** Until a lock that stays the same counts as left behind. */
  readonly lock: number;
}
const defaultLimits: SecretsLimits = { command: 30_000, keychain: 60_000, lock: 5_000 };

/** All of an installation's secrets; nothing is opened before it is needed. */
export const createSecrets = (options: SecretsOptions): Secrets => {
  const limits = { ...defaultLimits, ...options.limits };
  const redaction = createRedaction();
  const passphrase = options.passphrase === "" ? undefined : options.passphrase;
  if (passphrase !== undefined) redaction.remember(passphrase);
  const sealed = createSealedFile({
    folder: options.folder,
    random: options.random,
    patienceMs: limits.lock,
    ...(passphrase === undefined ? {} : { passphrase }),
  });
  const preferSealed = options.keychain === "off" || passphrase !== undefined;
  let opened: ReturnType<typeof openKeychain> | undefined;
  const keychain = (): ReturnType<typeof openKeychain> =>
    (opened ??= openKeychain({
      service: `Directory Connector ${options.folder}`,
      load: options.loadKeyring ?? loadKeyring,
      patienceMs: limits.keychain,
    }));
  const store = async (kind?: "keychain" | "sealed"): Promise<SecretStore> => {
    if (kind === "sealed" || (kind === undefined && preferSealed)) return remembering(sealed);
    const found = await keychain();
    if (!("reason" in found)) return remembering(kind === "keychain" ? found : withFallback(found, sealed));
    if (kind === "keychain") throw unavailable(redaction.redact(found.reason));
    return remembering(sealed);
  };
  /** Also what is only being stored must not appear in a log. */
  const remembering = (inner: SecretStore): SecretStore => ({
    ...inner,
    get: async (name) => {
      const secret = await inner.get(name);
      if (secret !== undefined) redaction.remember(secret);
      return secret;
    },
    set: (name, secret) => {
      redaction.remember(secret);
      return inner.set(name, secret);
    },
  });
  return {
    store,
    resolve: createResolve({
      env: withoutPassphrase(options.env),
      store,
      remember: redaction.remember,
      redact: redaction.redact,
      timeoutMs: limits.command,
      locate: (path) =>
        options.configFile === undefined || isAbsolute(path) ? path : resolvePath(dirname(options.configFile), path),
      ...(options.readFile === undefined ? {} : { readFile: options.readFile }),
      ...(options.runCommand === undefined ? {} : { runCommand: options.runCommand }),
    }),
    seal: sealed.seal,
    unseal: sealed.unseal,
    remember: redaction.remember,
    redact: redaction.redact,
  };
};

/** Unless asked for, the keychain is a preference: what it does not take (Windows: more than 2,560 bytes) is sealed. */
const withFallback = (keychain: SecretStore, sealed: SealedFile): SecretStore => ({
  ...keychain,
  set: async (name, secret) => {
    try {
      const reference = await keychain.set(name, secret);
      if (await sealed.exists()) await sealed.delete(name);
      return reference;
    } catch {
      return sealed.set(name, secret);
    }
  },
});

/** Commands need the environment, but not what opens everything. */
const withoutPassphrase = (env: SecretsOptions["env"]): SecretsOptions["env"] => {
  const { DIRECTORY_CONNECTOR_PASSPHRASE: _passphrase, ...rest } = env;
  return rest;
};

const loadKeyring = async (): Promise<Keyring> => import("@napi-rs/keyring");
