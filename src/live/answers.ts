import type { ResponseHead } from "../http/message.ts";
import type { ServerFailure } from "./server-leg.ts";

/** A sentence for the device in place of an answer that the server did not give. */
export interface PlainAnswer {
  readonly status: number;
  readonly sentence: string;
}

/** The bytes of a plain-text answer after which the connection ends. */
export function formatAnswer({ status, sentence }: PlainAnswer, method: string): Buffer {
  return formatted(status, `${sentence}\n`, ["Content-Type: text/plain; charset=utf-8"], method);
}

/** The bytes of an answer in JSON that nobody is to keep, and after which the connection ends. */
export function formatJsonAnswer(status: number, value: object): Buffer {
  return formatted(status, `${JSON.stringify(value)}\n`, ["Content-Type: application/json", "Cache-Control: no-store"]);
}

function formatted(status: number, body: string, fields: readonly string[], method = "GET"): Buffer {
  const head = [
    `HTTP/1.1 ${status} ${REASONS[status] ?? "Error"}`,
    ...fields,
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Connection: close",
  ].join("\r\n");
  return Buffer.from(`${head}\r\n\r\n${method === "HEAD" ? "" : body}`);
}

/** Whether a response head is the last word on its request, and not an interim one. */
export function isFinal(head: ResponseHead): boolean {
  return head.status >= 200 || head.status === 101;
}

/** Says to a device why its server did not answer. */
export function describeFailure(host: string, { code, message, connected, untrusted }: ServerFailure): string {
  const where = `The Client Access server ${host}`;
  if (untrusted === true) return `${where} is not trusted: ${message} (${code}).`;
  if (!connected) return `${where} can't be reached: ${message} (${code}).`;
  return `${where} broke off before its answer: ${message}.`;
}

/** Reason phrases of the statuses we answer ourselves. Source: IANA HTTP status code registry; 524 Cloudflare. */
const REASONS: Readonly<Record<number, string>> = {
  200: "OK",
  400: "Bad Request",
  404: "Not Found",
  408: "Request Timeout",
  413: "Content Too Large",
  414: "URI Too Long",
  431: "Request Header Fields Too Large",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
  505: "HTTP Version Not Supported",
  524: "A Timeout Occurred",
};
