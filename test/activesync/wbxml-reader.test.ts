import * as fc from "fast-check";
import { expect, test } from "vitest";
import { decodeCommandBody, decodeAnswerBody } from "../../src/activesync/command.ts";
import { DEFAULT_WBXML_LIMITS, decodeWbxml } from "../../src/activesync/wbxml-reader.ts";
import { encodeWbxml } from "../../src/activesync/wbxml-writer.ts";
import { element, elementOf } from "../../src/activesync/wbxml.ts";
import type { WbxmlContent, WbxmlElement } from "../../src/activesync/wbxml.ts";
import { ProtocolError } from "../../src/errors.ts";
import { attempt } from "../support/activesync-attempt.ts";
import { document, hex } from "../support/activesync-bytes.ts";
import { toXml } from "../support/activesync-xml.ts";
import facts from "./vectors.json" with { type: "json" };

const SYNC = element(0, "Sync");
const VECTORS = facts.vectors.map((vector) => hex(vector.hex));

test.each(facts.vectors)("reads the vector $id", ({ hex: digits, xml }) => {
  expect(toXml(decodeWbxml(hex(digits)).root)).toBe(xml);
});

test.each<[string, string, WbxmlElement]>([
  ["version 1.1", "01 01 6A 00 05", SYNC],
  ["version 1.2", "02 01 6A 00 05", SYNC],
  ["a public id of several bytes", "03 A0 01 6A 00 05", SYNC],
  ["a public id in the string table", "03 00 00 6A 02 61 00 05", SYNC],
  ["US-ASCII", "03 01 03 00 05", SYNC],
  ["a string table that nothing uses", "03 01 6A 03 61 62 63 05", SYNC],
  [
    "strings of the table, from their beginning or their middle",
    "03 01 6A 04 61 62 63 00 45 83 00 83 02 83 03 01",
    elementOf(0, 5, ["abc", "c", ""]),
  ],
  ["an entity", "03 01 6A 00 45 02 81 20 02 87 E8 00 01", elementOf(0, 5, ["\u00a0", "\u{1f400}"])],
  [
    "the highest entity and those beside the surrogates",
    "03 01 6A 00 45 02 C3 FF 7F 02 83 AF 7F 02 83 C0 00 01",
    elementOf(0, 5, ["\u{10ffff}", "\ud7ff", "\ue000"]),
  ],
  [
    "opaque bytes that look like tokens",
    "03 01 6A 00 45 C3 03 01 00 05 01",
    elementOf(0, 5, [new Uint8Array([1, 0, 5])]),
  ],
  ["a byte order mark as text", "03 01 6A 00 45 03 EF BB BF 00 01", elementOf(0, 5, ["\ufeff"])],
  ["an element with content that is empty", "03 01 6A 00 45 01", SYNC],
  ["page switches that change nothing, or come before an end", "03 01 6A 00 00 0D 00 00 45 00 00 00 02 01", SYNC],
  ["tags that no page assigns", "03 01 6A 00 00 FF 7F 00 03 3E 01", elementOf(255, 0x3f, [elementOf(3, 0x3e)])],
])("reads %s", (_, digits, root) => {
  expect(decodeWbxml(hex(digits)).root).toStrictEqual(root);
});

test("tells where the tag of each element stands", () => {
  const { root, offsets } = decodeWbxml(document("45 00 02 54 03 61 00 01 16 01"));
  const children = root.content.filter((node) => typeof node === "object" && "token" in node);
  expect([root, ...children].map((node) => offsets.get(node))).toEqual([4, 7, 12]);
});

test("keeps what it read when the bytes are used again for something else", () => {
  const bytes = Buffer.from(document("45 C3 02 07 08 01"));
  const { root } = decodeWbxml(bytes);
  bytes.fill(0);
  expect(root.content).toStrictEqual([new Uint8Array([7, 8])]);
});

test.each([
  ["nothing at all", "", 0, "ends within the version"],
  ["version 1.0", "00 01 6A 00 05", 0, "version 0x00"],
  ["a later version", "04 01 6A 00 05", 0, "version 0x04"],
  ["an end in the public id", "03 81", 2, "ends within the public id"],
  ["an end in the index of the public id", "03 00", 2, "ends within the index of the public id"],
  ["a public id that the string table does not have", "03 00 02 6A 02 61 00 05", 2, "index 2 of the string table"],
  ["an end before the charset", "03 01", 2, "ends within the charset"],
  ["Latin-1", "03 01 04 00 05", 2, "charset 4, expected 106"],
  ["an unknown charset", "03 01 00 00 05", 2, "charset 0"],
  ["a string table longer than the document", "03 01 6A 05 61 00", 6, "ends within the string table of 5 bytes"],
  ["a string table of 4 GiB", "03 01 6A 8F FF FF FF 7F", 8, "ends within the string table of 4294967295 bytes"],
  ["a length over 32 bits", "03 01 6A 90 80 80 80 00 05", 3, "length of the string table over 32 bits"],
  ["a length that never ends", `03 01 6A ${"FF".repeat(40)}`, 3, "over 32 bits"],
  ["a length with a leading zero", "03 01 6A 80 00 05", 3, "length of the string table with a leading zero"],
  ["no root element", "03 01 6A 00", 4, "ends within an element"],
  ["text for a root element", "03 01 6A 00 03 61 00", 4, "token 0x03 outside the root element"],
  ["an end for a root element", "03 01 6A 00 01", 4, "token 0x01 outside the root element"],
  ["an end within an element", "03 01 6A 00 45 05", 6, "ends within an element"],
  ["an end within a page switch", "03 01 6A 00 00", 5, "ends within a page switch"],
  ["a second root element", "03 01 6A 00 05 05", 5, "bytes after the end"],
  ["a page switch after the root element", "03 01 6A 00 45 01 00 00", 6, "bytes after the end"],
  ["text without an end", "03 01 6A 00 45 03 61 62", 6, "text without a terminating zero"],
  ["text that is not UTF-8", "03 01 6A 00 45 03 61 FF 00 01", 6, "text that is not UTF-8"],
  ["a surrogate in UTF-8", "03 01 6A 00 45 03 ED A0 80 00 01", 6, "text that is not UTF-8"],
  ["a zero in two bytes", "03 01 6A 00 45 03 C0 80 00 01", 6, "text that is not UTF-8"],
  ["a string that the table does not have", "03 01 6A 02 61 00 45 83 02 01", 7, "index 2 of the string table"],
  ["a string of a table that is not there", "03 01 6A 00 45 83 00 01", 5, "index 0 of the string table"],
  ["a string of the table without an end", "03 01 6A 01 61 45 83 00 01", 6, "index 0 of the string table"],
  ["a string of the table that is not UTF-8", "03 01 6A 02 FF 00 45 83 00 01", 7, "text that is not UTF-8"],
  ["an entity for U+0000", "03 01 6A 00 45 02 00 01", 5, "entity 0"],
  ["an entity for half a surrogate pair", "03 01 6A 00 45 02 83 B0 00 01", 5, "entity 55296"],
  ["an entity for the other half", "03 01 6A 00 45 02 83 BF 7F 01", 5, "entity 57343"],
  ["an entity beyond Unicode", "03 01 6A 00 45 02 C4 80 00 01", 5, "entity 1114112"],
  ["opaque data longer than the document", "03 01 6A 00 45 C3 05 61 01", 9, "ends within opaque data of 5 bytes"],
  ["attributes", "03 01 6A 00 C5 05 01 01", 4, "attributes on AirSync:Sync"],
])("refuses %s and says where", (_, digits, offsetBytes, message) => {
  const decode = (): unknown => decodeWbxml(hex(digits));
  expect(decode).toThrow(ProtocolError);
  expect(decode).toThrow(message);
  expect(decode).toThrow(expect.objectContaining({ offsetBytes, code: "E_PROTOCOL" }));
});

test.each([
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
])("refuses token %i by its name, %s", (token, name) => {
  const bytes = document(`45 ${token.toString(16).padStart(2, "0")} 01`);
  expect(() => decodeWbxml(bytes)).toThrow(`${name}, which ActiveSync does not use (byte 5)`);
});

const nested = (depth: number): Uint8Array => document("45".repeat(depth - 1) + "05" + "01".repeat(depth - 1));

test.each([
  ["32 elements within one another, not 33", nested(32), nested(33), {}, 4 + 32],
  ["as deep as told", nested(3), nested(4), { depth: 3 }, 4 + 3],
  ["as many bytes as told", nested(2), nested(3), { sizeBytes: 7 }, 7],
  ["as many nodes as told, texts counted", document("45 03 00 01"), document("45 03 00 05 01"), { nodes: 2 }, 7],
  ["as many texts as told", document("45 03 00 01"), document("45 03 00 03 00 01"), { nodes: 2 }, 7],
])("reads %s", (_, within, beyond, limits, offsetBytes) => {
  expect(() => decodeWbxml(within, limits)).not.toThrow();
  expect(() => decodeWbxml(beyond, limits)).toThrow(ProtocolError);
  expect(() => decodeWbxml(beyond, limits)).toThrow(expect.objectContaining({ offsetBytes }));
});

test("reads a document of a MiB, and not one byte more", () => {
  const { sizeBytes } = DEFAULT_WBXML_LIMITS;
  expect(ofSize(sizeBytes)).toHaveLength(sizeBytes);
  expect(() => decodeWbxml(ofSize(sizeBytes))).not.toThrow();
  expect(() => decodeWbxml(ofSize(sizeBytes + 1))).toThrow("a document over 1048576 bytes");
});

test("references to the string table cannot make more text than a document may have bytes", () => {
  const table = "61".repeat(9) + "00";
  const references = (count: number): Uint8Array => hex(`03 01 6A 0A ${table} 45 ${"83 00".repeat(count)} 01`);
  expect(textOf(decodeWbxml(references(10), { sizeBytes: 100 }).root)).toHaveLength(90);
  expect(() => decodeWbxml(references(11), { sizeBytes: 100 })).toThrow(
    "over 100 bytes out of the string table (byte 35)",
  );
});

test("what it makes of any bytes is never more than the bytes and the string table's budget allow", () => {
  const hostile = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.uint8Array({ maxLength: 300 }).map((body) => Uint8Array.from([...document(""), ...body])),
    fc
      .array(fc.constantFrom(0x00, 0x01, 0x02, 0x03, 0x05, 0x45, 0x83, 0xc3, 0x61), { maxLength: 300 })
      .map((body) => Uint8Array.from([...hex("03 01 6A 05 61 62 63 00 00 45"), ...body])),
  );
  fc.assert(
    fc.property(hostile, (bytes) => {
      const read = attempt(() => decodeWbxml(bytes, { sizeBytes: 400 }));
      fc.pre(!(read instanceof ProtocolError));
      expect(countNodes(read.root)).toBeLessThanOrEqual(bytes.length);
      expect(textOf(read.root).length).toBeLessThanOrEqual(bytes.length + 400);
      expect(decodeWbxml(encodeWbxml(read.root)).root).toEqual(read.root);
    }),
    { numRuns: 200 },
  );
});

test("no bytes, made up or a vector spoilt, draw anything but a ProtocolError out of any decoder", () => {
  const spoilt = fc
    .tuple(fc.constantFrom(...VECTORS), fc.array(fc.tuple(fc.nat(120), fc.nat(255)), { minLength: 1, maxLength: 4 }))
    .map(([vector, changes]) => {
      const bytes = Uint8Array.from(vector);
      for (const [index, value] of changes) bytes[index] = value;
      return bytes;
    });
  const cut = fc.tuple(fc.constantFrom(...VECTORS), fc.nat(106)).map(([vector, end]) => vector.subarray(0, end));
  const made = fc.uint8Array({ maxLength: 60 }).map((body) => Uint8Array.from([...document(""), ...body]));
  const commands = ["Provision", "FolderSync", "Sync", "Ping"] as const;
  fc.assert(
    fc.property(fc.oneof(spoilt, cut, made), (bytes) => {
      const results = commands.flatMap((command) => [
        attempt(() => decodeCommandBody(command, bytes)),
        attempt(() => decodeAnswerBody(command, 200, bytes)),
      ]);
      const faults = results.filter((result) => result instanceof ProtocolError);
      expect(faults.filter((fault) => fault.offsetBytes > bytes.length)).toEqual([]);
    }),
    { numRuns: 1000 },
  );
});

function ofSize(sizeBytes: number): Uint8Array {
  return encodeWbxml(elementOf(0, 5, ["x".repeat(sizeBytes - 8)]));
}

function countNodes(node: WbxmlContent): number {
  if (typeof node === "string" || node instanceof Uint8Array) return 1;
  return node.content.reduce((sum, child) => sum + countNodes(child), 1);
}

function textOf(node: WbxmlContent): string {
  if (typeof node === "string") return node;
  return node instanceof Uint8Array ? "" : node.content.map(textOf).join("");
}
