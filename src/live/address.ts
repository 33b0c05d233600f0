import { isIP, isIPv4, isIPv6 } from "node:net";
import { UsageError, withoutCredentials } from "../errors.ts";

/** Where to listen, or whom to call. */
export interface Address {
  /** `undefined` for every address of this machine; IPv6 without brackets. */
  readonly host: string | undefined;
  /** 0 to 65535; 0 takes any free one. */
  readonly port: number;
}

const SHAPES = [
  /** A port alone, with or without its colon. */
  /^:?(?<port>\d+)$/u,
  /^\[(?<host>[^\]]*)\]:(?<port>\d+)$/u,
  /^(?<host>[\p{L}\p{N}._*-]+):(?<port>\d+)$/u,
];
const HIGHEST_PORT = 65_535;
const EXPECTED = "expected HOST:PORT, [IPV6]:PORT, :PORT or PORT, such as 127.0.0.1:8443";

/**
 * Reads `HOST:PORT`, `[::1]:443`, `:8443` or `8443`.
 * @throws UsageError E_ADDRESS_INVALID what was found and what was expected
 */
export function parseAddress(text: string): Address {
  const groups = SHAPES.map((shape) => shape.exec(text)?.groups).find((found) => found !== undefined);
  if (groups === undefined)
    throw refusal(text, isIPv6(text) ? `expected brackets and a port: [${text}]:443` : EXPECTED);
  const host = groups["host"];
  const port = Number(groups["port"]);
  if (port > HIGHEST_PORT) throw refusal(text, `expected a port from 0 to ${HIGHEST_PORT}`);
  if (text.startsWith("[") && !isIPv6(host ?? "")) throw refusal(text, "expected an IPv6 address in the brackets");
  if (host !== undefined && /^[\d.]+$/u.test(host) && isIP(host) === 0)
    throw refusal(text, "expected four numbers from 0 to 255 as the address");
  return { host: host === "*" ? undefined : host, port };
}

/** Reads an address as `parseAddress` does; `undefined` when it is none. */
export function readAddress(text: string): Address | undefined {
  try {
    return parseAddress(text);
  } catch {
    return undefined;
  }
}

/** A host as a URL has it, which takes no zone of IPv6 (RFC 6874 was never taken up by the URL standard). */
export function withoutZone(host: string): string {
  return host.replace(/%.*$/u, "");
}

/** Writes an address so that it can be read back; every address of this machine is `:PORT`. */
export function formatAddress({ host, port }: Address): string {
  if (host === undefined) return `:${port}`;
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Whether nobody can listen on one address while somebody does on the other; names are not looked up. */
export function overlaps(one: Address, other: Address): boolean {
  if (one.port !== other.port || one.port === 0) return false;
  return one.host === other.host || contains(one.host, other.host) || contains(other.host, one.host);
}

/** A port alone is that port of every address, and `::` takes IPv4 too. */
function contains(wide: string | undefined, host: string | undefined): boolean {
  if (wide === undefined || wide === "::") return true;
  return wide === "0.0.0.0" && host !== undefined && isIPv4(host);
}

function refusal(text: unknown, expected: string): UsageError {
  const found = withoutCredentials(String(text));
  return new UsageError("E_ADDRESS_INVALID", `found the address ${JSON.stringify(found)}, ${expected}`);
}
