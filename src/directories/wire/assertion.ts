import { createPrivateKey, type KeyObject } from "node:crypto";
import { Fault } from "../../core/fault.ts";

/** What a signed statement says of who asks for a token (RFC 7523 §3, RFC 7519 §4.1). */
export interface Assertion {
  readonly issuer: string;
  readonly subject: string;
  readonly audience: string;
  /** Milliseconds since 1970. */
  readonly issuedAt: number;
  /** Seconds. */
  readonly life: number;
  /** A different text each time, where the vendor wants one. */
  readonly id?: string;
  readonly claims?: Readonly<Record<string, string>>;
  /** Beside `alg` and `typ`: `kid`, `x5t` … */
  readonly header?: Readonly<Record<string, string>>;
}

/** The statement as a compact JWS, by the algorithm that fits the key. */
export const signAssertion = async (key: KeyObject, assertion: Assertion): Promise<string> => {
  // Loaded when first needed: a directory with a plain secret signs nothing.
  const { SignJWT } = await import("jose");
  const issued = Math.floor(assertion.issuedAt / 1000);
  const token = new SignJWT({ ...assertion.claims })
    .setProtectedHeader({ ...assertion.header, alg: algorithmOf(key), typ: "JWT" })
    .setIssuer(assertion.issuer)
    .setSubject(assertion.subject)
    .setAudience(assertion.audience)
    .setIssuedAt(issued)
    .setNotBefore(issued)
    .setExpirationTime(issued + assertion.life);
  return (assertion.id === undefined ? token : token.setJti(assertion.id)).sign(key);
};

/**
 * A private key from PEM as people paste it: line breaks may have become `\n`, and quotation marks may stand around it.
 * Fault `directory.key_invalid {field, reason}` for anything else.
 */
export const readPrivateKey = (text: string, field: string, passphrase?: string): KeyObject => {
  const pem = text
    .trim()
    .replace(/^"(.*)"$/su, "$1")
    .replaceAll("\\r", "")
    .replaceAll("\\n", "\n")
    .trim();
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/u.test(pem))
    throw new Fault("directory.key_invalid", {
      field,
      reason: /BEGIN CERTIFICATE/u.test(pem) ? "certificate" : "no_key",
    });
  try {
    const key = createPrivateKey({ key: pem, format: "pem", ...(passphrase === undefined ? {} : { passphrase }) });
    algorithmOf(key);
    return key;
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw new Fault("directory.key_invalid", { field, reason: "unreadable" });
  }
};

/** RSA of at least 2,048 bits, or one of the curves of RFC 7518 §3.4. */
const algorithmOf = (key: KeyObject): string => {
  const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === "rsa" && modulusLength >= 2048) return "RS256";
  const curve = key.asymmetricKeyType === "ec" ? curves[namedCurve ?? ""] : undefined;
  if (curve === undefined)
    throw new Fault("directory.key_invalid", {
      field: "key",
      reason: key.asymmetricKeyType === "rsa" ? "weak" : "kind",
    });
  return curve;
};

const curves: Readonly<Record<string, string>> = { prime256v1: "ES256", secp384r1: "ES384", secp521r1: "ES512" };
