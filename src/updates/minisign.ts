import { createHash, createPublicKey, verify } from "node:crypto";

/**
 * Whether this key signed this content, and what it said besides (the trusted comment). Undefined for anything else: another
 * key, a changed byte, a text that is no signature. Format: https://jedisct1.github.io/minisign/, "Signature format" and
 * "Public key format"; only the prehashed kind (`ED`), which minisign has made since 0.10.
 */
export const verifiedComment = (content: Uint8Array, signature: string, publicKey: string): string | undefined => {
  const key = keyOf(publicKey);
  const parts = partsOf(signature);
  if (key === undefined || parts === undefined || !parts.id.equals(key.id)) return undefined;
  const hash = createHash("blake2b512").update(content).digest();
  if (!verify(undefined, hash, key.key, parts.signature)) return undefined;
  const comment = Buffer.from(parts.comment);
  return verify(undefined, Buffer.concat([parts.signature, comment]), key.key, parts.overComment)
    ? parts.comment
    : undefined;
};

/** Whether this text is a public key: minisign's last line, its file, or that in base64 as Tauri's signer writes it. */
export const isPublicKey = (text: string): boolean => keyOf(text) !== undefined;

/** `Ed`, then 8 bytes that name the key, then the 32 of the key. */
const keyOf = (text: string) => {
  const raw = lastLine(text) ?? lastLine(Buffer.from(text, "base64").toString());
  if (raw?.length !== 42 || raw.toString("latin1", 0, 2) !== "Ed") return undefined;
  const jwk = { kty: "OKP", crv: "Ed25519", x: raw.toString("base64url", 10) };
  return { id: raw.subarray(2, 10), key: createPublicKey({ key: jwk, format: "jwk" }) };
};

const lastLine = (text: string): Buffer | undefined => {
  const line = text.trim().split(/\r?\n/u).at(-1) ?? "";
  return /^RW[\w+/]+=*$/u.test(line) ? Buffer.from(line, "base64") : undefined;
};

const partsOf = (text: string) => {
  const [, first = "", trusted = "", second = ""] = text.trimEnd().split(/\r?\n/u);
  const raw = Buffer.from(first, "base64");
  const overComment = Buffer.from(second, "base64");
  const prefix = "trusted comment: ";
  if (raw.length !== 74 || overComment.length !== 64 || !trusted.startsWith(prefix)) return undefined;
  if (raw.toString("latin1", 0, 2) !== "ED") return undefined;
  return { id: raw.subarray(2, 10), signature: raw.subarray(10), comment: trusted.slice(prefix.length), overComment };
};
