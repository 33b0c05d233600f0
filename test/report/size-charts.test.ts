import { describe, expect, test } from "vitest";
import { marksOf, sizeCharts } from "../../src/report/size-charts.ts";
import { figureOf, type Panel } from "../../src/report/svg/picture.ts";
import type { SizeResult, SizeRow } from "../../src/sizing/size-result.ts";
import { overlapsIn, pictureOf, textsOf } from "../support/pictures.ts";
import { sizeResult, withoutConfidence } from "../support/size-results.ts";

function drawn(panel: Panel) {
  return pictureOf(figureOf(panel, "a").markup);
}

/** A result whose firewall has this today. */
function withToday(todaySeconds: number | null): SizeResult {
  const { settings, ...rest } = sizeResult();
  return { ...rest, settings: { ...settings, firewall: { ...settings.firewall, todaySeconds } } };
}

const nothing = (row: SizeRow): SizeRow => ({
  ...row,
  settledIntervalSeconds: null,
  settledIntervalSpread: null,
  failedPingsPerDevicePerDay: 0,
  requestsPerDevicePerDay: 0,
  joulesPerDevicePerDay: 0,
  joulesRange: { low: 0, high: 0 },
  notificationDelaySeconds: null,
  peakParkedRequests: 0,
  peakFlowTableEntries: 0,
  confidence: {
    failedPingsPerDevicePerDay: 0,
    requestsPerDevicePerDay: 0,
    bytesPerDevicePerDay: 0,
    joulesPerDevicePerDay: 0,
    lateMailShare: 0,
  },
});

const huge = (row: SizeRow): SizeRow => ({
  ...row,
  failedPingsPerDevicePerDay: 43_200.5,
  requestsPerDevicePerDay: 1e6,
  joulesPerDevicePerDay: 5e7,
  joulesRange: { low: 1e7, high: 9e8 },
  peakFlowTableEntries: 123_456,
});

const single = (row: SizeRow): SizeRow => ({ ...withoutConfidence(row), settledIntervalSpread: null });

describe.each([
  ["no rows", sizeResult(0)],
  ["1 row", sizeResult(1)],
  ["2 rows", sizeResult(2)],
  ["40 rows", sizeResult(40)],
  ["1,400 rows", sizeResult(1400)],
  ["nothing but zeros and unknowns", sizeResult(12, nothing)],
  ["large figures", sizeResult(12, huge)],
  ["one repeat", sizeResult(12, single)],
  ["no value of today", withToday(null)],
  ["today's value as the recommended one", withToday(840)],
  ["today's value above the recommended one", withToday(900)],
  ["today's value far away", withToday(86_400)],
] as const)("with %s", (_, result) => {
  test("there are six charts, and in none of them a text lies upon another, or beside it", () => {
    const panels = sizeCharts(result);
    expect(panels).toHaveLength(6);
    for (const panel of panels) {
      const picture = drawn(panel);
      expect([panel.title, overlapsIn(picture)]).toEqual([panel.title, []]);
      for (const { left, right, text } of textsOf(picture)) {
        expect([text, left >= 0, right <= panel.width + 6]).toEqual([text, true, true]);
      }
      expect(figureOf(panel, "a").markup).not.toMatch(/NaN|Infinity|undefined/u);
    }
  });
});

test("each axis has its unit", () => {
  const texts = sizeCharts(sizeResult()).map((panel) => textsOf(drawn(panel)).map(({ text }) => text));
  expect(texts.map((all) => all[1])).toEqual([
    "per device and day",
    "per device and day",
    "joules per device and day",
    "seconds from a late message's arrival to its device",
    "minutes, median of the devices that settled",
    "at the peak",
  ]);
  expect(texts.every((all) => all.includes("idle time-out of the firewall, min"))).toBe(true);
});

test("a description tells the ends of a curve, what stands at the marks, and what is shaded", () => {
  const [failed, , , , settled] = sizeCharts(sizeResult());
  expect(failed?.description).toBe(
    "Failed Pings, per device and day, over the firewall's idle time-out; failed Pings: 96 at 5 min, 0.4 at 14 min, 0.4 at 16 min. Shaded: 95 % confidence over the repeats.",
  );
  expect(settled?.description).toMatch(/interval: unknown at 5 min, 12 at 14 min/u);
});

test("today's value and the recommended one are marked, and one that is both once", () => {
  expect(marksOf(sizeResult()).map(({ text }) => text)).toEqual(["today 5 min", "recommended 14 min"]);
  expect(marksOf(withToday(840))).toEqual([{ at: 840, text: "today and recommended 14 min", kind: "recommended" }]);
  expect(marksOf(withToday(null)).map(({ kind }) => kind)).toEqual(["recommended"]);
});
