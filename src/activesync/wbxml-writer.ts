import { ByteWriter } from "./byte-writer.ts";
import { GLOBAL_TOKEN, TAG_BYTE, UTF_8 } from "./wbxml.ts";
import type { WbxmlContent, WbxmlElement } from "./wbxml.ts";

/**
 * Writes a document: WBXML 1.3, public id unknown, UTF-8, no string table, a page switch only where a tag's page differs
 * from the last tag's. `decodeWbxml` reads it back as it was.
 * Source: MS-ASWBXML 2.1.2 and its example.
 * @throws RangeError for text that no WBXML string can carry: U+0000, or half a surrogate pair.
 */
export function encodeWbxml(root: WbxmlElement): Uint8Array {
  const out = new ByteWriter();
  for (const byte of [0x03, 0x01, UTF_8, 0x00]) out.byte(byte);
  writeTree(root, out);
  return out.bytes();
}

/** Marks on the work list where an element ends. */
const END = Symbol("end");

/** A work list, not recursion: no depth of the tree may end in a stack overflow. */
function writeTree(root: WbxmlElement, out: ByteWriter): void {
  const work: (WbxmlContent | typeof END)[] = [root];
  let page = 0;
  for (let item = work.pop(); item !== undefined; item = work.pop()) {
    if (item === END) {
      out.byte(GLOBAL_TOKEN.end);
    } else if (typeof item === "string") {
      writeString(item, out);
    } else if (item instanceof Uint8Array) {
      out.byte(GLOBAL_TOKEN.opaque);
      out.multiByteInteger(item.length);
      out.append(item);
    } else {
      writeTag(item, page, out);
      page = item.page;
      if (item.content.length > 0) work.push(END);
      for (const child of item.content.toReversed()) work.push(child);
    }
  }
}

function writeTag(item: WbxmlElement, page: number, out: ByteWriter): void {
  if (item.page !== page) {
    out.byte(GLOBAL_TOKEN.switchPage);
    out.byte(item.page);
  }
  out.byte(item.token | (item.content.length > 0 ? TAG_BYTE.content : 0));
}

function writeString(text: string, out: ByteWriter): void {
  if (/[\0\p{Surrogate}]/u.test(text))
    throw new RangeError("a WBXML string carries no U+0000 and no half surrogate pair");
  out.byte(GLOBAL_TOKEN.inlineString);
  out.append(UTF_8_ENCODER.encode(text));
  out.byte(0);
}

const UTF_8_ENCODER = new TextEncoder();
