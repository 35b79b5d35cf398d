import { describe, expect, it } from "vitest";
import { classify } from "./failure.ts";

const withCode = (code: string, cause?: unknown): Error => Object.assign(new Error("words", { cause }), { code });

describe("what an error of a connection means", () => {
  it.each([
    ["ECONNREFUSED", false, "unreachable", false, "refused"],
    ["EAI_AGAIN", false, "unreachable", false, "name_unknown"],
    ["EHOSTUNREACH", false, "unreachable", false, "no_route"],
    ["UND_ERR_CONNECT_TIMEOUT", false, "timeout", false, "timeout"],
    ["ECONNRESET", false, "unreachable", false, "closed"],
    ["ECONNRESET", true, "lost", true, "closed"],
    ["EPIPE", true, "lost", true, "closed"],
    ["ESTRANGE", true, "lost", true, "ESTRANGE"],
    ["CERT_HAS_EXPIRED", false, "tls", false, "expired"],
    ["CERT_REVOKED", false, "tls", false, "CERT_REVOKED"],
    // The server wants a certificate: it says so after our first bytes, and reads none of them (RFC 8446 §4.4.2.4).
    ["ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", true, "tls", false, "certificate_wanted"],
    ["ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE", false, "tls", false, "certificate_wanted"],
    ["ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC", true, "lost", true, "ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC"],
  ])("%s, request begun: %s, is %s, may have arrived: %s", (code, started, failure, sent, reason) => {
    expect(classify(withCode(code), started)).toMatchObject({ failure, sent, reason });
  });

  it("is found in what caused it, and in each of several tries", () => {
    expect(classify(new Error("outer", { cause: withCode("CERT_HAS_EXPIRED") }), false)).toMatchObject({
      reason: "expired",
    });
    expect(classify(new AggregateError([withCode("EHOSTUNREACH"), withCode("ECONNREFUSED")]), false)).toMatchObject({
      failure: "unreachable",
      reason: "no_route",
    });
  });

  it("without a code is its message", () => {
    expect(classify(new Error("odd"), true)).toMatchObject({ failure: "lost", reason: "odd" });
    expect(classify("odd", false)).toMatchObject({ failure: "unreachable", reason: "odd" });
  });
});
