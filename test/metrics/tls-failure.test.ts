import { expect, test } from "vitest";
import { TLS_FAILURES, tlsFailure } from "../../src/metrics/tls-failure.ts";

const CODES = [
  ["ERR_SSL_UNSUPPORTED_PROTOCOL", "version"],
  ["ERR_SSL_NO_SHARED_CIPHER", "cipher"],
  ["ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE", "cipher"],
  ["ERR_SSL_TLSV1_ALERT_UNKNOWN_CA", "certificate"],
  ["ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN", "certificate"],
  ["ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE", "certificate"],
  ["ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED", "certificate"],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "certificate"],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "certificate"],
  ["CERT_HAS_EXPIRED", "certificate"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "certificate"],
  ["ERR_SSL_HTTP_REQUEST", "not-tls"],
  ["ERR_SSL_WRONG_VERSION_NUMBER", "not-tls"],
  ["ERR_SSL_UNEXPECTED_MESSAGE", "other"],
  ["ERR_SSL_NO_APPLICATION_PROTOCOL", "other"],
  ["the socket hung up", "other"],
] as const;

test.each(CODES)("a handshake that ends with %s failed because of: %s", (code, failure) => {
  expect(tlsFailure(code)).toBe(failure);
});

test("each word stands for something that happens", () => {
  expect(new Set(CODES.map(([, failure]) => failure))).toEqual(new Set(TLS_FAILURES));
});
