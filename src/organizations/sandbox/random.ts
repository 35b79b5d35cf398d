/** Identifiers and secrets from the random source the caller gave (numbers from 0 up to 1). */
export type Random = () => number;

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** A version 4 GUID in lower case (RFC 9562, section 5.4). */
export function newGuid(random: Random): string {
  const digits = quarter(random) + quarter(random) + quarter(random) + quarter(random);
  const variant = "89ab".charAt(Number.parseInt(digits.charAt(16), 16) % 4);
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-${variant}${digits.slice(17, 20)}-${digits.slice(20)}`;
}

/** Eight hexadecimal digits. */
function quarter(random: Random): string {
  const value = Math.floor(random() * 0x1_0000_0000);
  return `${pairOf(value >>> 24)}${pairOf(value >>> 16)}${pairOf(value >>> 8)}${pairOf(value)}`;
}

/** Two hexadecimal digits of the lowest byte. */
function pairOf(value: number): string {
  return pairs[value & 0xff] ?? "";
}
const pairs = Array.from({ length: 256 }, (_, value) => value.toString(16).padStart(2, "0"));

/** An API key as both servers make them: 30 letters and digits. */
export function newSecret(random: Random): string {
  return Array.from({ length: 30 }, () => alphabet.charAt(Math.floor(random() * alphabet.length))).join("");
}
