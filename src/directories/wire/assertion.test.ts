import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { jwtVerify } from "jose";
import { describe, expect, it } from "vitest";
import { readPrivateKey, signAssertion } from "./assertion.ts";

const pem = {
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
} as const;
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048, ...pem });
const assertion = {
  issuer: "client",
  subject: "admin@firm.test",
  audience: "https://login.test/token",
  issuedAt: Date.UTC(2026, 0, 5, 9),
  life: 300,
  id: "once",
  claims: { scope: "read" },
  header: { kid: "k1" },
};

describe("a signed statement", () => {
  it.each([
    ["RS256", rsa],
    ["ES256", generateKeyPairSync("ec", { namedCurve: "P-256", ...pem })],
    ["ES384", generateKeyPairSync("ec", { namedCurve: "P-384", ...pem })],
    ["ES512", generateKeyPairSync("ec", { namedCurve: "P-521", ...pem })],
  ])(
    "given a key for %s, then whoever holds the public key can verify who asks, and when it ends",
    async (algorithm, keys) => {
      const token = await signAssertion(readPrivateKey(keys.privateKey, "key"), assertion);
      const read = await jwtVerify(token, createPublicKey(keys.publicKey), {
        currentDate: new Date(assertion.issuedAt),
      });
      expect(read.protectedHeader).toEqual({ alg: algorithm, typ: "JWT", kid: "k1" });
      const issued = assertion.issuedAt / 1000;
      expect(read.payload).toEqual({
        iss: "client",
        sub: "admin@firm.test",
        aud: "https://login.test/token",
        iat: issued,
        nbf: issued,
        exp: issued + 300,
        jti: "once",
        scope: "read",
      });
    },
  );

  it.each([
    ["with \\n in it", rsa.privateKey.replaceAll("\n", "\\n")],
    ["in quotation marks", JSON.stringify(rsa.privateKey)],
    ["with blanks around it", `  ${rsa.privateKey}\r\n`],
  ])("given a key pasted %s, then it is the same key", (_case, text) => {
    expect(readPrivateKey(text, "key").export({ type: "pkcs8", format: "pem" })).toBe(rsa.privateKey);
  });

  it.each([
    ["no key", "hunter2", "no_key"],
    ["a public key", rsa.publicKey, "no_key"],
    ["a certificate", "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----", "certificate"],
    ["half a key", rsa.privateKey.slice(0, 200), "unreadable"],
    ["a short key", generateKeyPairSync("rsa", { modulusLength: 1024, ...pem }).privateKey, "weak"],
    ["a key of another kind", generateKeyPairSync("ed25519", pem).privateKey, "kind"],
  ])("given %s, then it is refused without repeating it", (_case, text, reason) => {
    expect(() => readPrivateKey(text, "directory.privateKey")).toThrow(
      expect.objectContaining({ code: "directory.key_invalid", params: expect.objectContaining({ reason }) }),
    );
  });
});
