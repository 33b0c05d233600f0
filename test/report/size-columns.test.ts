import { expect, test } from "vitest";
import { SIZE_COLUMNS, SIZE_FIELDS } from "../../src/report/size-columns.ts";
import type { SizeRow } from "../../src/sizing/size-result.ts";
import { sizeRow, withoutConfidence } from "../support/size-results.ts";

function shown(row: SizeRow): readonly string[] {
  return SIZE_COLUMNS.map(({ show, spread }) => [show(row), spread?.(row) ?? ""].join("|"));
}

const ROW: SizeRow = {
  ...sizeRow(840),
  settledIntervalSpread: { p5: 480, p95: 960, longest: 960 },
  requestsPerDevicePerDay: 160.46,
  bytesPerDevicePerDay: 144_000,
  bytesRange: { low: 80_000, high: 240_000 },
  joulesPerDevicePerDay: 1749,
  joulesRange: { low: 1091, high: 1749 },
  notificationDelaySeconds: { p50: 0.4, p95: 4.4, p99: 600 },
};

test("a row is shown with its units and how far its figures spread", () => {
  expect(shown(ROW)).toEqual([
    "14 min|",
    "12 min|8 min to 16 min",
    "2 %|",
    "0.4|± 0.02",
    "160|± 3.21",
    "144 kB|80 kB to 240 kB",
    "1749|1091 to 1749",
    "0.04 %|0.4 s / 4.4 s / 10 min",
    "no|720 s",
    "500|",
    "584|",
  ]);
});

test("what can't be said is a dash, and what does not spread says nothing of it", () => {
  const row = withoutConfidence(sizeRow(300));
  const same = { low: 1, high: 1 };
  const bare = {
    ...row,
    bytesRange: same,
    joulesRange: same,
    lateMailShare: null,
    notificationDelaySeconds: null,
    alertMeanSeconds: null,
  };
  expect(shown(bare).filter((_cell, index) => [1, 3, 4, 5, 7, 8].includes(index))).toEqual([
    "–|",
    "96|",
    expect.stringMatching(/^316\|$/u),
    expect.stringMatching(/kB\|$/u),
    "–|",
    "raised|",
  ]);
});

test("each field has its value, and a unit in its name where it has one", () => {
  const values = Object.entries(SIZE_FIELDS).map(([name, field]) => [name, field(ROW)]);
  expect(values.filter(([, value]) => value === undefined)).toEqual([]);
  expect(Object.fromEntries(values)).toMatchObject({
    idleTimeoutSeconds: 840,
    settledIntervalP5Seconds: 480,
    notificationDelayP99Seconds: 600,
    alert: false,
    peakFlowTableEntries: 584,
  });
  const row = withoutConfidence(sizeRow(300));
  const bare: SizeRow = { ...row, notificationDelaySeconds: null };
  const unknown = Object.entries(SIZE_FIELDS).filter(([, field]) => (field(bare) ?? undefined) === undefined);
  expect(unknown.map(([name]) => name)).toEqual([
    "settledIntervalSeconds",
    "settledIntervalP5Seconds",
    "settledIntervalP95Seconds",
    "settledIntervalLongestSeconds",
    "failedPingsPerDevicePerDayConfidence",
    "requestsPerDevicePerDayConfidence",
    "bytesPerDevicePerDayConfidence",
    "joulesPerDevicePerDayConfidence",
    "notificationDelayP50Seconds",
    "notificationDelayP95Seconds",
    "notificationDelayP99Seconds",
  ]);
});
