import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PASS } from "../../../src/path/condition.ts";
import { loss, type LossSettings } from "../../../src/path/conditions/loss.ts";
import { FIN, RST, type Segment } from "../../../src/path/segment.ts";
import { SETUP } from "../flows.ts";
import { breachOf, courseOf, data, seeded } from "./lone.ts";

const HALF: LossSettings = { type: "loss", rate: 0.5, rtoMs: 200, direction: "both" };

/** Which part of many segments is held up, and by how much each of those. */
function fate(settings: LossSettings, segment: Segment, count = 20_000): { share: number; delays: readonly number[] } {
  const condition = loss.prepare(settings, SETUP)(seeded(7));
  const delays = Array.from({ length: count }, () => condition.onSegment(segment, 5000)).flatMap((verdict) =>
    verdict.kind === "delay" ? [verdict.until - 5000] : [],
  );
  return { share: delays.length / count, delays };
}

describe("the part of the segments that is held up", () => {
  test.each([
    ["one byte", data("toServer", 1), 0.02],
    ["one full packet", data("toServer", 1460), 0.02],
    ["one byte more", data("toServer", 1461), 1 - 0.98 ** 2],
    ["ten packets", data("toServer", 14_600), 1 - 0.98 ** 10],
    ["a FIN", FIN.toDevice, 0.02],
  ])("is that of %s of which a packet is lost", (_, segment, expected) => {
    expect(fate({ ...HALF, rate: 0.02 }, segment).share).toBeCloseTo(expected, 1);
    expect(Math.abs(fate({ ...HALF, rate: 0.02 }, segment).share - expected)).toBeLessThan(0.01);
  });
});

test("a segment comes with the first retransmission that is not lost, each after twice the wait", () => {
  const { delays } = fate(HALF, data("toServer"));
  const part = (delay: number) => delays.filter((each) => each === delay).length / delays.length;
  expect([...new Set(delays)].sort((left, right) => left - right).slice(0, 4)).toEqual([200, 600, 1400, 3000]);
  expect([part(200), part(600), part(1400)]).toEqual([
    expect.closeTo(0.5, 1),
    expect.closeTo(0.25, 1),
    expect.closeTo(0.125, 1),
  ]);
});

test("when everything is lost the direction is dropped, as TCP gives up after its fifteenth retransmission", () => {
  const { rows, path } = courseOf({ ...HALF, rate: 1, direction: "toServer" }, [[0, "device", "ask"]], 1_000_000);
  expect(rows).toEqual([[0, "hop swallows ask toServer"]]);
  expect([path.carries("toServer"), path.carries("toDevice")]).toEqual([false, true]);
});

test("an RST is not held up, nor is what goes the other way", () => {
  const condition = loss.prepare({ ...HALF, rate: 1, direction: "toServer" }, SETUP)(seeded(1));
  expect(condition.onSegment(RST.toServer, 0)).toEqual(PASS);
  expect(condition.onSegment(data("toDevice"), 0)).toEqual(PASS);
  expect([condition.nextDeadline(), condition.onDeadline(0)]).toEqual([undefined, PASS]);
});

test("what is behind a lost segment waits for it", () => {
  const sent = Array.from({ length: 40 }, (_, index) => [index, "device", `#${index}`] as const);
  const { rows } = courseOf({ ...HALF, rate: 0.1 }, sent, 100_000);
  expect(rows.map(([, what]) => what)).toEqual(sent.map(([, , what]) => `server gets ${what}`));
  expect(rows.filter(([at]) => at > 200).length).toBeGreaterThan(10);
});

test("the laws of every condition hold", () => {
  const settings = fc
    .tuple(fc.double({ min: 0.001, max: 0.6, noNaN: true }), fc.integer({ min: 1, max: 1000 }))
    .map(([rate, rtoMs]): LossSettings => ({ type: "loss", rate, rtoMs, direction: "both" }));
  expect(breachOf(settings, { longestWaitMs: 60, until: 3_000_000, mayDrop: true })).toBeUndefined();
});
