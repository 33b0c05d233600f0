import { expect, test } from "vitest";
import { decodePercent } from "../../src/activesync/percent.ts";

test.each([
  ["", ""],
  ["a+b", "a+b"],
  ["%41%c3%A9%F0%9F%98%80", "Aé😀"],
  ["%25%2B%26", "%+&"],
])("undoes the escapes of %j", (text, decoded) => {
  expect(decodePercent(text, 0)).toBe(decoded);
});

test.each([
  ["ab%", 12],
  ["ab%4", 12],
  ["%41%zz", 13],
  ["%u0041", 10],
])("says where an escape of %j is broken", (text, offset) => {
  expect(() => decodePercent(text, 10)).toThrow(`% without two hex digits (byte ${offset})`);
});

test.each(["a%FF", "%C3", "%ED%A0%80", "%C0%80"])("refuses %j, which is not UTF-8", (text) => {
  expect(() => decodePercent(text, 10)).toThrow("escapes that are not UTF-8 (byte 10)");
});
