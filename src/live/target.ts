import { isIP } from "node:net";
import { createSecureContext, rootCertificates, type SecureContext } from "node:tls";
import { UsageError, withoutCredentials } from "../errors.ts";
import { sortOf } from "../profile/words.ts";
import { formatAddress, parseAddress, withoutZone } from "./address.ts";

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
 * Reads the URL of a Client Access server: `http:` or `https:`, a host, perhaps a port.
 * A path or query has no place in it: requests pass unchanged.
 * @throws UsageError E_ADDRESS_INVALID what was found and what was expected
 */
export function parseTarget(text: string, trust: TargetTrust = {}): Target {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const secure = url?.protocol === "https:";
  if (url === undefined || !(secure || url.protocol === "http:") || url.hostname === "") {
    throw refusal(text, "expected a URL such as https://mail.example.com");
  }
  if (url.username !== "" || url.password !== "") throw refusal(text, "expected no user or password in it");
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "") {
    throw refusal(text, `expected no path in it, because requests pass unchanged: ${url.origin}`);
  }
  const host = url.hostname.replace(/^\[(.*)\]$/u, "$1");
  const port = url.port === "" ? (secure ? 443 : 80) : Number(url.port);
  if (port === 0) throw refusal(text, "expected a port from 1 to 65535");
  return secure ? { url, host, port, tls: targetTls(host, trust) } : { url, host, port };
}

/**
 * Reads the target of a `tcp` listener: `HOST:PORT`, `[::1]:PORT`.
 * @throws UsageError E_ADDRESS_INVALID what was found and what was expected
 */
export function parseTcpTarget(text: string): Target {
  const { host, port } = parseAddress(text);
  if (host === undefined || port === 0) throw refusal(text, "expected HOST:PORT with a port from 1 to 65535");
  return { url: new URL(`tcp://${formatAddress({ host: withoutZone(host), port })}`), host, port };
}

/**
 * The target of a `tcp` listener, from its text or already read.
 * @throws UsageError E_ADDRESS_INVALID also for the URL of a Client Access server
 */
export function tcpTarget(target: string | Target): Target {
  if (typeof target === "string") return parseTcpTarget(target);
  if (isTarget(target) && target.url.protocol === "tcp:") return target;
  const found = isTarget(target) ? JSON.stringify(targetText(target)) : `that is ${sortOf(target)}`;
  throw new UsageError(
    "E_ADDRESS_INVALID",
    `found the target ${found}, expected HOST:PORT, or what parseTcpTarget makes of it`,
  );
}

/** A target as people are told it: its URL, or `HOST:PORT` where it is any TCP. */
export function targetText({ url }: Target): string {
  return url.protocol === "tcp:" ? url.host : url.origin;
}

/** In JavaScript anything may be given. */
function isTarget(target: unknown): target is Target {
  return (
    typeof target === "object" &&
    target !== null &&
    "url" in target &&
    target.url instanceof URL &&
    "host" in target &&
    "port" in target
  );
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

function refusal(text: unknown, expected: string): UsageError {
  const found = withoutCredentials(String(text));
  return new UsageError("E_ADDRESS_INVALID", `found the target ${JSON.stringify(found)}, ${expected}`);
}
