import { hostOf, hostOfSocket } from "./host-check.ts";
import { problem } from "./problem.ts";

/** What is known of a request before anything is done about it. */
export interface GuardedRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly header: (name: string) => string | undefined;
  /** The address that the connection was made to. */
  readonly localAddress: string | undefined;
}

/** Who may ask. */
export interface GuardSettings {
  /** Hosts that may stand in `Host`. */
  readonly hosts: ReadonlySet<string>;
  /** What must stand in `Authorization`; nobody has to sign in when absent. */
  readonly token?: string | undefined;
}

/** Refuses a request that comes from elsewhere than it may; `undefined` lets it pass. */
export function refuse(request: GuardedRequest, { hosts, token }: GuardSettings): Response | undefined {
  return refuseHost(request, hosts) ?? refuseToken(request, token) ?? refuseOrigin(request);
}

/** Whether a method changes nothing. */
export function isSafe(method: string): boolean {
  return method === "GET" || method === "HEAD";
}

/** What may be asked without a token: it tells no more than that something is there. */
const PUBLIC: ReadonlySet<string> = new Set(["/-/healthy", "/-/ready"]);

/**
 * Refuses a request for a host that is none of ours: a web page whose name was made to point here (DNS rebinding).
 * A request without `Host` (HTTP/1.0) comes from no browser. The address that a connection was made to is always ours.
 */
function refuseHost({ header, localAddress }: GuardedRequest, hosts: ReadonlySet<string>) {
  const host = header("host");
  if (host === undefined) return undefined;
  const asked = hostOf(host);
  if (asked !== undefined && (hosts.has(asked) || asked === hostOfSocket(localAddress))) return undefined;
  return problem(421, `Host ${host} is not one of the admin server's; allow it there if it should be.`);
}

/** Source: RFC 6750, 2.1 and 3. */
function refuseToken({ header, path }: GuardedRequest, token: string | undefined) {
  if (token === undefined || PUBLIC.has(path)) return undefined;
  const given = /^Bearer +(\S+) *$/iu.exec(header("authorization") ?? "")?.[1];
  if (given !== undefined && sameText(given, token)) return undefined;
  return problem(401, "This admin server demands its token: Authorization: Bearer TOKEN.", {
    "www-authenticate": "Bearer",
  });
}

/**
 * Refuses a web page of another site that wants to change something. Browsers say where a request comes from in
 * `Sec-Fetch-Site` (Fetch Metadata Request Headers, 2.1) and `Origin` (RFC 6454, 7); whatever is no browser says neither.
 */
function refuseOrigin({ method, header }: GuardedRequest) {
  if (isSafe(method)) return undefined;
  const [site, origin] = [header("sec-fetch-site"), header("origin")];
  const foreign = site !== undefined && site !== "same-origin" && site !== "none";
  if (!foreign && (origin === undefined || hostAndPort(origin) === header("host")?.toLowerCase())) return undefined;
  return problem(403, "Web pages of other sites may not change anything here.");
}

function hostAndPort(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}

/** Takes as long for any text of the token's length, so that its time tells nothing of the token. */
function sameText(given: string, token: string): boolean {
  let different = given.length ^ token.length;
  for (let at = 0; at < given.length; at += 1) different |= given.charCodeAt(at) ^ token.charCodeAt(at % token.length);
  return different === 0;
}
