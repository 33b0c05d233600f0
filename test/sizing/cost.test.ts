import { expect, test } from "vitest";
import { COST_UNITS, costModel, RADIOS } from "../../src/sizing/cost.ts";

const constants = RADIOS.flatMap((radio) =>
  Object.entries(costModel(radio)).map(([name, constant]) => ({ radio, name, constant })),
);

test.each(constants)("$radio: $name lies between its ends, in its unit, and has a source", ({ name, constant }) => {
  expect(constant.low).toBeLessThanOrEqual(constant.value);
  expect(constant.value).toBeLessThanOrEqual(constant.high);
  expect(constant.source.length).toBeGreaterThan(10);
  expect(Object.entries(COST_UNITS)).toContainEqual([name, constant.unit]);
});

test("a waking of LTE's radio is its promotion and its tail", () => {
  expect(costModel("lte").wakeUp.value).toBeCloseTo(0.26 * 1.21 + 10 * 1.06, 1);
});
