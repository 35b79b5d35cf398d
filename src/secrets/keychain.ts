import { Fault } from "../core/fault.ts";
import type { SecretStore } from "./secret-store.ts";

/** The part of @napi-rs/keyring that is used. */
export interface Keyring {
  readonly AsyncEntry: new (
    service: string,
    account: string,
    options: { readonly linux: { readonly store: "secret-service" } },
  ) => KeyringEntry;
}
export interface KeyringEntry {
  getPassword(): Promise<string | null>;
  setPassword(secret: string): Promise<void>;
  deletePassword(): Promise<boolean>;
}

export interface KeychainOptions {
  /** What the keychain shows as the program; names the home, so that two homes of a user keep apart. */
  readonly service: string;
  readonly load: () => Promise<Keyring>;
  /** For a person who is asked to unlock it, in milliseconds. */
  readonly patienceMs: number;
}

/**
 * The keychain of the system: Keychain on macOS, Credential Manager on Windows, on Linux the Secret Service and nothing
 * else (unpinned, the library silently takes the kernel's keys, which a restart loses). Gives the fault's reason instead
 * where it cannot be used.
 */
export const openKeychain = async (options: KeychainOptions): Promise<SecretStore | { readonly reason: string }> => {
  try {
    const keyring = await options.load();
    const store = createStore(options, keyring);
    await store.get("unlock");
    return store;
  } catch (error) {
    return { reason: error instanceof Fault ? String(error.params["reason"]) : reasonOf(error) };
  }
};

export const unavailable = (reason: string): Fault => new Fault("secret.store_unavailable", { reason });

const createStore = ({ service, patienceMs }: KeychainOptions, { AsyncEntry }: Keyring): SecretStore => {
  const use = async <Result>(name: string, work: (entry: KeyringEntry) => Promise<Result>): Promise<Result> => {
    try {
      const entry = new AsyncEntry(service, name, { linux: { store: "secret-service" } });
      return await inTime(work(entry), patienceMs);
    } catch (error) {
      throw error instanceof Fault ? error : unavailable(reasonOf(error));
    }
  };
  const get = async (name: string): Promise<string | undefined> =>
    (await use(name, (entry) => entry.getPassword())) ?? undefined;
  return {
    kind: "keychain",
    get,
    set: async (name, secret) => {
      await use(name, (entry) => entry.setPassword(secret));
      if ((await get(name)) !== secret) throw unavailable("not_kept");
      return { keychain: true };
    },
    delete: async (name) => {
      await use(name, (entry) => entry.deletePassword());
    },
  };
};

/** A keychain that waits for somebody who is not there must not hold up an unattended run. */
const inTime = async <Result>(work: Promise<Result>, patienceMs: number): Promise<Result> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(unavailable("silent")), patienceMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
};

/** The library's first line; it names the platform's error, never a secret. */
const reasonOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split("\n", 1)[0]?.slice(0, 200) ?? "";
