import * as fc from "fast-check";
import { expect, test } from "vitest";
import { shortest32, toJson, toJsonByName } from "../../../src/control/toxiproxy/response-json.ts";

test("escapes what HTML could take for markup, and reads back as it was", () => {
  const value = { name: "<b>&\u2028\u2029\"'" };
  expect(toJson(value)).toBe(String.raw`{"name":"\u003cb\u003e\u0026\u2028\u2029\"'"}`);
  expect(JSON.parse(toJson(value))).toEqual(value);
});

test("writes objects by name in the order of the names' bytes, numbers too", () => {
  const named = ["b", "é", "10", "9", "", "ab", "a"].map((name) => ({ name }));
  const keys = [...toJsonByName(named).matchAll(/"([^"]*)":\{/gu)].map((match) => match[1]);
  expect(keys).toEqual(["", "10", "9", "a", "ab", "b", "é"]);
  expect(toJsonByName([])).toBe("{}");
});

test.each([
  [1, 1],
  [0.1, 0.1],
  [Math.fround(0.1), 0.1],
  [0.123456789, 0.12345679],
  [0, 0],
  [-2.5, -2.5],
])("%d in 32 bits is written %d", (value, written) => {
  expect(shortest32(value)).toBe(written);
});

test("a number of 32 bits reads back as the same number of 32 bits", () => {
  const numbers = fc.float({ noNaN: true, noDefaultInfinity: true });
  const run = fc.check(fc.property(numbers, (value) => Math.fround(shortest32(value)) === value));
  expect(fc.defaultReportMessage(run)).toBeUndefined();
});
