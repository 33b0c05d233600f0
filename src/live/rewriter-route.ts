import { UsageError } from "../errors.ts";
import { findField } from "../http/fields.ts";
import type { HttpFault, RequestHead } from "../http/message.ts";
import type { Target } from "./target.ts";

/** A Client Access server that serves the paths below a prefix. */
export interface Backend {
  /**
   * The paths it serves: the prefix itself and all that is below it, in any case, as IIS takes them; `/` is all.
   * The longest prefix that fits wins. Escaped letters fit nothing: this is a signpost, no lock.
   */
  readonly prefix: string;
  readonly target: Target;
  /** Whether the server is called by its own name and port, or as the device called us; default `backend`. */
  readonly host?: "backend" | "kept";
  /** Whether the prefix is taken off the path; default false. */
  readonly stripPrefix?: boolean;
  /** What is put before the path, after the prefix was taken off; default nothing. */
  readonly addPrefix?: string;
}

/** Where a request goes, and as what. */
export interface Route<Served extends Backend = Backend> {
  readonly backend: Served;
  /** What stands in the request line to the backend. */
  readonly target: string;
  /** The host that the device asked for, perhaps empty. */
  readonly deviceHost: string | undefined;
}

/** Why a request goes nowhere. */
export type Refused = Pick<HttpFault, "status" | "message">;

/**
 * Holds backends to what routing can work with.
 * @throws UsageError E_CONFIG_INVALID with every fault
 */
export function checkBackends(backends: readonly Backend[]): void {
  const faults = backends.length === 0 ? ["found no backend, expected at least one"] : [];
  const seen = new Set<string>();
  for (const { prefix, addPrefix } of backends) {
    for (const path of [prefix, addPrefix ?? "/"]) {
      if (!PREFIX.test(path) || DOT_SEGMENT.test(path)) {
        faults.push(`found the prefix ${JSON.stringify(path)}, expected a path such as "/mail", without query or dots`);
      }
    }
    const key = trimmed(prefix).toLowerCase();
    if (seen.has(key)) faults.push(`found the prefix ${JSON.stringify(prefix)} twice, expected one backend for it`);
    seen.add(key);
  }
  if (faults.length > 0) throw new UsageError("E_CONFIG_INVALID", faults.join("\n"));
}

/** Finds the backend for a request and what to ask of it, or why it is refused. */
export function routeRequest<Served extends Backend>(
  head: RequestHead,
  backends: readonly Served[],
): Route<Served> | Refused {
  const parts = splitTarget(head);
  if (parts === undefined) return { status: 400, message: "The target is no path and no http or https URI." };
  const { path, query, authority } = parts;
  if (DOT_SEGMENT.test(path)) return { status: 400, message: "The path holds a segment . or .. that leads elsewhere." };
  const backend = longestFit(path, backends);
  if (backend === undefined) return { status: 404, message: "No backend serves this path." };
  const target = path === "*" ? "*" : `${rewritePath(path, backend)}${query}`;
  return { backend, target, deviceHost: authority ?? findField(head.fields, "host") };
}

const PREFIX = /^\/[!-"$->@-~]*$/u;

/**
 * A segment `.` or `..`, escaped or not, between separators of any kind: we and a server could take its path for
 * different ones (RFC 3986, 5.2.4 and 6.2.2.3).
 */
const DOT_SEGMENT = /(?:^|[/\\]|%2f|%5c)(?:\.|%2e){1,2}(?=$|[/\\;]|%2f|%5c|%3b)/iu;

const ABSOLUTE = /^https?:\/\/(?<authority>[\w\-.~%!$&'()*+,;=:[\]]+)(?<path>\/[^?]*)?(?<query>\?.*)?$/iu;

/** What a target consists of; an absolute one overrides Host (RFC 9112, 3.2.2), and means `*` without a path (3.2.4). */
function splitTarget(head: RequestHead): TargetParts | undefined {
  const { method, target } = head;
  if (target === "*") return { path: target, query: "" };
  if (target.startsWith("/")) {
    const at = target.indexOf("?");
    return at === -1 ? { path: target, query: "" } : { path: target.slice(0, at), query: target.slice(at) };
  }
  const groups = ABSOLUTE.exec(target)?.groups;
  const authority = groups?.["authority"];
  if (groups === undefined || authority === undefined) return undefined;
  const { path, query = "" } = groups;
  return { path: path ?? (method === "OPTIONS" && query === "" ? "*" : "/"), query, authority };
}

interface TargetParts {
  readonly path: string;
  /** With its question mark. */
  readonly query: string;
  readonly authority?: string;
}

function longestFit<Served extends Backend>(path: string, backends: readonly Served[]): Served | undefined {
  let best: Served | undefined;
  for (const backend of backends) {
    if (fits(path, backend.prefix) && backend.prefix.length > (best?.prefix.length ?? 0)) best = backend;
  }
  return best;
}

/** `*` concerns the server as a whole: whoever serves everything. */
function fits(path: string, prefix: string): boolean {
  const start = trimmed(prefix).toLowerCase();
  if (path === "*") return start === "";
  return path.toLowerCase().startsWith(start) && (path.length === start.length || path[start.length] === "/");
}

function rewritePath(path: string, { prefix, stripPrefix = false, addPrefix = "" }: Backend): string {
  const rest = stripPrefix ? path.slice(trimmed(prefix).length) : path;
  const whole = `${trimmed(addPrefix)}${rest}`;
  return whole === "" ? "/" : whole;
}

function trimmed(prefix: string): string {
  return prefix.endsWith("/") ? prefix.slice(0, -1) : prefix;
}
