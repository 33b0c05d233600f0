import { ProtocolError } from "../errors.ts";

/**
 * Undoes percent-encoding of UTF-8 in a part of a target that begins at `offset`.
 * Source: RFC 3986, 2.1.
 * @throws ProtocolError (E_PROTOCOL) for an escape that is not two hex digits, or bytes that are not UTF-8.
 */
export function decodePercent(text: string, offset: number): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    const brokenAt = text.search(/%(?![0-9a-f]{2})/iu);
    if (brokenAt !== -1) throw new ProtocolError("% without two hex digits", offset + brokenAt, { cause });
    throw new ProtocolError("escapes that are not UTF-8", offset, { cause });
  }
}
