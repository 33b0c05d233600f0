import { ProtocolError } from "../errors.ts";
import { describeTag } from "./code-pages.ts";
import { GLOBAL_TOKEN, TAG_BYTE, UTF_8, elementOf } from "./wbxml.ts";
import type { WbxmlContent, WbxmlDocument, WbxmlElement } from "./wbxml.ts";

/** How much a document may ask of its reader. */
export interface WbxmlLimits {
  /** The most bytes of a document; also the most bytes that references to its string table may add up to. */
  readonly sizeBytes: number;
  /** The most elements within one another, the root counted. */
  readonly depth: number;
  /** The most elements and texts together. */
  readonly nodes: number;
}

/** A MiB of short fields stays within the nodes; no command of MS-ASCMD nests to half the depth. */
export const DEFAULT_WBXML_LIMITS: WbxmlLimits = { sizeBytes: 1024 * 1024, depth: 32, nodes: 262_144 };

/**
 * Reads a document of WBXML 1.1 to 1.3, in time proportional to its size.
 * Tags that no page assigns stay, by their number. Reads strings, string tables, entities and opaque data; what
 * ActiveSync never uses (attributes, literal tags, processing instructions, extension tokens) is a fault.
 * Source: WBXML 1.3 (WAP-192), section 5; MS-ASWBXML 2.1.2 for what ActiveSync uses of it.
 * @throws ProtocolError (E_PROTOCOL) with the byte offset, for any other input and beyond a limit.
 */
export function decodeWbxml(bytes: Uint8Array, limits: Partial<WbxmlLimits> = {}): WbxmlDocument {
  return new Reader(bytes, { ...DEFAULT_WBXML_LIMITS, ...limits }).read();
}

/** The charsets that are read as UTF-8: UTF-8 itself, and US-ASCII, which is a part of it. Source: IANA (MIBenum). */
const CHARSETS: ReadonlySet<number> = new Set([UTF_8, 3]);

/** Global tokens that are known and refused. Source: WBXML 1.3, 7.1. */
const REFUSED_TOKENS: ReadonlyMap<number, string> = new Map([
  [0x04, "LITERAL"],
  [0x40, "EXT_I_0"],
  [0x41, "EXT_I_1"],
  [0x42, "EXT_I_2"],
  [0x43, "PI"],
  [0x44, "LITERAL_C"],
  [0x80, "EXT_T_0"],
  [0x81, "EXT_T_1"],
  [0x82, "EXT_T_2"],
  [0x84, "LITERAL_A"],
  [0xc0, "EXT_0"],
  [0xc1, "EXT_1"],
  [0xc2, "EXT_2"],
  [0xc4, "LITERAL_AC"],
]);

/** A byte order mark is text here: it must come back as it went in. */
const UTF_8_DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Goes through the bytes once; the elements that are open stand on a list, so no nesting can overflow the stack. */
class Reader {
  readonly #bytes: Uint8Array;
  readonly #limits: WbxmlLimits;
  readonly #offsets = new Map<WbxmlElement, number>();
  /** The contents of the elements whose ends were not read yet, the innermost last. */
  readonly #open: WbxmlContent[][] = [];
  #root: WbxmlElement | undefined;
  #table: Uint8Array = new Uint8Array();
  #at = 0;
  #page = 0;
  #nodes = 0;
  #tableBytesRead = 0;

  constructor(bytes: Uint8Array, limits: WbxmlLimits) {
    this.#bytes = bytes;
    this.#limits = limits;
  }

  read(): WbxmlDocument {
    const { sizeBytes } = this.#limits;
    if (this.#bytes.length > sizeBytes) throw new ProtocolError(`a document over ${sizeBytes} bytes`, sizeBytes);
    this.#readHeader();
    while (this.#root === undefined || this.#open.length > 0) this.#readItem();
    if (this.#at < this.#bytes.length) throw new ProtocolError("bytes after the end of the root element", this.#at);
    return { root: this.#root, offsets: this.#offsets };
  }

  #readHeader(): void {
    const version = this.#readByte("the version");
    if (version < 1 || version > 3) throw new ProtocolError(`version ${hex(version)}, expected 01 to 03`, 0);
    const publicId = this.#readInteger("the public id");
    const publicIdAt = this.#at;
    const publicIdIndex = publicId === 0 ? this.#readInteger("the index of the public id") : undefined;
    const charsetAt = this.#at;
    const charset = this.#readInteger("the charset");
    if (!CHARSETS.has(charset)) throw new ProtocolError(`charset ${charset}, expected 106 (UTF-8)`, charsetAt);
    this.#table = this.#take(this.#readInteger("the length of the string table"), "the string table");
    if (publicIdIndex !== undefined) this.#readTableString(publicIdIndex, publicIdAt);
  }

  #readItem(): void {
    const at = this.#at;
    const token = this.#readByte("an element");
    if (token === GLOBAL_TOKEN.switchPage) {
      this.#page = this.#readByte("a page switch");
    } else if ((token & TAG_BYTE.token) >= TAG_BYTE.firstToken) {
      this.#readTag(token, at);
    } else {
      const parent = this.#open.at(-1);
      if (parent === undefined) throw new ProtocolError(`token ${hex(token)} outside the root element`, at);
      if (token === GLOBAL_TOKEN.end) {
        this.#open.pop();
      } else {
        this.#count(at);
        parent.push(this.#readText(token, at));
      }
    }
  }

  #readTag(byte: number, at: number): void {
    const token = byte & TAG_BYTE.token;
    if ((byte & TAG_BYTE.attributes) !== 0) {
      throw new ProtocolError(`attributes on ${describeTag(this.#page, token)}, expected none`, at);
    }
    if (this.#open.length >= this.#limits.depth) {
      throw new ProtocolError(`${describeTag(this.#page, token)} deeper than ${this.#limits.depth} elements`, at);
    }
    this.#count(at);
    const content: WbxmlContent[] = [];
    const element = elementOf(this.#page, token, content);
    this.#offsets.set(element, at);
    const parent = this.#open.at(-1);
    if (parent === undefined) this.#root = element;
    else parent.push(element);
    if ((byte & TAG_BYTE.content) !== 0) this.#open.push(content);
  }

  #count(at: number): void {
    this.#nodes += 1;
    if (this.#nodes > this.#limits.nodes) throw new ProtocolError(`more than ${this.#limits.nodes} nodes`, at);
  }

  #readText(token: number, at: number): string | Uint8Array {
    switch (token) {
      case GLOBAL_TOKEN.inlineString:
        return this.#readInlineString();
      case GLOBAL_TOKEN.tableString:
        return this.#readTableString(this.#readInteger("the index of a string"), at);
      case GLOBAL_TOKEN.entity:
        return this.#readEntity(at);
      case GLOBAL_TOKEN.opaque:
        return new Uint8Array(this.#take(this.#readInteger("the length of opaque data"), "opaque data"));
      default:
        throw new ProtocolError(`${REFUSED_TOKENS.get(token)}, which ActiveSync does not use`, at);
    }
  }

  #readInlineString(): string {
    const from = this.#at;
    const end = this.#bytes.indexOf(0, from);
    if (end === -1) throw new ProtocolError("text without a terminating zero", from);
    this.#at = end + 1;
    return decodeText(this.#bytes.subarray(from, end), from);
  }

  /** Many references to long strings would make much of little: what they read is counted, and bounded by the size. */
  #readTableString(index: number, at: number): string {
    const end = this.#table.indexOf(0, index);
    if (index >= this.#table.length || end === -1) {
      throw new ProtocolError(`no terminated string at index ${index} of the string table`, at);
    }
    this.#tableBytesRead += end + 1 - index;
    const { sizeBytes } = this.#limits;
    if (this.#tableBytesRead > sizeBytes)
      throw new ProtocolError(`over ${sizeBytes} bytes out of the string table`, at);
    return decodeText(this.#table.subarray(index, end), at);
  }

  #readEntity(at: number): string {
    const code = this.#readInteger("an entity");
    if (code === 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
      throw new ProtocolError(`entity ${code}, expected a character's code point`, at);
    }
    return String.fromCodePoint(code);
  }

  /** At most 32 bits in at most five bytes, without leading zeros: a number has one form only. */
  #readInteger(what: string): number {
    const from = this.#at;
    let value = 0;
    let byte: number;
    do {
      byte = this.#readByte(what);
      value = value * 128 + (byte & 0x7f);
      if (value === 0 && byte === 0x80) throw new ProtocolError(`${what} with a leading zero`, from);
      if (value > 0xffffffff) throw new ProtocolError(`${what} over 32 bits`, from);
    } while (byte >= 0x80);
    return value;
  }

  #readByte(what: string): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw new ProtocolError(`the document ends within ${what}`, this.#at);
    this.#at += 1;
    return byte;
  }

  #take(length: number, what: string): Uint8Array {
    const end = this.#at + length;
    if (end > this.#bytes.length) {
      throw new ProtocolError(`the document ends within ${what} of ${length} bytes`, this.#bytes.length);
    }
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}

function decodeText(bytes: Uint8Array, at: number): string {
  try {
    return UTF_8_DECODER.decode(bytes);
  } catch (cause) {
    throw new ProtocolError("text that is not UTF-8", at, { cause });
  }
}

function hex(byte: number): string {
  return `0x${byte.toString(16).padStart(2, "0")}`;
}
