import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PASS } from "../../../src/path/condition.ts";
import { bandwidth, type BandwidthSettings } from "../../../src/path/conditions/bandwidth.ts";
import { FIN, RST } from "../../../src/path/segment.ts";
import { SETUP, entering, flowAt } from "../flows.ts";
import { courseOf, data, breachOf } from "./lone.ts";

function limited(bytesPerSecond: number, more: Partial<BandwidthSettings> = {}): BandwidthSettings {
  return { type: "bandwidth", bytesPerSecond, direction: "both", queueBytes: 65_536, ...more };
}

test("a piece goes on once its last byte has gone over the line, the next one after it", () => {
  const condition = bandwidth.prepare(limited(1000), SETUP)(flowAt(0));
  expect(condition.onSegment(data("toServer", 50), 100)).toEqual({ kind: "delay", until: 150 });
  expect(condition.onSegment(data("toServer", 10), 120)).toEqual({ kind: "delay", until: 160 });
  expect(condition.onSegment(data("toServer", 10), 160)).toEqual({ kind: "delay", until: 170 });
  expect(condition.onSegment(data("toServer", 10), 1000)).toEqual({ kind: "delay", until: 1010 });
  expect([condition.nextDeadline(), condition.onDeadline(6000)]).toEqual([undefined, PASS]);
});

test("each direction has the rate to itself", () => {
  const condition = bandwidth.prepare(limited(1000), SETUP)(flowAt(0));
  expect(condition.onSegment(data("toServer", 50), 0)).toEqual({ kind: "delay", until: 50 });
  expect(condition.onSegment(data("toDevice", 20), 0)).toEqual({ kind: "delay", until: 20 });
});

test("a direction that is not named is not slowed down", () => {
  const condition = bandwidth.prepare(limited(1000, { direction: "toDevice" }), SETUP)(flowAt(0));
  expect(condition.onSegment(data("toServer", 50), 0)).toEqual(PASS);
  expect(condition.onSegment(data("toDevice", 50), 0)).toEqual({ kind: "delay", until: 50 });
});

test.each([
  [1, 16],
  [320, 16],
  [1000, 50],
  [50_000, 2500],
  [10_000_000, 16_384],
])("at %i B/s data is split into pieces of %i bytes", (bytesPerSecond, pieceBytes) => {
  const condition = bandwidth.prepare(limited(bytesPerSecond), SETUP)(flowAt(0));
  expect(condition.onSegment(data("toServer", pieceBytes), 0)).toMatchObject({ kind: "delay" });
  expect(condition.onSegment(data("toServer", pieceBytes + 1), 0)).toEqual({ kind: "split", atBytes: pieceBytes });
});

describe("FIN and RST", () => {
  test("take no time", () => {
    const condition = bandwidth.prepare(limited(1), SETUP)(flowAt(0));
    expect([condition.onSegment(FIN.toServer, 0), condition.onSegment(RST.toServer, 0)]).toEqual([PASS, PASS]);
  });

  test.each(["fin", "rst"])("a %s stays behind the data that is under way", (end) => {
    const sent = [
      [0, "device", "x".repeat(30)],
      [1, "device", end],
    ] as const;
    const { rows } = courseOf(limited(1000), sent, 1000);
    expect(rows.at(-1)).toEqual([30, `server gets ${end}`]);
  });
});

test("bytes trickle, and the rate is exact over time to the last byte", () => {
  const sent = Array.from({ length: 100 }, (_, index) => [index * 7, "device", "x".repeat(777)] as const);
  const { rows } = courseOf(limited(3000), sent, 100_000);
  const bytes = rows.map(([, what]) => what.length - "server gets ".length);
  expect(rows.at(-1)?.[0]).toBeCloseTo((77_700 / 3000) * 1000, 3);
  let sum = 0;
  for (const [index, [at]] of rows.entries()) {
    sum += bytes[index] ?? 0;
    expect(Math.abs(sum - at * 3)).toBeLessThan(1);
  }
  expect(Math.max(...bytes)).toBeLessThanOrEqual(150);
});

test("a queue that is full says so, one byte before it does not", () => {
  const { path } = courseOf(limited(1000, { queueBytes: 1024 }), [[0, "device", "x".repeat(1023)]], 0);
  expect([path.full("toServer"), path.full("toDevice")]).toEqual([false, false]);
  path.handle(entering("device", "x"), 0);
  expect([path.full("toServer"), path.full("toDevice")]).toEqual([true, false]);
  path.expire(50);
  expect(path.full("toServer")).toBe(false);
});

test("the laws of every condition hold", () => {
  const settings = fc
    .tuple(fc.integer({ min: 200, max: 50_000 }), fc.constantFrom("both", "toServer", "toDevice"))
    .map(([bytesPerSecond, direction]) => limited(bytesPerSecond, { direction }));
  expect(breachOf(settings, { longestWaitMs: 60, until: 1_000_000, mayDrop: false })).toBeUndefined();
});
