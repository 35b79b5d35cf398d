/** Identifiers and secrets from the random source the caller gave (numbers from 0 up to 1). */
export type Random = () => number;

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** A version 4 GUID in lower case (RFC 9562, section 5.4). */
export function newGuid(random: Random): string {
  let digits = "";
  while (digits.length < 32) {
    digits += Math.floor(random() * 0x1_0000_0000)
      .toString(16)
      .padStart(8, "0");
  }
  const variant = "89ab".charAt(Number.parseInt(digits.charAt(16), 16) % 4);
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-${variant}${digits.slice(17, 20)}-${digits.slice(20)}`;
}

/** An API key as both servers make them: 30 letters and digits. */
export function newSecret(random: Random): string {
  return Array.from({ length: 30 }, () => alphabet.charAt(Math.floor(random() * alphabet.length))).join("");
}
