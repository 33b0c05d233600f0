/**
 * Names under which the admin server may always be asked: no web page can make a browser send them for another site,
 * which is what keeps a page whose name was rebound to a loopback address out.
 */
const LOOPBACK_NAMES = ["localhost", "127.0.0.1", "[::1]"] as const;

/** Gives the host of a `Host` header or an address, without port, in one spelling; `undefined` when it is neither. */
export function hostOf(text: string): string | undefined {
  const host = text.includes(":") && BARE_IPV6.test(text) ? `[${text}]` : text;
  if (!HOST.test(host) || !URL.canParse(`http://${host}`)) return undefined;
  return new URL(`http://${host}`).hostname.replace(/\.$/u, "");
}

/** The hosts that may stand in a `Host` header: the loopback names, and those given, as names or addresses. */
export function allowedHosts(given: readonly string[]): ReadonlySet<string> {
  const hosts = [...LOOPBACK_NAMES, ...given].map(hostOf);
  return new Set(hosts.filter((host) => host !== undefined));
}

/** Gives an address of a socket as a host; an IPv4 client of an IPv6 socket is shown as what it is. */
export function hostOfSocket(address: string | undefined): string | undefined {
  return address === undefined ? undefined : hostOf(address.replace(/^::ffff:(?=\d+\.)/u, ""));
}

/** Whether only this machine can reach an address. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^(?:::ffff:)?127(?:\.\d{1,3}){3}$/iu.test(host);
}

const HOST = /^(?:\[[\da-f:.]+\]|[\w.-]+)(?::\d{1,5})?$/iu;
const BARE_IPV6 = /^[\da-f]*:[\da-f]*:[\da-f:.]*$/iu;
