import { findField, hasToken, isNamed, tokensOf } from "../http/fields.ts";
import type { Field, RequestHead } from "../http/message.ts";

/**
 * What becomes of the fields that tell a server whom it serves: `X-Forwarded-For`, `-Proto`, `-Host`, `-Port`.
 * `replace` does not trust the device: its own are taken off (`Forwarded` too) and ours set. `append` trusts it, as when
 * another proxy stands in front: the device's address goes behind those that came, the others are set where absent.
 * `remove` takes them all off, `keep` passes them unchanged.
 */
export type ForwardedPolicy = "replace" | "append" | "remove" | "keep";

/** What is written into a request on its way to a backend. */
export interface RequestRewriting {
  /** The value of Host. */
  readonly host: string;
  readonly forwarded: ForwardedPolicy;
  /** The device's address. */
  readonly deviceAddress: string;
  /** What the device gave as Host; empty when it gave nothing. */
  readonly deviceHost: string;
}

/** A field with all its values, in the order sent. */
export interface FieldValues {
  readonly name: string;
  readonly values: readonly string[];
}

/** The device asks for a WebSocket; every other upgrade is passed over, as a server may do (RFC 9110, 7.8). */
export function asksForWebSocket(head: RequestHead): boolean {
  const protocols = tokensOf(head.fields, "upgrade");
  return head.upgrade && head.framing.kind === "none" && protocols.length === 1 && protocols[0] === "websocket";
}

/** The device waits for a 100 before it sends the body; in HTTP/1.0 that means nothing (RFC 9110, 10.1.1). */
export function expectsAnswer(head: RequestHead): boolean {
  return head.minorVersion === 1 && head.framing.kind !== "none" && findField(head.fields, "expect") !== undefined;
}

/**
 * NTLM and Negotiate sign in a connection rather than a request: another device must not inherit it.
 * Source: RFC 4559, 6 ("Negotiate" and shared proxies); Microsoft, [MS-NTHT] 1.3.
 */
export function bindsConnection({ fields }: RequestHead): boolean {
  return /^(?:ntlm|negotiate)(?: |$)/iu.test(findField(fields, "authorization") ?? "");
}

/** The fields of a request as its backend gets them: what concerns one connection only is taken off and made anew. */
export function requestFields(head: RequestHead, rewriting: RequestRewriting): readonly FieldValues[] {
  const passes = passesForwarded(rewriting.forwarded);
  const kept = endToEnd(head.fields).filter((field) => {
    if (isNamed(field, "host") || isNamed(field, "content-length")) return false;
    if (isNamed(field, "expect")) return expectsAnswer(head);
    if (isNamed(field, "trailer")) return head.framing.kind === "chunked";
    return passes || !isForwarded(field.name);
  });
  return gather([
    { name: "Host", value: rewriting.host },
    ...kept,
    ...forwardedFields(kept, rewriting),
    ...framingFields(head),
    ...connectionFields(head),
  ]);
}

/** The fields of an answer as the device gets them, in their order; how the body is framed is said anew. */
export function answerFields(fields: readonly Field[], { trailers }: { readonly trailers: boolean }): readonly Field[] {
  return endToEnd(fields).filter((field) => trailers || !isNamed(field, "trailer"));
}

/** The bytes of an interim answer, or of one that switches protocols. */
export function formatInterim(status: number, reason: string, fields: readonly Field[]): Buffer {
  const upgrade = findField(fields, "upgrade");
  const kept = endToEnd(fields).filter((field) => !isNamed(field, "content-length"));
  const own: readonly Field[] =
    status === 101 && upgrade !== undefined
      ? [
          { name: "Connection", value: "Upgrade" },
          { name: "Upgrade", value: upgrade },
        ]
      : [];
  const lines = [...kept, ...own].map(({ name, value }) => `${name}: ${value}\r\n`);
  return Buffer.from(`HTTP/1.1 ${status} ${reason}\r\n${lines.join("")}\r\n`, "latin1");
}

/** Makes fields of the flat list in which Node keeps names and values as they were sent. */
export function pairUp(raw: readonly string[]): readonly Field[] {
  const fields: Field[] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    fields.push({ name: raw[index] ?? "", value: raw[index + 1] ?? "" });
  }
  return fields;
}

/** Concern one connection only, whether or not Connection names them. Source: RFC 9110, 7.6.1; RFC 9112, 6.1. */
const HOP_BY_HOP = new Set(["connection", "keep-alive", "proxy-connection", "te", "transfer-encoding", "upgrade"]);

/** Stays although Connection names it: without its length the message would end elsewhere. */
const FRAMING = "content-length";

/**
 * The fields that are meant for more than one connection. Connection can't take off what a proxy in front of us wrote:
 * a device would hide its address that way.
 */
function endToEnd(fields: readonly Field[]): readonly Field[] {
  const named = new Set(tokensOf(fields, "connection"));
  return fields.filter(({ name }) => {
    const lowerName = name.toLowerCase();
    if (HOP_BY_HOP.has(lowerName)) return false;
    return !named.has(lowerName) || lowerName === FRAMING || isForwarded(name);
  });
}

function isForwarded(name: string): boolean {
  return /^(?:x-forwarded-(?:for|proto|host|port)|forwarded)$/iu.test(name);
}

function passesForwarded(policy: ForwardedPolicy): boolean {
  return policy === "append" || policy === "keep";
}

/** The fields to add, where `kept` holds those that stay as they came. */
function forwardedFields(kept: readonly Field[], rewriting: RequestRewriting): readonly Field[] {
  const { forwarded, deviceAddress, deviceHost } = rewriting;
  if (forwarded === "remove" || forwarded === "keep") return [];
  const told: readonly Field[] = [
    { name: "X-Forwarded-Proto", value: "https" },
    { name: "X-Forwarded-Host", value: deviceHost },
    { name: "X-Forwarded-Port", value: /:(\d+)$/u.exec(deviceHost)?.[1] ?? "443" },
  ];
  const absent = told.filter(({ name, value }) => value !== "" && findField(kept, name) === undefined);
  return [{ name: "X-Forwarded-For", value: deviceAddress }, ...absent];
}

function framingFields({ framing }: RequestHead): readonly Field[] {
  if (framing.kind === "chunked") return [{ name: "Transfer-Encoding", value: "chunked" }];
  return framing.kind === "length" ? [{ name: "Content-Length", value: String(framing.lengthBytes) }] : [];
}

/** Our own words about the connection to the server (RFC 9110, 7.6.1 and 10.1.4). */
function connectionFields(head: RequestHead): readonly Field[] {
  if (asksForWebSocket(head)) {
    return [
      { name: "Connection", value: "Upgrade" },
      { name: "Upgrade", value: findField(head.fields, "upgrade") ?? "websocket" },
    ];
  }
  const last = bindsConnection(head) ? "close" : "keep-alive";
  if (!hasToken(head.fields, "te", "trailers")) return [{ name: "Connection", value: last }];
  return [
    { name: "Connection", value: `${last}, TE` },
    { name: "TE", value: "trailers" },
  ];
}

/** Gathers what is repeated under its first name; names differ in case only. Order among values is kept. */
function gather(fields: readonly Field[]): readonly FieldValues[] {
  const gathered = new Map<string, { readonly name: string; readonly values: string[] }>();
  for (const { name, value } of fields) {
    const lowerName = name.toLowerCase();
    const known = gathered.get(lowerName);
    if (known === undefined) gathered.set(lowerName, { name, values: [value] });
    else if (lowerName === "x-forwarded-for") known.values.push(`${known.values.pop() ?? ""}, ${value}`);
    else known.values.push(value);
  }
  return [...gathered.values()];
}
