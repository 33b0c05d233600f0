/** Why a TLS handshake failed, as far as a person would do something else about it. */
export const TLS_FAILURES = ["version", "cipher", "certificate", "not-tls", "other"] as const;

/** One of these. */
export type TlsFailure = (typeof TLS_FAILURES)[number];

/**
 * Why a TLS handshake failed, by Node's code for OpenSSL's error: the other side knows only versions, or ciphers, that are
 * not taken; a certificate is not trusted, ours by the device or the server's by us; or it speaks no TLS at all.
 * Source: seen with Node 20.20; its documentation of `tls`, "X509 certificate error codes"; the names of alerts in
 * OpenSSL 3's `ssl/ssl_err.c`.
 */
export function tlsFailure(code: string): TlsFailure {
  return PATTERNS.find(([, pattern]) => pattern.test(code))?.[0] ?? "other";
}

const PATTERNS = [
  ["version", /UNSUPPORTED_PROTOCOL|VERSION_TOO_LOW|ALERT_PROTOCOL_VERSION/u],
  ["cipher", /NO_SHARED_CIPHER|ALERT_HANDSHAKE_FAILURE|NO_SUITABLE_SIGNATURE/u],
  ["certificate", /CERT|ALERT_UNKNOWN_CA|UNABLE_TO_VERIFY/u],
  ["not-tls", /HTTP_REQUEST|HTTPS_PROXY_REQUEST|WRONG_VERSION_NUMBER/u],
] as const satisfies readonly (readonly [TlsFailure, RegExp])[];
