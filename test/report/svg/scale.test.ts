import fc from "fast-check";
import { expect, test } from "vitest";
import { linearScale, ticksTo, timeTicks, timeUnit } from "../../../src/report/svg/scale.ts";

test("a scale maps one interval onto another, backwards too", () => {
  const scale = linearScale([0, 10], [100, 0]);
  expect([0, 5, 10].map(scale)).toEqual([100, 50, 0]);
});

test("a scale of one value has it in the middle", () => expect(linearScale([5, 5], [0, 10])(5)).toBe(5));

test.each([
  [0, [0, 1]],
  [1, [0, 0.2, 0.4, 0.6, 0.8, 1]],
  [0.3, [0, 0.1, 0.2, 0.3]],
  [96, [0, 20, 40, 60, 80, 100]],
  [101, [0, 50, 100, 150]],
])("ticks up to %d are %j", (largest, ticks) => expect(ticksTo(largest)).toEqual(ticks));

test("ticks are few, and the last one is not below the largest value", () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-9, max: 1e12, noNaN: true }), (largest) => {
      const ticks = ticksTo(largest);
      expect(ticks.length).toBeGreaterThanOrEqual(3);
      expect(ticks.length).toBeLessThanOrEqual(7);
      expect(ticks.at(-1)).toBeGreaterThanOrEqual(largest * (1 - 1e-9));
    }),
  );
});

test.each([
  [[300, 3600], 6, [600, 1200, 1800, 2400, 3000, 3600]],
  [[300, 360], 6, [300, 310, 320, 330, 340, 350, 360]],
  [[0, 14_400], 6, [0, 3600, 7200, 10_800, 14_400]],
  [[0, 6 * 86_400], 3, [0, 172_800, 345_600, 518_400]],
  [[301, 301], 6, [301]],
] as const)("ticks of %j, about %d, are at %j", ([from, to], most, ticks) => {
  expect(timeTicks([from, to], most)).toEqual(ticks);
});

test.each([
  [180, "s"],
  [181, "min"],
  [14_399, "min"],
  [14_400, "h"],
])("an axis up to %d s is in %s", (largest, unit) => expect(timeUnit(largest).name).toBe(unit));
