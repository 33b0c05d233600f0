import { expect, test } from "vitest";
import { halfWidth, mean, percentile } from "../../src/sizing/statistics.ts";

test("the mean of none is 0", () => {
  expect(mean([])).toBe(0);
  expect(mean([1, 2, 6])).toBe(3);
});

test.each([
  [0, 1],
  [0.05, 1],
  [0.5, 1],
  [0.51, 5],
  [0.75, 5],
  [1, 9],
])("the percentile of a share of %d is the least number that so many are at or below", (share, expected) => {
  const counts = new Map([
    [9, 1],
    [1, 2],
    [5, 1],
  ]);
  expect(percentile(counts, share)).toBe(expected);
});

test("there is no percentile of none", () => {
  expect(percentile(new Map(), 0.5)).toBeNull();
});

test("half the confidence interval of two numbers is 12.706 standard errors wide", () => {
  expect(halfWidth([1, 3])).toBeCloseTo(12.706, 10);
});

test("with many numbers it is that of the normal distribution", () => {
  const numbers = Array.from({ length: 40 }, (_, index) => index % 2);
  expect(halfWidth(numbers)).toBeCloseTo((1.96 * Math.sqrt(10 / 39)) / Math.sqrt(40), 10);
});
