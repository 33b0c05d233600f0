import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Distribution } from "../../src/core/distribution.ts";

test.each([
  [59.9, 0],
  [60, 0],
  [60.1, 1],
  [120, 1],
  [120.1, 2],
])("%d falls into range %d of those up to 60, up to 120 and above", (value, range) => {
  expect(new Distribution([60, 120]).add(value)).toBe(range);
});

test("is empty at first", () => {
  const { sum, bounds } = new Distribution([1, 2]);
  expect([sum, bounds, new Distribution([1, 2]).cumulative()]).toEqual([0, [1, 2], [0, 0, 0]]);
});

test("counts what is at or below each bound, all at the end, and adds them up", () => {
  const bounds = [-5, 0, 1, 10, 1000];
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -100, max: 2000 })), (values) => {
      const distribution = new Distribution(bounds);
      for (const value of values) distribution.add(value);
      const below = [...bounds, Infinity].map((bound) => values.filter((value) => value <= bound).length);
      expect(distribution.cumulative()).toEqual(below);
      expect(distribution.sum).toBe(values.reduce((sum, value) => sum + value, 0));
    }),
  );
});
