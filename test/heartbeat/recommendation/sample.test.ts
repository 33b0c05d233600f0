import { expect, test } from "vitest";
import { sampleOf } from "../../../src/heartbeat/recommendation/sample.ts";
import { negotiation } from "../../support/known.ts";

test("a sample counts devices by where they stand, and heartbeats that were answered or failed", () => {
  const devices = [
    negotiation({ counts: { held: 3, changes: 2, rejected: 9, withdrawn: 9, serverFailed: 9, open: 1 } }),
    negotiation({ state: "searching", askedSeconds: 480, longestHeldSeconds: 300, counts: { lost: 1, expired: 2 } }),
    negotiation({ state: "collapsed", askedSeconds: 240, longestHeldSeconds: undefined, counts: { cut: 4 } }),
  ];
  expect(sampleOf(devices)).toEqual({
    devices: 3,
    searching: 1,
    settled: 1,
    collapsed: 1,
    heartbeats: 12,
    failed: 7,
    askedSeconds: 480,
    longestHeldSeconds: 720,
  });
});

test.each([
  [[], undefined],
  [[undefined], undefined],
  [[480], 480],
  [[720, 480], 480],
  [[720, undefined, 480, 900], 720],
])("of the intervals %j that are asked the median is %s", (asked, median) => {
  expect(sampleOf(asked.map((askedSeconds) => negotiation({ askedSeconds }))).askedSeconds).toBe(median);
});

test("nothing is known of no devices", () => {
  expect(sampleOf([])).toMatchObject({ devices: 0, heartbeats: 0, longestHeldSeconds: undefined });
});
