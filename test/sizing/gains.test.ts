import { expect, test } from "vitest";
import { FIGURES, gainOf, largestGain } from "../../src/sizing/gains.ts";
import type { SizeRow } from "../../src/sizing/size-result.ts";
import { rowAt } from "./rows.ts";

function figure(name: string) {
  const found = FIGURES.find((each) => each.name === name);
  if (found === undefined) throw new Error(`there is no figure ${name}`);
  return found;
}

/** Half the width of the confidence interval of all figures. */
function unsure(half: number): Partial<SizeRow> {
  return {
    confidence: {
      failedPingsPerDevicePerDay: half,
      requestsPerDevicePerDay: half,
      bytesPerDevicePerDay: half,
      joulesPerDevicePerDay: half,
    },
  };
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
  const row = (idleTimeoutSeconds: number, requests: number, half: number): SizeRow =>
    rowAt(idleTimeoutSeconds, { requestsPerDevicePerDay: requests, ...unsure(half) });
  expect(gainOf(figure("requests"), row(600, 200, 10), row(900, 180, 10))).toBe(0);
  expect(gainOf(figure("requests"), row(600, 200, 9), row(900, 180, 10))).toBe(0.1);
});

test.each([
  ["failed Pings", { failedPingsPerDevicePerDay: 1 }],
  ["bytes", { bytesPerDevicePerDay: 220_000 }],
  ["energy", { joulesPerDevicePerDay: 3000 }],
  ["notification delay (95 %)", { notificationDelaySeconds: { p50: 0, p95: 60, p99: 60 } }],
])("the largest gain is found in %s", (name, worse) => {
  const from = rowAt(600, { ...worse, ...unsure(0.01) });
  expect(largestGain(from, rowAt(900, unsure(0.01))).figure.name).toBe(name);
  expect(largestGain(from, rowAt(900)).gain).toBeGreaterThanOrEqual(0.5);
});

test("a delay that is not known gains nothing", () => {
  const delay = figure("notification delay (95 %)");
  expect(gainOf(delay, rowAt(600, { notificationDelaySeconds: null }), rowAt(900))).toBe(0);
  expect(gainOf(delay, rowAt(600), rowAt(900, { notificationDelaySeconds: null }))).toBe(0);
});
