/** Why a server's certificate does not count, by Node's (OpenSSL's) code; the words of `directory.tls` and `organization.tls` know these. */
export const certificateReasons: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "expired",
  CERT_NOT_YET_VALID: "not_yet_valid",
  ERR_TLS_CERT_ALTNAME_INVALID: "other_host",
  DEPTH_ZERO_SELF_SIGNED_CERT: "unknown_issuer",
  SELF_SIGNED_CERT_IN_CHAIN: "unknown_issuer",
  UNABLE_TO_GET_ISSUER_CERT: "unknown_issuer",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "unknown_issuer",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "unknown_issuer",
};
