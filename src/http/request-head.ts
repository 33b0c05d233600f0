import { findField, tokensOf } from "./fields.ts";
import { FRAMING_NAMES, statedFraming, valuesOf } from "./framing.ts";
import type { Field, RequestHead } from "./message.ts";
import { type Flaw, Refusal, refuseLine } from "./refusal.ts";

/** A request line (RFC 9112, 3). */
export interface RequestLine {
  readonly method: string;
  readonly target: string;
  readonly minorVersion: 0 | 1;
}

/**
 * Reads a request line, CR LF included: a token, one space, the target, one space, the version.
 * Other versions than 1.0 and 1.1 are refused with 505 (HTTP/2 begins with one), CONNECT with 501: this is no tunnel.
 */
export function readRequestLine(line: string): RequestLine | Refusal {
  if (!REQUEST_LINE.test(line)) return refuseLine(line, REQUEST_LINE_FLAWS, REQUEST_LINE_FORM);
  const first = line.indexOf(" ");
  const last = line.lastIndexOf(" ");
  const method = line.slice(0, first);
  const target = line.slice(first + 1, last);
  const version = line.slice(last + 1, -2);
  if (version !== "HTTP/1.1" && version !== "HTTP/1.0") {
    return new Refusal(505, "The version is neither HTTP/1.0 nor HTTP/1.1.", last + 1);
  }
  if (method === "CONNECT") return new Refusal(501, "CONNECT asks for a tunnel; there is none here.");
  if (!isTarget(method, target)) return new Refusal(400, TARGET_FORMS, first + 1);
  return { method, target, minorVersion: version === "HTTP/1.1" ? 1 : 0 };
}

/**
 * Makes the head of a request from its parts, when they frame and route it without doubt.
 * A wish to upgrade counts in HTTP/1.1 only (RFC 9110, 7.8).
 */
export function readRequestHead(line: RequestLine, fields: readonly Field[]): RequestHead | Refusal {
  const options = tokensOf(fields, "connection");
  const refusal = judgeHost(fields, line.minorVersion) ?? judgeOptions(options);
  if (refusal !== undefined) return refusal;
  const framing = statedFraming(fields, line.minorVersion) ?? NO_BODY;
  if (framing instanceof Refusal) return framing;
  const { method, target, minorVersion } = line;
  const upgrade = minorVersion === 1 && options.includes("upgrade") && findField(fields, "upgrade") !== undefined;
  return { method, target, minorVersion, fields, framing, upgrade };
}

const REQUEST_LINE = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+ [!-~]+ HTTP\/[0-9]\.[0-9]\r\n$/u;

const REQUEST_LINE_FORM = "A request line is not a method, a target and HTTP/1.1, with one space between them.";

const REQUEST_LINE_FLAWS: readonly Flaw[] = [
  [/^(?=\r)/u, "More than one empty line stands before a request line."],
  [/[\u0080-\u00ff]/u, "A request line holds a character that is not ASCII."],
];

const TARGET_FORMS = "A target is neither a path, nor an absolute URI, nor the * of OPTIONS, or it holds a fragment.";

const NO_BODY = { kind: "none" } as const;

/** Origin form, absolute form and, with OPTIONS, asterisk form (RFC 9112, 3.2.1, 3.2.2 and 3.2.4). */
function isTarget(method: string, target: string): boolean {
  if (target.startsWith("/")) return !target.includes("#");
  return target === "*" ? method === "OPTIONS" : /^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^#]+$/u.test(target);
}

/** Exactly one valid Host; HTTP/1.0 did not know it yet (RFC 9112, 3.2). */
function judgeHost(fields: readonly Field[], minorVersion: 0 | 1): Refusal | undefined {
  const hosts = valuesOf(fields, "host");
  if (hosts.length > 1) return new Refusal(400, "Host is repeated.");
  const [host] = hosts;
  if (host === undefined) return minorVersion === 1 ? new Refusal(400, "Host is missing.") : undefined;
  return HOST.test(host) ? undefined : new Refusal(400, "Host is not a name or address, with or without a port.");
}

/** `uri-host [ ":" port ]` (RFC 9110, 7.2; RFC 3986, 3.2.2); it may be empty. */
const HOST = /^(?:[\w\-.~%!$&'()*+,;=]*|\[[\w\-.~:%!$&'()*+,;=]+\])(?::[0-9]*)?$/u;

/**
 * Whoever forwards the request takes off the fields that Connection names; without its length it would end elsewhere.
 * A sender must not name fields that are meant for everyone (RFC 9110, 7.6.1).
 */
function judgeOptions(options: readonly string[]): Refusal | undefined {
  const named = FRAMING_NAMES.some((name) => options.includes(name));
  return named ? new Refusal(400, "Connection names a field that frames or routes the message.") : undefined;
}
