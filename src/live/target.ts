import { isIP } from "node:net";
import { createSecureContext, rootCertificates, type SecureContext } from "node:tls";
import { UsageError } from "../errors.ts";

/** Where the Client Access server is, and how it proves itself. */
export interface Target {
  readonly url: URL;
  readonly host: string;
  readonly port: number;
  /** Absent for `http:`. */
  readonly tls?: TargetTls;
}

/** How a connection to an `https:` target is made and trusted. */
export interface TargetTls {
  readonly secureContext: SecureContext;
  readonly verify: boolean;
  /** The name sent as SNI; absent for an address. */
  readonly serverName?: string;
  /** A TLS session to resume, if one is known. */
  session(): Buffer | undefined;
  rememberSession(session: Buffer): void;
}

/** What an operator says about trust. */
export interface TargetTrust {
  /** CA certificates to trust beside the well-known ones, PEM. */
  readonly authorities?: string;
  /** Take any certificate. */
  readonly insecure?: boolean;
}

/**
 * Reads a target URL, `http://HOST[:PORT]` or `https://HOST[:PORT]`.
 * @throws UsageError E_ADDRESS_INVALID
 */
export function parseTarget(text: string, trust: TargetTrust = {}): Target {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== "http:" && url.protocol !== "https:")) {
    throw invalid(text, "expected a URL such as https://mail.example.com or http://127.0.0.1:8080");
  }
  if (url.username !== "" || url.password !== "")
    throw invalid(text, "devices sign in themselves: leave user and password out");
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "") {
    throw invalid(text, "expected no path: requests pass unchanged (a path prefix needs `forward: rewrite`)");
  }
  const host = url.hostname.replace(/^\[(.*)\]$/u, "$1");
  const secure = url.protocol === "https:";
  const port = url.port === "" ? (secure ? 443 : 80) : Number(url.port);
  return secure ? { url, host, port, tls: targetTls(host, trust) } : { url, host, port };
}

function targetTls(host: string, { authorities, insecure = false }: TargetTrust): TargetTls {
  let known: Buffer | undefined;
  return {
    secureContext: createSecureContext(authorities === undefined ? {} : { ca: [...rootCertificates, authorities] }),
    verify: !insecure,
    ...(isIP(host) === 0 ? { serverName: host } : {}),
    session: () => known,
    rememberSession: (session) => {
      known = session;
    },
  };
}

function invalid(text: string, expected: string): UsageError {
  return new UsageError("E_ADDRESS_INVALID", `target "${text}": ${expected}`);
}
