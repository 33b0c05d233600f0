/** Bytes from hex digits; white space between them is for the reader. */
export function hex(text: string): Uint8Array {
  return Uint8Array.from(text.match(/[0-9a-f]{2}/giu) ?? [], (digits) => Number.parseInt(digits, 16));
}

/** A WBXML document as ActiveSync sends it: the usual header, then these bytes. */
export function document(body: string): Uint8Array {
  return hex(`03 01 6A 00 ${body}`);
}

/** The bytes of an ASCII text. */
export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
