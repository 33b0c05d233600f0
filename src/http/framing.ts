import { isNamed } from "./fields.ts";
import type { Field, Framing } from "./message.ts";
import { Refusal } from "./refusal.ts";

/** The framing that the fields state, `undefined` when they state none. */
type StatedFraming = Extract<Framing, { kind: "length" | "chunked" }> | undefined;

/**
 * Reads the framing that a head's fields state (RFC 9112, 6.1 to 6.3), where no two readers can differ:
 * `chunked` once, as the only coding, in HTTP/1.1, without a length beside it; or one length of decimal digits.
 */
export function statedFraming(fields: readonly Field[], minorVersion: 0 | 1): StatedFraming | Refusal {
  const codings = valuesOf(fields, "transfer-encoding");
  const lengths = valuesOf(fields, "content-length");
  if (codings.length > 0) return judgeCodings(codings, lengths, minorVersion);
  if (lengths.length > 1) return new Refusal(400, "Content-Length is repeated.");
  const [length] = lengths;
  return length === undefined ? undefined : judgeLength(length);
}

/** The values of all fields of that name, which is given in lower case, in the order sent. */
export function valuesOf(fields: readonly Field[], lowerName: string): readonly string[] {
  let values: string[] | undefined;
  for (const field of fields) {
    if (isNamed(field, lowerName)) (values ??= []).push(field.value);
  }
  return values ?? NO_VALUES;
}

/**
 * Fields that must not come after the body, as they frame or route the message; readers that merge trailers into the
 * head would frame it anew (RFC 9110, 6.5.1).
 */
export function judgeTrailers(trailers: readonly Field[]): Refusal | undefined {
  const found = FRAMING_NAMES.some((name) => valuesOf(trailers, name).length > 0);
  return found
    ? new Refusal(400, "A trailer field frames or routes the message; it belongs into the head.")
    : undefined;
}

/** Names of the fields that frame or route a message, in lower case. */
export const FRAMING_NAMES = ["content-length", "transfer-encoding", "host"] as const;

const NO_VALUES: readonly string[] = [];

function judgeCodings(
  codings: readonly string[],
  lengths: readonly string[],
  minorVersion: 0 | 1,
): StatedFraming | Refusal {
  if (lengths.length > 0) return new Refusal(400, "Content-Length and Transfer-Encoding stand in one head.");
  if (minorVersion === 0) return new Refusal(400, "Transfer-Encoding stands in an HTTP/1.0 head.");
  if (codings.length > 1 || codings[0]?.toLowerCase() !== "chunked") {
    return new Refusal(501, "Transfer-Encoding is not just chunked, the one coding that is known here.");
  }
  return { kind: "chunked" };
}

/** Digits that round to a safe integer are one: 2^53 itself can be told apart, and all above it round to it or higher. */
function judgeLength(value: string): StatedFraming | Refusal {
  if (!/^[0-9]+$/u.test(value)) return new Refusal(400, "Content-Length is not a decimal number.");
  const lengthBytes = Number(value);
  if (lengthBytes > Number.MAX_SAFE_INTEGER) return new Refusal(413, "Content-Length is above 2^53 - 1.");
  return { kind: "length", lengthBytes };
}
