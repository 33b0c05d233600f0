import { assert, integer, property } from "fast-check";
import { expect, test } from "vitest";
import { formatQuantity, RATE, readQuantity, SIZE } from "../../src/profile/quantities.ts";

test.each([
  ["50kB/s", 50_000],
  ["1B/s", 1],
  ["8bit/s", 1],
  ["64kbit/s", 8000],
  ["1.5Mbit/s", 187_500],
  ["2MB/s", 2_000_000],
  ["1Gbit/s", 125_000_000],
  ["10GB/s", 10_000_000_000],
])("the rate %s is %d bytes a second", (text, value) => {
  expect(readQuantity(RATE, text)).toEqual({ kind: "quantity", value });
});

test.each([
  ["64KiB", 65_536],
  ["1KiB", 1024],
  ["1.5MiB", 1_572_864],
  ["100kB", 100_000],
  ["64MiB", 67_108_864],
  ["2000B", 2000],
])("the size %s is %d bytes", (text, value) => {
  expect(readQuantity(SIZE, text)).toEqual({ kind: "quantity", value });
});

const EXPECTED =
  "expected a rate with a unit, such as 50kB/s (units: GB/s, MB/s, kB/s, B/s, Gbit/s, Mbit/s, kbit/s or bit/s)";

test.each([
  ["50", `a number without a unit; ${EXPECTED}`],
  ["-50", `a number without a unit; ${EXPECTED}`],
  ["fast", EXPECTED],
  ["", EXPECTED],
  ["-5kB/s", EXPECTED],
  ["5 kB/s", EXPECTED],
  ["50kb/s", `the unknown unit "kb/s"; ${EXPECTED}; did you mean kB/s?`],
  ["50constructor", `the unknown unit "constructor"; ${EXPECTED}`],
  ["0kB/s", "expected 1B/s at least"],
  ["7bit/s", "expected 1B/s at least"],
  ["10.1GB/s", "expected 10GB/s at most"],
])("%j is refused as a rate with what was found and what was expected", (text, message) => {
  expect(readQuantity(RATE, text)).toEqual({ kind: "fault", message: `found ${JSON.stringify(text)}, ${message}` });
});

test.each([
  [RATE, 1_000_000, "1MB/s"],
  [RATE, 187_500, "187500B/s"],
  [RATE, 50_000, "50kB/s"],
  [RATE, 1.125, "9bit/s"],
  [RATE, 1000.1, "1000.1B/s"],
  [SIZE, 65_536, "64KiB"],
  [SIZE, 2000, "2kB"],
  [SIZE, 1025, "1025B"],
] as const)("a quantity is written in the largest unit that needs no fraction", (kind, value, text) => {
  expect(formatQuantity(kind, value)).toBe(text);
});

test("what is written reads as the same", () => {
  assert(
    property(integer({ min: 1024, max: SIZE.most }), (value) => {
      for (const kind of [RATE, SIZE]) {
        expect(readQuantity(kind, formatQuantity(kind, value))).toEqual({ kind: "quantity", value });
      }
    }),
  );
});
