import { hostOf, hostOfSocket } from "./host-check.ts";
import { problem } from "./problem.ts";

/** What is known of a request before anything is done about it. */
export interface GuardedRequest {
  readonly method: string;
  /** `1.0` or `1.1`. */
  readonly httpVersion: string;
  readonly header: (name: string) => string | undefined;
  /** The address that the connection was made to. */
  readonly localAddress: string | undefined;
}

/** Refuses a request that comes from elsewhere than it may; `undefined` lets it pass. */
export function refuse(request: GuardedRequest, hosts: ReadonlySet<string>): Response | undefined {
  return refuseHost(request, hosts) ?? refuseOrigin(request);
}

/** Whether a method changes nothing. */
export function isSafe(method: string): boolean {
  return method === "GET" || method === "HEAD";
}

/**
 * Refuses a request for a host that is none of ours: a web page whose name was made to point here (DNS rebinding).
 * A request without `Host` comes from no browser; HTTP/1.0 may be without, HTTP/1.1 must not (RFC 9112, 3.2). The address
 * that a connection was made to is always ours.
 */
function refuseHost({ httpVersion, header, localAddress }: GuardedRequest, hosts: ReadonlySet<string>) {
  const host = header("host");
  if (host === undefined) return httpVersion === "1.0" ? undefined : problem(400, "A request must say its Host.");
  const asked = hostOf(host);
  if (asked !== undefined && (hosts.has(asked) || asked === hostOfSocket(localAddress))) return undefined;
  return problem(
    421,
    `Host ${host} is not one of the admin server's; serve --admin-host ${asked ?? "NAME"} allows it.`,
  );
}

/**
 * Refuses a web page of another site that wants to change something. Browsers say where a request comes from in
 * `Sec-Fetch-Site` (Fetch Metadata Request Headers, 2.1) and `Origin` (RFC 6454, 7); whatever is no browser says neither.
 */
function refuseOrigin({ method, header }: GuardedRequest) {
  if (isSafe(method)) return undefined;
  const [site, origin] = [header("sec-fetch-site"), header("origin")];
  const foreign = site !== undefined && site !== "same-origin" && site !== "none";
  if (!foreign && (origin === undefined || isOurs(origin, header("host")))) return undefined;
  return problem(403, "Web pages of other sites may not change anything here.");
}

/** A page that hides where it comes from (`null`) is nobody's, not even where no host is asked for. */
function isOurs(origin: string, host: string | undefined): boolean {
  return URL.canParse(origin) && new URL(origin).host === host?.toLowerCase();
}
