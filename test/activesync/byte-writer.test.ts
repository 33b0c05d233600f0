import { expect, test } from "vitest";
import { ByteWriter } from "../../src/activesync/byte-writer.ts";

/** The first rows are the examples of WBXML 1.3, 5.1. */
test.each([
  [0x60, [0x60]],
  [0xa0, [0x81, 0x20]],
  [0, [0]],
  [127, [0x7f]],
  [128, [0x81, 0x00]],
  [16_383, [0xff, 0x7f]],
  [16_384, [0x81, 0x80, 0x00]],
  [2 ** 31, [0x88, 0x80, 0x80, 0x80, 0x00]],
  [2 ** 32 - 1, [0x8f, 0xff, 0xff, 0xff, 0x7f]],
])("writes %i in groups of seven bits, as few as will do", (value, bytes) => {
  const out = new ByteWriter();
  out.multiByteInteger(value);
  expect([...out.bytes()]).toEqual(bytes);
});

test("grows as bytes and lists of bytes come, and hands out copies", () => {
  const out = new ByteWriter();
  for (let byte = 0; byte < 100; byte += 1) out.byte(byte);
  const early = out.bytes();
  out.append(new Uint8Array(1000).fill(7));
  out.byte(8);
  expect(early).toHaveLength(100);
  expect([...out.bytes()]).toEqual([...early, ...Array.from({ length: 1000 }, () => 7), 8]);
});
