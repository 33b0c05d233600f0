import { ProtocolError } from "../errors.ts";
import { ByteWriter } from "./byte-writer.ts";
import { COMMAND_CODES } from "./command.ts";
import { decodePercent } from "./percent.ts";

/** A parameter of a base64 query. */
export interface TaggedParameter {
  /** The name of its tag, or the tag in digits when it has none. */
  readonly name: string;
  /** Text for most; one byte of bits for `Options` (1 SaveInSent, 2 AcceptMultiPart). */
  readonly bytes: Uint8Array;
}

/** What a base64 query says; the version, and the key that a header has otherwise, stand in it. */
export interface Base64Query {
  readonly form: "base64";
  /** 12.1 to 16.1. */
  readonly protocolVersion: string;
  /** A name, or the code in digits when it is not known. */
  readonly command: string;
  /** A Windows locale, 0 to 65535; 0x0409 is English, United States. */
  readonly locale: number;
  /** The text it was sent as; bytes that are no printable ASCII, as hex digits. */
  readonly deviceId: string;
  /** 0 to 2^32 - 1. */
  readonly policyKey?: number;
  readonly deviceType: string;
  readonly user?: string;
  /** All parameters but the user, in the order they were sent. */
  readonly parameters: readonly TaggedParameter[];
}

/**
 * Reads a base64 query that begins at `offset` of its target; it may be percent-encoded, and may lack its padding.
 * Source: MS-ASHTTP 2.2.1.1.1.1; the byte order of the key and the hex form of a binary device id as Z-Push has them.
 * @throws ProtocolError (E_PROTOCOL) for what is not base64, with the offset in the target, and for bytes that break the
 * layout, with the offset in those bytes.
 */
export function parseBase64Query(query: string, offset: number): Base64Query {
  const reader = new LayoutReader(decodeBase64(decodePercent(query, offset), offset));
  return {
    form: "base64",
    protocolVersion: reader.readVersion(),
    command: nameOf(COMMANDS, reader.readByte("the command code")),
    locale: reader.readByte("the locale") + 256 * reader.readByte("the locale"),
    deviceId: reader.readDeviceId(),
    ...reader.readPolicyKey(),
    deviceType: reader.readText("the device type"),
    ...reader.readParameters(),
  };
}

/**
 * Writes a base64 query, without the `?` before it; `+`, `/` and `=` may stand in a query as they are (RFC 3986, 3.4).
 * @throws RangeError for what the layout cannot hold: only a bug can ask for it.
 */
export function formatBase64Query(query: Base64Query): string {
  const out = new ByteWriter();
  out.byte(knownCode(VERSIONS, query.protocolVersion) ?? outOfRange(`version ${query.protocolVersion}`));
  out.byte(codeOf(COMMANDS, query.command));
  appendInteger(out, query.locale, 2);
  if (!/^[!-~]+$/u.test(query.deviceId)) outOfRange(`the device id ${JSON.stringify(query.deviceId)}`);
  appendCounted(out, UTF_8_ENCODER.encode(query.deviceId));
  out.byte(query.policyKey === undefined ? 0 : 4);
  if (query.policyKey !== undefined) appendInteger(out, query.policyKey, 4);
  appendCounted(out, UTF_8_ENCODER.encode(query.deviceType));
  const user = query.user === undefined ? [] : [{ name: USER, bytes: UTF_8_ENCODER.encode(query.user) }];
  for (const { name, bytes } of [...query.parameters, ...user]) {
    out.byte(codeOf(TAGS, name));
    appendCounted(out, bytes);
  }
  return btoa(Array.from(out.bytes(), (byte) => String.fromCharCode(byte)).join(""));
}

type Names = ReadonlyMap<number, string>;

const USER = "User";
const COMMANDS: Names = new Map(Object.entries(COMMAND_CODES).map(([name, code]) => [code, name]));
const VERSIONS: Names = new Map([
  [121, "12.1"],
  [140, "14.0"],
  [141, "14.1"],
  [160, "16.0"],
  [161, "16.1"],
]);

/** Source: MS-ASHTTP 2.2.1.1.1.1, command parameters; CollectionName and ParentId as Z-Push has them. */
const TAGS: Names = new Map([
  [0, "AttachmentName"],
  [1, "CollectionId"],
  [2, "CollectionName"],
  [3, "ItemId"],
  [4, "LongId"],
  [5, "ParentId"],
  [6, "Occurrence"],
  [7, "Options"],
  [8, USER],
]);

const UTF_8_ENCODER = new TextEncoder();
const UTF_8_DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Reads the fields of the layout one after the other. */
class LayoutReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  readByte(what: string): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw new ProtocolError(`the query ends within ${what}`, this.#at);
    this.#at += 1;
    return byte;
  }

  readVersion(): string {
    const byte = this.readByte("the protocol version");
    const version = VERSIONS.get(byte);
    if (version !== undefined) return version;
    throw new ProtocolError(`protocol version ${byte}, expected one of ${[...VERSIONS.keys()].join(", ")}`, 0);
  }

  readDeviceId(): string {
    const lengthAt = this.#at;
    const bytes = this.#readCounted("the device id");
    if (bytes.length === 0) throw new ProtocolError("a device id of no bytes, expected at least one", lengthAt);
    const printable = bytes.every((byte) => byte > 0x20 && byte < 0x7f);
    return printable ? String.fromCharCode(...bytes) : hexOf(bytes);
  }

  readPolicyKey(): { readonly policyKey?: number } {
    const lengthAt = this.#at;
    const bytes = this.#readCounted("the policy key");
    if (bytes.length === 0) return {};
    if (bytes.length !== 4) throw new ProtocolError(`a policy key of ${bytes.length} bytes, expected 0 or 4`, lengthAt);
    return { policyKey: bytes.reduceRight((value, byte) => value * 256 + byte, 0) };
  }

  readText(what: string): string {
    const at = this.#at + 1;
    const bytes = this.#readCounted(what);
    try {
      return UTF_8_DECODER.decode(bytes);
    } catch (cause) {
      throw new ProtocolError(`${what} is not UTF-8`, at, { cause });
    }
  }

  readParameters(): Pick<Base64Query, "user" | "parameters"> {
    let user: string | undefined;
    const parameters: TaggedParameter[] = [];
    while (this.#at < this.#bytes.length) {
      const tagAt = this.#at;
      const name = nameOf(TAGS, this.readByte("a tag"));
      if (name !== USER) {
        parameters.push({ name, bytes: new Uint8Array(this.#readCounted(name)) });
      } else if (user === undefined) {
        user = this.readText(name);
      } else {
        throw new ProtocolError(`${name} a second time, expected once`, tagAt);
      }
    }
    return user === undefined ? { parameters } : { user, parameters };
  }

  #readCounted(what: string): Uint8Array {
    const length = this.readByte(`the length of ${what}`);
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new ProtocolError(`the query ends within ${what}`, this.#bytes.length);
    const bytes = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return bytes;
  }
}

/** Source: RFC 4648, section 4; padding may be missing, but not wrong. */
function decodeBase64(text: string, offset: number): Uint8Array {
  const digits = text.replace(/={1,2}$/u, "");
  const whole = digits.length % 4 !== 1 && (digits.length === text.length || text.length % 4 === 0);
  if (!whole || !/^[A-Za-z0-9+/]*$/u.test(digits)) throw new ProtocolError("a query that is not base64", offset);
  return Uint8Array.from(atob(digits), (character) => character.charCodeAt(0));
}

function nameOf(names: Names, code: number): string {
  return names.get(code) ?? String(code);
}

/** The inverse of `nameOf`. */
function codeOf(names: Names, name: string): number {
  const code = knownCode(names, name) ?? (/^[0-9]{1,3}$/u.test(name) ? Number(name) : Number.NaN);
  return isUnsigned(code, 1) ? code : outOfRange(name);
}

function knownCode(names: Names, name: string): number | undefined {
  return [...names].find(([, known]) => known === name)?.[0];
}

function appendCounted(out: ByteWriter, bytes: Uint8Array): void {
  appendInteger(out, bytes.length, 1);
  out.append(bytes);
}

function appendInteger(out: ByteWriter, value: number, lengthBytes: number): void {
  if (!isUnsigned(value, lengthBytes)) outOfRange(`${value} in ${lengthBytes} bytes`);
  for (let index = 0; index < lengthBytes; index += 1) out.byte((value >>> (8 * index)) & 0xff);
}

function isUnsigned(value: number, lengthBytes: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < 256 ** lengthBytes;
}

function outOfRange(what: string): never {
  throw new RangeError(`a base64 query cannot hold ${what}`);
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
