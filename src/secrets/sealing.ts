import { createCipheriv, createDecipheriv, hkdfSync, scrypt } from "node:crypto";
import type { Random } from "./private-file.ts";

/**
 * AES-256-GCM with a fresh nonce for every text. `context` is bound to the text without being in it: what was sealed for
 * one purpose does not open for another.
 */
export const sealText = (key: Uint8Array, text: string, context: string, random: Random): string => {
  const nonce = random(nonceLength);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  cipher.setAAD(Buffer.from(context, "utf8"));
  const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return Buffer.concat([nonce, sealed, cipher.getAuthTag()]).toString("base64url");
};

/** Undefined for anything but what `sealText` gave for this key and context. */
export const unsealText = (key: Uint8Array, sealed: string, context: string): string | undefined => {
  const bytes = Buffer.from(sealed, "base64url");
  if (bytes.length < nonceLength + tagLength) return undefined;
  const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, nonceLength), { authTagLength: tagLength });
  decipher.setAAD(Buffer.from(context, "utf8"));
  decipher.setAuthTag(bytes.subarray(bytes.length - tagLength));
  try {
    const text = decipher.update(bytes.subarray(nonceLength, bytes.length - tagLength));
    return Buffer.concat([text, decipher.final()]).toString("utf8");
  } catch {
    return undefined;
  }
};

const nonceLength = 12;
const tagLength = 16;
export const keyLength = 32;

/** A key for one purpose, made from the main key. */
export const keyFor = (mainKey: Uint8Array, purpose: string): Uint8Array =>
  new Uint8Array(hkdfSync("sha256", mainKey, new Uint8Array(), `directory-connector ${purpose}`, keyLength));

/** What a guess costs: 64 MB of memory, twice over (OWASP password storage, scrypt with N = 2^16, r = 8, p = 2). */
export const passphraseCost = { N: 2 ** 16, r: 8, p: 2 } as const;

/** The passphrase in one spelling of its accented letters, whatever keyboard it came from. */
export const keyFromPassphrase = (passphrase: string, salt: Uint8Array): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    const options = { ...passphraseCost, maxmem: 2 ** 28 };
    scrypt(passphrase.normalize("NFC"), salt, keyLength, options, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
