import { expect, test } from "vitest";
import { UsageError } from "../../src/errors.ts";
import { rowsOf } from "../../src/sizing/rows.ts";
import { slicesOf } from "../../src/sizing/slices.ts";
import { mailOf, sizePlainly, sizeRows, sizeSlice } from "../../src/sizing/sweep.ts";
import { carrierOf, firewallOf, kindOf, sizeSettings } from "./settings.ts";

const GRID = sizeSettings({
  carriers: [carrierOf(780)],
  firewall: { ...firewallOf(0), idleTimeoutSeconds: [300, 600, 900, 1800] },
  deviceCount: 20,
  repeats: 2,
});

test("the seed's case: behind a carrier of 13 min no time-out above it gains anything", () => {
  const rows = sizeRows(GRID);
  expect(
    rows.map(({ idleTimeoutSeconds, settledIntervalSeconds }) => [idleTimeoutSeconds, settledIntervalSeconds]),
  ).toEqual([
    [300, null],
    [600, 480],
    [900, 720],
    [1800, 720],
  ]);
  expect(rows.map(({ alert }) => alert)).toEqual([true, true, false, false]);
  expect(rows.map(({ neverSettledShare }) => neverSettledShare)).toEqual([1, 0, 0, 0]);
  const [, , short, long] = rows;
  expect(long?.failedPingsPerDevicePerDay).toBe(short?.failedPingsPerDevicePerDay);
  expect(long?.requestsPerDevicePerDay).toBe(short?.requestsPerDevicePerDay);
  expect(long?.peakFlowTableEntries).toBeGreaterThan(short?.peakFlowTableEntries ?? NaN);
});

test("the same settings give the same rows, and another seed others", () => {
  expect(sizeRows(GRID)).toEqual(sizeRows(GRID));
  expect(sizeRows({ ...GRID, seed: 9 })).not.toEqual(sizeRows(GRID));
});

test("progress is told slice by slice", () => {
  const told: (readonly [number, number])[] = [];
  sizeRows(GRID, { onProgress: (done, of) => told.push([done, of]) });
  expect(told).toEqual(Array.from({ length: 8 }, (_, index) => [index + 1, 8]));
});

test("slices may be run in any order and in any thread, and come to the same rows", () => {
  const tallies = slicesOf(GRID).map((slice) => structuredClone(sizeSlice(structuredClone(GRID), slice)));
  expect(rowsOf(GRID, tallies.toReversed())).toEqual(sizeRows(GRID));
});

test("a device gets the same mail at every time-out, and other mail in another repeat or run", () => {
  expect(mailOf(GRID, 0, 7)).toEqual(mailOf({ ...GRID, firewall: firewallOf(600) }, 0, 7));
  expect(mailOf(GRID, 1, 7)).toEqual(mailOf({ ...GRID, seed: 2 }, 0, 7));
  expect(mailOf(GRID, 1, 7)).not.toEqual(mailOf(GRID, 0, 7));
  expect(mailOf(GRID, 0, 8)).not.toEqual(mailOf(GRID, 0, 7));
});

test("what can't be remembered is left to the machines themselves", () => {
  const server = { minimumHeartbeatSeconds: 300, maximumHeartbeatSeconds: 3540 };
  const settings = sizeSettings({ devices: [kindOf("android-2009")], server });
  const [slice] = slicesOf(settings);
  if (slice === undefined) throw new Error("expected a slice");
  const tally = sizeSlice(settings, slice);
  expect(tally).toEqual(sizePlainly(settings, slice));
  expect(tally.heartbeats).toBeGreaterThan(100);
});

test("a slice of another grid is refused", () => {
  const [slice] = slicesOf(GRID);
  if (slice === undefined) throw new Error("expected a slice");
  for (const over of [{ point: 4 }, { carrier: 1 }, { kind: 1 }]) {
    expect(() => sizeSlice(GRID, { ...slice, ...over })).toThrow(UsageError);
  }
});
