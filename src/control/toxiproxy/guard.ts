import { allowedHosts, hostOf, hostOfSocket, isLoopback } from "../host-check.ts";

/** Who asks, as far as a request and its connection show it. */
export interface Asking {
  readonly userAgent: string | undefined;
  readonly origin: string | undefined;
  readonly host: string | undefined;
  /** The address of ours that the connection was made to. */
  readonly localAddress: string | undefined;
}

/** Says why a request is refused with 403, or `undefined`. */
export type Guard = (asking: Asking) => string | undefined;

/**
 * Keeps web pages out of an API that asks for no password. Every browser calls itself `Mozilla/`, which is all that
 * Toxiproxy looks at (2.12, `api.go`). A page may choose that header in some browsers, so a request that names the page
 * it comes from is refused too, and on a loopback address one for a name that is none of this machine's own: a page
 * whose name was made to point here (DNS rebinding).
 * @param host where the API listens; beyond the loopback names are the network's, and are not looked at
 */
export function guardOf(host: string): Guard {
  const loopback = isLoopback(host);
  const allowed = allowedHosts([host]);
  return ({ userAgent = "", origin, host: asked, localAddress }) => {
    if (userAgent.startsWith("Mozilla/")) return "User agent not allowed";
    if (origin !== undefined) return "Origin not allowed";
    if (!loopback || asked === undefined) return undefined;
    const name = hostOf(asked);
    const ours = name !== undefined && (allowed.has(name) || name === hostOfSocket(localAddress));
    return ours ? undefined : "Host not allowed";
  };
}
