import { expect, test } from "vitest";
import { FIGURES, gainOf, largestGain } from "../../src/sizing/gains.ts";
import type { SizeRow } from "../../src/sizing/size-result.ts";
import { rowAt } from "./rows.ts";

function figure(name: string) {
  const found = FIGURES.find((each) => each.name === name);
  if (found === undefined) throw new Error(`there is no figure ${name}`);
  return found;
}

const NO_RATES = {
  failedPingsPerDevicePerDay: 0,
  requestsPerDevicePerDay: 0,
  bytesPerDevicePerDay: 0,
  joulesPerDevicePerDay: 0,
  lateMailShare: 0,
};

/** Repeats with these requests, and all else alike. */
function repeatsOf(...requests: readonly number[]): Partial<SizeRow> {
  const repeats = requests.map((requestsPerDevicePerDay) => ({ ...NO_RATES, requestsPerDevicePerDay }));
  return { requestsPerDevicePerDay: requests.reduce((sum, each) => sum + each, 0) / requests.length, repeats };
}

test("a gain is a share of the larger of the two, and negative where the other row is worse", () => {
  const [many, few] = [rowAt(600, { requestsPerDevicePerDay: 200 }), rowAt(900, { requestsPerDevicePerDay: 150 })];
  expect(gainOf(figure("requests"), many, few)).toBe(0.25);
  expect(gainOf(figure("requests"), few, many)).toBe(-0.25);
});

test("a difference that matters to nobody is no gain, whatever its share", () => {
  const [some, none] = [
    rowAt(600, { failedPingsPerDevicePerDay: 0.09 }),
    rowAt(900, { failedPingsPerDevicePerDay: 0 }),
  ];
  expect(gainOf(figure("failed Pings"), some, none)).toBe(0);
});

test("what chance may have done is no gain", () => {
  const [from, to] = [rowAt(600, repeatsOf(200, 200, 200)), rowAt(900, repeatsOf(150, 180, 210))];
  expect(gainOf(figure("requests"), from, to)).toBe(0);
});

test("what is so in each repeat is no chance, however far repeats lie apart", () => {
  const [from, to] = [rowAt(600, repeatsOf(100, 200, 300)), rowAt(900, repeatsOf(85, 180, 275))];
  expect(gainOf(figure("requests"), from, to)).toBeCloseTo(0.1, 10);
});

test("chance is told by what late mail does in each repeat, too", () => {
  const late = (...shares: readonly number[]) => ({
    lateMailShare: shares.reduce((sum, share) => sum + share, 0) / shares.length,
    repeats: shares.map((lateMailShare) => ({ ...NO_RATES, lateMailShare })),
  });
  const from = rowAt(600, late(0.04, 0.05, 0.06));
  expect(gainOf(figure("late mail"), from, rowAt(900, late(0, 0.02, 0.07)))).toBe(0);
  expect(gainOf(figure("late mail"), from, rowAt(900, late(0.02, 0.03, 0.04)))).toBeCloseTo(0.4, 10);
});

test("two repeats are too few to tell what is chance", () => {
  const [from, to] = [rowAt(600, repeatsOf(100, 300)), rowAt(900, repeatsOf(90, 180))];
  expect(gainOf(figure("requests"), from, to)).toBe(0.325);
});

test.each([
  ["failed Pings", { failedPingsPerDevicePerDay: 1 }],
  ["bytes", { bytesPerDevicePerDay: 220_000 }],
  ["energy", { joulesPerDevicePerDay: 3000 }],
  ["late mail", { lateMailShare: 0.05 }],
])("the largest gain is found in %s", (name, worse) => {
  const from = rowAt(600, worse);
  expect(largestGain(from, rowAt(900)).figure.name).toBe(name);
  expect(largestGain(from, rowAt(900)).gain).toBeGreaterThanOrEqual(0.5);
});

test("where no mail came its being late gains nothing", () => {
  const late = figure("late mail");
  expect(gainOf(late, rowAt(600, { lateMailShare: null }), rowAt(900))).toBe(0);
  expect(gainOf(late, rowAt(600, { lateMailShare: 0.5 }), rowAt(900, { lateMailShare: null }))).toBe(0);
});
