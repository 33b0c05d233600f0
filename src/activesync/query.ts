import { ACTIVESYNC_PATH } from "./constants.ts";
import { parseBase64Query } from "./query-base64.ts";
import type { Base64Query } from "./query-base64.ts";
import { parsePlainQuery } from "./query-plain.ts";
import type { PlainQuery } from "./query-plain.ts";

export { formatBase64Query } from "./query-base64.ts";
export { formatPlainQuery } from "./query-plain.ts";

/** What the query of a request says of command and device, in the form in which it was sent. */
export type Query = PlainQuery | Base64Query;

/** What stands in the head of a request beside its target. */
export interface QueryHeaders {
  /** The value of MS-ASProtocolVersion. */
  readonly protocolVersion: string | undefined;
}

/**
 * Reads the target of a request; `undefined` when its path is not one that takes commands (a server's health page, say).
 * Takes the origin form and the absolute form (RFC 9112, 3.2), and the path in any case. A query is in base64 when no
 * `=` or `&` stands in it but at its end as padding; no query at all, as with OPTIONS, is a plain one without parameters.
 * Source: MS-ASHTTP 2.2.1.1.1.
 * @throws ProtocolError (E_PROTOCOL) for a query that breaks its form. The offset counts in the target, or in the bytes
 * that a base64 query stands for.
 */
export function parseRequestTarget(target: string, headers: QueryHeaders): Query | undefined {
  const pathAt = /^https?:\/\/[^/?]*/iu.exec(target)?.[0].length ?? 0;
  const mark = target.indexOf("?", pathAt);
  const pathEnd = mark === -1 ? target.length : mark;
  if (!PATHS.has(target.slice(pathAt, pathEnd).toLowerCase())) return undefined;
  const query = target.slice(pathEnd + 1);
  if (query === "" || !isBase64Form(query)) return parsePlainQuery(query, pathEnd + 1, headers.protocolVersion);
  return parseBase64Query(query, pathEnd + 1);
}

/**
 * Paths that take commands: as devices use it, with the handler's name as it stands in logs of IIS, as one Client Access
 * server hands a request to another, and as SOGo has it; each with or without a slash at its end.
 */
const PATHS: ReadonlySet<string> = new Set(
  [ACTIVESYNC_PATH, `${ACTIVESYNC_PATH}/default.eas`, `${ACTIVESYNC_PATH}/Proxy/default.eas`, `/SOGo${ACTIVESYNC_PATH}`]
    .map((path) => path.toLowerCase())
    .flatMap((path) => [path, `${path}/`]),
);

function isBase64Form(query: string): boolean {
  const first = query.search(/[&=]/u);
  return first === -1 || /^={1,2}$/u.test(query.slice(first));
}
