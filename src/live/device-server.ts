import { isIP } from "node:net";
import { createSecureContext, rootCertificates, type SecureContext } from "node:tls";
import { ACTIVESYNC_PATH } from "../activesync/constants.ts";
import { UsageError, withoutCredentials } from "../errors.ts";

/** Where a device finds its server, and what it takes as proof of it. */
export interface DeviceServer {
  /** IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
  /** What stands in `Host`. */
  readonly authority: string;
  /** The path that every command is sent to. */
  readonly path: string;
  /** Absent for `http:`. */
  readonly tls?: DeviceTls;
}

/** How a device secures its connections. */
export interface DeviceTls {
  readonly secureContext: SecureContext;
  readonly verify: boolean;
  /** The name sent as SNI; absent for an address. */
  readonly serverName?: string;
}

/** Whom a device trusts. */
export interface DeviceTrust {
  /** PEM of certificates to trust beside the well-known ones. */
  readonly authorities?: string;
  /** Takes any certificate; default false. */
  readonly insecure?: boolean;
}

/**
 * Reads the URL of a device's server. Without a path it is that of Exchange; SOGo, say, has its own.
 * @throws UsageError E_ADDRESS_INVALID what was found and what was expected
 */
export function parseDeviceServer(text: string, trust: DeviceTrust = {}): DeviceServer {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== "https:" && url.protocol !== "http:"))
    throw refusal(text, "expected a URL such as https://mail.example.com");
  if (url.username !== "" || url.password !== "") throw refusal(text, "expected user and password apart from it");
  if (url.search !== "" || url.hash !== "") throw refusal(text, "expected nothing after its path");
  if (url.port === "0") throw refusal(text, "expected a port from 1 to 65535");
  const host = url.hostname.replace(/^\[(.*)\]$/u, "$1");
  const secure = url.protocol === "https:";
  const port = url.port === "" ? (secure ? 443 : 80) : Number(url.port);
  const path = url.pathname === "/" ? ACTIVESYNC_PATH : url.pathname.replace(/\/$/u, "");
  const server = { host, port, authority: url.host, path };
  return secure ? { ...server, tls: trustIn(host, trust) } : server;
}

/** One context serves all devices of a fleet: the well-known authorities take megabytes. */
function trustIn(host: string, { authorities, insecure = false }: DeviceTrust): DeviceTls {
  const ca = authorities === undefined || insecure ? {} : { ca: [...rootCertificates, authorities] };
  return {
    secureContext: createSecureContext(ca),
    verify: !insecure,
    ...(isIP(host) === 0 ? { serverName: host } : {}),
  };
}

function refusal(text: string, expected: string): UsageError {
  return new UsageError(
    "E_ADDRESS_INVALID",
    `found the server ${JSON.stringify(withoutCredentials(text))}, ${expected}`,
  );
}
