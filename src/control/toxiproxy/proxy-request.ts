import { withoutCredentials } from "../../errors.ts";
import { badRequestBody, missingField } from "./api-error.ts";
import { type Fields, readFields, readListOfFields } from "./request-json.ts";

/** A proxy to be, as a client asks for it. */
export interface ProxyRequest {
  readonly name: string;
  /** May be empty, or have port 0: any free one. */
  readonly listen: string;
  readonly upstream: string;
  readonly enabled: boolean;
}

/** What of a proxy can be changed. */
export type ProxyChange = Omit<ProxyRequest, "name">;

/**
 * Reads a proxy to be.
 * @throws ApiError 400
 */
export function readProxy(body: string): ProxyRequest {
  return proxyOf(readFields(body, "Proxy"), "");
}

/**
 * Reads a list of proxies to be; every one is checked before any is given.
 * @throws ApiError 400
 */
export function readProxies(body: string): readonly ProxyRequest[] {
  return readListOfFields(body, "Proxy").map((fields, index) => proxyOf(fields, ` at proxy ${index + 1}`));
}

/**
 * Reads a change to a proxy; what is left out stays as it is.
 * @throws ApiError 400
 */
export function readProxyChange(body: string, present: ProxyChange): ProxyChange {
  const fields = readFields(body, "Proxy");
  return {
    listen: fields.string("listen", present.listen),
    upstream: checkUpstream(fields.string("upstream", present.upstream)),
    enabled: fields.boolean("enabled", present.enabled),
  };
}

const HOST_AND_PORT = /^(?:\[[\da-f:.]+\]|[\w.-]+):(?<port>\d{1,5})$/iu;
const HIGHEST_PORT = 65_535;

function proxyOf(fields: Fields, where: string): ProxyRequest {
  const name = fields.string("name", "");
  const listen = fields.string("listen", "");
  const upstream = fields.string("upstream", "");
  const enabled = fields.boolean("enabled", true);
  if (name === "") throw missingField(`name${where}`);
  if (upstream === "") throw missingField(`upstream${where}`);
  return { name, listen, upstream: checkUpstream(upstream), enabled };
}

/** Toxiproxy takes anything, and drops every connection later; here it is said at once. */
function checkUpstream(upstream: string): string {
  const port = Number(HOST_AND_PORT.exec(upstream)?.groups?.["port"] ?? 0);
  if (port > 0 && port <= HIGHEST_PORT) return upstream;
  throw badRequestBody(`upstream: found ${JSON.stringify(withoutCredentials(upstream))}, expected HOST:PORT`);
}
