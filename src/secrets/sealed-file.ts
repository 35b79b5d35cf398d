import { rm } from "node:fs/promises";
import { join } from "node:path";
import { Fault } from "../core/fault.ts";
import { fileReason, readPrivate, withLock, writePrivate, type Random } from "./private-file.ts";
import { keyFor, keyFromPassphrase, keyLength, sealText, unsealText } from "./sealing.ts";
import type { SecretStore } from "./secret-store.ts";

export interface SealedFileOptions {
  readonly folder: string;
  /** Under a passphrase instead of a key file: for homes that are carried about. */
  readonly passphrase?: string;
  readonly random: Random;
  /** How long a lock may stay the same before it counts as left behind, in milliseconds. */
  readonly patienceMs: number;
}

/** The sealed file as a store of secrets, and its key for texts that are kept elsewhere. */
export interface SealedFile extends SecretStore {
  readonly path: string;
  readonly exists: () => Promise<boolean>;
  readonly seal: (text: string) => Promise<string>;
  readonly unseal: (sealed: string) => Promise<string | undefined>;
}

/**
 * Secrets in `secrets.sealed`, AES-256-GCM.
 *
 * Under a key file (`secrets.key` beside it) this protects against what looks at the file alone: a search through the
 * disk, a backup or a support bundle of the one without the other, a shoulder, an editor. It does NOT protect against
 * anybody who may read both: this user, an administrator, a copy of the whole folder. Only the modes of the files (0600)
 * keep others out, exactly as for a private key of SSH. Under a passphrase a copy of the folder is of no use without it;
 * whoever can read the memory or the environment of the running program still has everything.
 *
 * Faults: `secret.unreadable` names the file, and why; `home.unwritable`.
 */
export const createSealedFile = (options: SealedFileOptions): SealedFile => {
  const path = join(options.folder, "secrets.sealed");
  const keyPath = join(options.folder, "secrets.key");
  const keys = createKeys(options, path, keyPath);

  const read = async (field: string): Promise<Opened | undefined> => {
    const text = await readText(path, field, path);
    return text === undefined ? undefined : open(text, field, path, keys);
  };
  /** Reads again under the lock, so that what another process stored meanwhile stays. */
  const change = async (field: string, edit: (secrets: Map<string, string>) => boolean): Promise<Opened> =>
    withLock(path, options, async () => {
      const before = await read(field);
      const secrets = new Map(before?.secrets);
      if (!edit(secrets) && before !== undefined) return before;
      const lock = await keys.forWriting(field, before?.lock);
      const key = await keys.open(lock, field);
      await writePrivate(path, encode(secrets, lock, key, options.random), options.random);
      if (lock.kind === "passphrase") await rm(keyPath, { force: true });
      return { secrets, lock, key };
    });
  return {
    kind: "sealed",
    path,
    exists: async () => (await readText(path, "", path)) !== undefined,
    get: async (name) => (await read(name))?.secrets.get(name),
    set: async (name, secret) => {
      await change(name, (secrets) => {
        secrets.set(name, secret);
        return true;
      });
      return { sealed: true };
    },
    delete: async (name) => {
      if ((await read(name))?.secrets.has(name) === true) await change(name, (secrets) => secrets.delete(name));
    },
    seal: async (text) => {
      const { key } = (await read(valuesField)) ?? (await change(valuesField, () => false));
      return `${valuePrefix}${sealText(keyFor(key, "values"), text, valuePrefix, options.random)}`;
    },
    unseal: async (sealed) => {
      if (!sealed.startsWith(valuePrefix)) return undefined;
      const opened = await read(valuesField).catch(() => undefined);
      if (opened === undefined) return undefined;
      return unsealText(keyFor(opened.key, "values"), sealed.slice(valuePrefix.length), valuePrefix);
    },
  };
};

const valuePrefix = "v1.";
/** What a fault names when no secret of the configuration was asked for. */
const valuesField = "tokens";

/** How the main key is come by. */
type Lock = { readonly kind: "file" } | { readonly kind: "passphrase"; readonly salt: string };

interface Opened {
  readonly secrets: ReadonlyMap<string, string>;
  readonly lock: Lock;
  readonly key: Uint8Array;
}

interface Keys {
  open(lock: Lock, field: string): Promise<Uint8Array>;
  /** The lock of the next text: a passphrase that is given now replaces a key file. */
  forWriting(field: string, before: Lock | undefined): Promise<Lock>;
}

/** Main keys, derived once per salt: a guess is made expensive on purpose. */
const createKeys = (options: SealedFileOptions, path: string, keyPath: string): Keys => {
  const derived = new Map<string, Promise<Uint8Array>>();
  const fromPassphrase = (salt: string, field: string): Promise<Uint8Array> => {
    if (options.passphrase === undefined) throw unreadable(field, path, "no_passphrase");
    const known = derived.get(salt);
    if (known !== undefined) return known;
    const key = keyFromPassphrase(options.passphrase, Buffer.from(salt, "base64url"));
    derived.set(salt, key);
    return key;
  };
  const fromFile = async (field: string): Promise<Uint8Array> => {
    const text = await readText(keyPath, field, path);
    if (text === undefined) throw unreadable(field, path, "no_key", keyPath);
    const key = Buffer.from(text.trim(), "base64url");
    if (key.length !== keyLength) throw unreadable(field, path, "damaged_key", keyPath);
    return key;
  };
  return {
    open: (lock, field) => (lock.kind === "file" ? fromFile(field) : fromPassphrase(lock.salt, field)),
    forWriting: async (field, before) => {
      if (options.passphrase !== undefined)
        return before?.kind === "passphrase"
          ? before
          : { kind: "passphrase", salt: Buffer.from(options.random(16)).toString("base64url") };
      if ((await readText(keyPath, field, keyPath)) === undefined)
        await writePrivate(
          keyPath,
          `${Buffer.from(options.random(keyLength)).toString("base64url")}\n`,
          options.random,
        );
      return { kind: "file" };
    },
  };
};

const encode = (secrets: ReadonlyMap<string, string>, lock: Lock, key: Uint8Array, random: Random): string => {
  const text = JSON.stringify([...secrets].sort(([left], [right]) => (left < right ? -1 : 1)));
  const sealed = sealText(keyFor(key, "file"), text, contextOf(lock), random);
  return `${JSON.stringify({ version: 1, lock, sealed }, undefined, 2)}\n`;
};

const open = async (text: string, field: string, path: string, keys: Keys): Promise<Opened> => {
  const content = decode(text);
  if (content === undefined) throw unreadable(field, path, "damaged");
  if (content === "newer") throw unreadable(field, path, "newer");
  const key = await keys.open(content.lock, field);
  const opened = unsealText(keyFor(key, "file"), content.sealed, contextOf(content.lock));
  if (opened === undefined)
    throw unreadable(field, path, content.lock.kind === "passphrase" ? "wrong_passphrase" : "wrong_key");
  const entries: [string, string][] = JSON.parse(opened);
  return { secrets: new Map(entries), lock: content.lock, key };
};

/** Everything but the sealed text, bound to it. */
const contextOf = (lock: Lock): string => `secrets 1 ${lock.kind} ${lock.kind === "passphrase" ? lock.salt : ""}`;

const decode = (text: string): { lock: Lock; sealed: string } | "newer" | undefined => {
  const value = parse(text);
  if (!isRecord(value)) return undefined;
  const { version, lock, sealed } = value;
  if (typeof version === "number" && version > 1) return "newer";
  if (version !== 1 || typeof sealed !== "string" || !isRecord(lock)) return undefined;
  if (lock["kind"] === "file") return { lock: { kind: "file" }, sealed };
  const { salt } = lock;
  return lock["kind"] === "passphrase" && typeof salt === "string"
    ? { lock: { kind: "passphrase", salt }, sealed }
    : undefined;
};

/** The parser's own error would quote the text. */
const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const readText = async (file: string, field: string, place: string): Promise<string | undefined> => {
  try {
    return await readPrivate(file);
  } catch (error) {
    throw unreadable(field, place, fileReason(error));
  }
};

/** `reason` is a code of the system's, or one with words under `reason.secret.unreadable`. */
const unreadable = (field: string, place: string, reason: string, key?: string): Fault =>
  new Fault("secret.unreadable", { field, place, reason, ...(key === undefined ? {} : { key }) });
