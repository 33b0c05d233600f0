import * as fc from "fast-check";
import { expect, test } from "vitest";
import { decodeWbxml } from "../../src/activesync/wbxml-reader.ts";
import { encodeWbxml } from "../../src/activesync/wbxml-writer.ts";
import { element, elementOf } from "../../src/activesync/wbxml.ts";
import type { WbxmlElement } from "../../src/activesync/wbxml.ts";
import { tree } from "../support/activesync-arbitraries.ts";
import { document, hex } from "../support/activesync-bytes.ts";
import { fromXml } from "../support/activesync-xml.ts";
import facts from "./vectors.json" with { type: "json" };

test.each(facts.vectors)("writes the vector $id", ({ hex: digits, xml }) => {
  const [, , , , first = 0, page = 0] = hex(digits);
  expect(encodeWbxml(fromXml(xml, first === 0 ? page : 0))).toEqual(hex(digits));
});

test("what it writes is read back as it was, whatever the tree", () => {
  fc.assert(
    fc.property(tree, (root) => {
      expect(decodeWbxml(encodeWbxml(root)).root).toEqual(root);
    }),
  );
});

test.each<[string, WbxmlElement, string]>([
  ["a start on another page", element(13, "Ping"), "00 0D 05"],
  ["no switch for the start page", element(0, "Sync"), "05"],
  ["no switch between tags of one page", element(0, "Sync", [element(0, "Wait"), element(0, "Limit")]), "45 24 25 01"],
  [
    "a switch back only before the next tag, not before an end",
    element(0, "Sync", [element(2, "Subject", [element(2, "To")])]),
    "45 00 02 54 16 01 01",
  ],
  ["text and opaque bytes", element(0, "Sync", ["a", new Uint8Array([0, 1])]), "45 03 61 00 C3 02 00 01 01"],
  ["no bytes and no text, which are not nothing", element(0, "Sync", ["", new Uint8Array()]), "45 03 00 C3 00 01"],
  ["a long opaque length", elementOf(0, 5, [new Uint8Array(200)]), `45 C3 81 48 ${"00".repeat(200)} 01`],
  ["text beyond ASCII as UTF-8", elementOf(0, 5, ["é😀\ufeff"]), "45 03 C3 A9 F0 9F 98 80 EF BB BF 00 01"],
])("writes %s", (_, root, body) => {
  expect(encodeWbxml(root)).toEqual(document(body));
});

test.each(["a\0b", "\ud800", "x\udc00", "\udc00\ud800"])(
  "refuses the text %j, which it could not read back",
  (text) => {
    expect(() => encodeWbxml(elementOf(0, 5, [text]))).toThrow(RangeError);
  },
);

test("neither depth nor breadth overflows the stack", () => {
  let deep = element(0, "Sync");
  for (let depth = 1; depth < 100_000; depth += 1) deep = element(0, "Sync", [deep]);
  const broad = element(
    0,
    "Sync",
    Array.from({ length: 200_000 }, () => element(0, "Add")),
  );
  expect(encodeWbxml(deep)).toHaveLength(4 + 2 * 100_000 - 1);
  expect(encodeWbxml(broad)).toHaveLength(4 + 200_002);
  expect(() => decodeWbxml(encodeWbxml(deep), { depth: 100_000 })).not.toThrow();
});
