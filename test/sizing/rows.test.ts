import { describe, expect, test } from "vitest";
import { rowsOf } from "../../src/sizing/rows.ts";
import type { AskedInterval, SliceTally } from "../../src/sizing/tally.ts";
import { firewallOf, kindOf, sizeSettings } from "./settings.ts";
import { tallyOf } from "./tallies.ts";

function rowOf(tallies: readonly SliceTally[], over: Parameters<typeof sizeSettings>[0] = {}) {
  const [row] = rowsOf(sizeSettings(over), tallies);
  if (row === undefined) throw new Error("expected a row");
  return row;
}

function askedOf(seconds: number, command: AskedInterval["command"], count = 200): readonly AskedInterval[] {
  return Array.from({ length: count }, (_, at) => ({ at, device: 1, command, heartbeatIntervalSeconds: seconds }));
}

test("there is a row for each time-out that was run, in their order", () => {
  const settings = sizeSettings({ firewall: { ...firewallOf(0), idleTimeoutSeconds: [300, 600, 900] } });
  const rows = rowsOf(settings, [tallyOf({ point: 2 }), tallyOf({ point: 0 })]);
  expect(rows.map(({ idleTimeoutSeconds }) => idleTimeoutSeconds)).toEqual([300, 900]);
});

test("rates are by device and day behind the first, and means over the repeats, which are told too", () => {
  const settled = new Map([[720, 3]]);
  const tally = tallyOf({ devices: 5, failed: 10, requests: 100, searchFailed: 9, settled });
  const row = rowOf([tally, { ...tally, repeat: 1, failed: 30 }], { days: 3 });
  expect([row.failedPingsPerDevicePerDay, row.requestsPerDevicePerDay]).toEqual([2, 10]);
  expect(row.failedPingsPerDeviceInSearch).toBe(3);
  expect(row.repeats.map((each) => each.failedPingsPerDevicePerDay)).toEqual([1, 3]);
});

test("what a search costs is that of the devices that settle, in whichever repeat", () => {
  const settling = tallyOf({ devices: 4, searchFailed: 6, settled: new Map([[720, 3]]) });
  expect(rowOf([settling, tallyOf({ devices: 4, repeat: 1 })]).failedPingsPerDeviceInSearch).toBe(2);
  expect(rowOf([tallyOf()]).failedPingsPerDeviceInSearch).toBe(0);
});

test("a run of one day counts that day", () => {
  expect(rowOf([tallyOf({ failed: 10 })], { days: 1 }).failedPingsPerDevicePerDay).toBe(10);
});

test("settled intervals are those of all repeats, and the share that has none is told", () => {
  const settled = new Map([
    [480, 1],
    [720, 6],
    [1680, 1],
  ]);
  const row = rowOf([tallyOf({ devices: 8, settled }), tallyOf({ devices: 8, repeat: 1 })]);
  expect(row.settledIntervalSeconds).toBe(720);
  expect(row.settledIntervalSpread).toEqual({ p5: 480, p95: 1680, longest: 1680 });
  expect(row.neverSettledShare).toBe(0.5);
});

test("the models that never settle are told with their share of all devices, kinds of one model together", () => {
  const kinds = ["windows-mobile", "android-2013", "android-2012", "android-2013"] as const;
  const devices = kinds.map((model) => ({ ...kindOf(model), share: 0.25 }));
  const of = (kind: number, count: number) => tallyOf({ devices: 4, unsettled: new Map([[kind, count]]) });
  const row = rowOf([of(0, 0), of(1, 2), of(2, 3), of(3, 4)], { devices, deviceCount: 16 });
  expect(row.neverSettledModels).toEqual([
    { model: "android-2013", share: 6 / 16 },
    { model: "android-2012", share: 3 / 16 },
  ]);
});

test("of nothing nothing is said", () => {
  expect(rowOf([tallyOf({ devices: 0 })])).toMatchObject({
    settledIntervalSeconds: null,
    settledIntervalSpread: null,
    neverSettledShare: 0,
    failedPingsPerDevicePerDay: 0,
    lateMailShare: null,
    notificationDelaySeconds: null,
    alert: false,
    alertMeanSeconds: null,
    peakParkedRequests: 0,
  });
});

test("the delays of late mail are told by their quantiles, and how much of the mail is late", () => {
  const delays = new Map([[0, 300], ...Array.from({ length: 100 }, (_, index) => [index + 1, 1] as const)]);
  const { lateMailShare, notificationDelaySeconds } = rowOf([tallyOf({ delays })]);
  expect([lateMailShare, notificationDelaySeconds]).toEqual([0.25, { p50: 50, p95: 95, p99: 99 }]);
});

test("where no mail is late there is no delay", () => {
  const { lateMailShare, notificationDelaySeconds } = rowOf([tallyOf({ delays: new Map([[0, 5]]) })]);
  expect([lateMailShare, notificationDelaySeconds]).toEqual([0, { p50: 0, p95: 0, p99: 0 }]);
});

test("a peak is the highest level of any repeat", () => {
  const tally = tallyOf({ parkedChanges: Int32Array.of(3, 4, -6), entryChanges: Int32Array.of(1, -1, 2) });
  const row = rowOf([tally, tallyOf({ repeat: 1, parkedChanges: Int32Array.of(5, 0, 0) })]);
  expect([row.peakParkedRequests, row.peakFlowTableEntries]).toEqual([7, 2]);
});

describe("the alert", () => {
  test.each([
    [540, true],
    [541, false],
  ])("with 200 intervals of %d s stands: %s", (seconds, alert) => {
    expect(rowOf([tallyOf({ asked: askedOf(seconds, "Ping") })])).toMatchObject({ alert, alertMeanSeconds: seconds });
  });

  test("stands when it does for one of the commands, and the lower mean is told", () => {
    const asked = [...askedOf(900, "Ping"), ...askedOf(480, "Sync")];
    expect(rowOf([tallyOf({ asked })])).toMatchObject({ alert: true, alertMeanSeconds: 480 });
  });

  test("does not stand when it does in half of the repeats only", () => {
    const repeats = [480, 900].map((seconds, repeat) => tallyOf({ repeat, asked: askedOf(seconds, "Ping") }));
    expect(rowOf(repeats)).toMatchObject({ alert: false, alertMeanSeconds: 690 });
  });
});

describe("confidence", () => {
  test("is not told of one repeat", () => {
    expect(rowOf([tallyOf()])).not.toHaveProperty("confidence");
  });

  test("is half the interval over the repeats", () => {
    const repeats = [2, 6].map((failed, repeat) => tallyOf({ repeat, failed, requests: 4 }));
    const { confidence } = rowOf(repeats, { days: 3 });
    expect(confidence?.failedPingsPerDevicePerDay).toBeCloseTo(12.706, 10);
    expect(confidence).toMatchObject({
      requestsPerDevicePerDay: 0,
      bytesPerDevicePerDay: 0,
      joulesPerDevicePerDay: 0,
    });
  });
});
