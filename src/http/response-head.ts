import { statedFraming } from "./framing.ts";
import type { Field, Framing, ResponseHead } from "./message.ts";
import { type Flaw, Refusal, refuseLine } from "./refusal.ts";

/** A status line (RFC 9112, 4). */
export interface StatusLine {
  readonly minorVersion: 0 | 1;
  readonly status: number;
  readonly reason: string;
}

/** What must be known of a request to find the end of its response. */
export interface ExpectedRequest {
  readonly method: string;
  readonly upgrade: boolean;
}

/**
 * Reads a status line, CR LF included. The status is 100 to 999: what is above 599 is invalid but frames nothing
 * (RFC 9110, 15). The reason may be empty or hold any text, and the space before it may be absent, as servers are known
 * to leave it out.
 */
export function readStatusLine(line: string): StatusLine | Refusal {
  if (!STATUS_LINE.test(line)) return refuseLine(line, STATUS_LINE_FLAWS, STATUS_LINE_FORM);
  const minorVersion = line.startsWith("HTTP/1.1") ? 1 : 0;
  return { minorVersion, status: Number(line.slice(9, 12)), reason: line.slice(13, -2) };
}

/** Makes the head of a response from its parts, when they frame it without doubt as an answer to that request. */
export function readResponseHead(
  line: StatusLine,
  fields: readonly Field[],
  request: ExpectedRequest,
): ResponseHead | Refusal {
  const { status, reason, minorVersion } = line;
  if (status === 101 && !request.upgrade) return new Refusal(502, "A 101 answers a request that asked for no upgrade.");
  const stated = statedFraming(fields, minorVersion);
  if (stated instanceof Refusal) return stated;
  if (isBodiless(status) && stated !== undefined && !(stated.kind === "length" && stated.lengthBytes === 0)) {
    return new Refusal(502, "A 1xx or 204 states the length of a body that it can't have.");
  }
  const framing = hasNoBody(status, request.method) ? NO_BODY : (stated ?? UNTIL_CLOSE);
  return { status, reason, minorVersion, fields, framing };
}

const STATUS_LINE = /^HTTP\/1\.[01] [1-9][0-9]{2}(?: [\t -~\u0080-\u00ff]*)?\r\n$/u;

const STATUS_LINE_FORM = "A status line is not HTTP/1.0 or HTTP/1.1, a status of three digits and a reason.";

const STATUS_LINE_FLAWS: readonly Flaw[] = [[/^(?=\r)/u, "An empty line stands before a status line."]];

const NO_BODY: Framing = { kind: "none" };
const UNTIL_CLOSE: Framing = { kind: "until-close" };

/** Answers that have no body whatever their fields say (RFC 9112, 6.3, first case). */
function hasNoBody(status: number, method: string): boolean {
  return method === "HEAD" || status === 304 || isBodiless(status);
}

/** Answers whose sender must not state a length either (RFC 9112, 6.1; RFC 9110, 8.6); 0 is seen and does no harm. */
function isBodiless(status: number): boolean {
  return status < 200 || status === 204;
}
