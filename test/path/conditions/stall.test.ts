import * as fc from "fast-check";
import { expect, test } from "vitest";
import { PASS } from "../../../src/path/condition.ts";
import { stall, type StallSettings } from "../../../src/path/conditions/stall.ts";
import { SETUP, flowAt } from "../flows.ts";
import { courseOf, data, everyKind, breachOf } from "./lone.ts";

const STALL: StallSettings = { type: "stall", direction: "both", afterMs: 1000, forMs: 500 };

test.each([
  [5999, PASS],
  [6000, { kind: "delay", until: 6500 }],
  [6499, { kind: "delay", until: 6500 }],
  [6500, PASS],
])("a flow from 5000 ms on, stalled after 1000 for 500, sends at %i", (now, verdict) => {
  const condition = stall.prepare(STALL, SETUP)(flowAt(5000));
  for (const segment of [...everyKind("toServer"), ...everyKind("toDevice")]) {
    expect(condition.onSegment(segment, now)).toEqual(verdict);
  }
  expect([condition.nextDeadline(), condition.onDeadline(now)]).toEqual([undefined, PASS]);
});

test.each(["toServer", "toDevice"] as const)("a stall %s withholds nothing the other way", (direction) => {
  const condition = stall.prepare({ ...STALL, afterMs: 0, direction }, SETUP)(flowAt(0));
  const other = direction === "toServer" ? "toDevice" : "toServer";
  expect(condition.onSegment(data(direction), 0)).toEqual({ kind: "delay", until: 500 });
  expect(condition.onSegment(data(other), 0)).toEqual(PASS);
});

test("a stall without an end withholds for good, and sets no deadline", () => {
  const sent = [
    [0, "device", "ask"],
    [10, "server", "answer"],
    [20, "server", "fin"],
  ] as const;
  const { rows, path } = courseOf({ type: "stall", direction: "toDevice", afterMs: 0 }, sent, 1_000_000);
  expect(rows).toEqual([[0, "server gets ask"]]);
  expect([path.nextDeadline(), path.delayedBytes("toDevice")]).toEqual([undefined, 6]);
});

test("what was withheld goes on at the end, in its order, ahead of what comes then", () => {
  const sent = [
    [1000, "server", "one"],
    [1200, "server", "two"],
    [1500, "server", "three"],
  ] as const;
  expect(courseOf(STALL, sent, 2000).rows).toEqual([
    [1500, "device gets one"],
    [1500, "device gets two"],
    [1500, "device gets three"],
  ]);
});

test("the laws of every condition hold", () => {
  const settings = fc
    .tuple(fc.nat(1000), fc.integer({ min: 1, max: 1000 }), fc.constantFrom("both", "toServer", "toDevice"))
    .map(([afterMs, forMs, direction]) => ({ type: "stall", direction, afterMs, forMs }) as const);
  expect(breachOf(settings, { longestWaitMs: 100, until: 10_000, mayDrop: false })).toBeUndefined();
});
