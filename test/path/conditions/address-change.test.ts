import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Random } from "../../../src/core/random.ts";
import { PASS, type Condition, type FlowStart } from "../../../src/path/condition.ts";
import { addressChange, type AddressChangeSettings } from "../../../src/path/conditions/address-change.ts";
import { NO_FACTS } from "../../../src/path/flow-facts.ts";
import { FIN, RST } from "../../../src/path/segment.ts";
import { Timeline } from "../../../src/path/timeline.ts";
import { both, flowAt } from "../flows.ts";
import { breachOf, courseOf, data } from "./lone.ts";

const CHANGE: AddressChangeSettings = { type: "address-change", atMs: 1000, everyMs: 5000, spreadMs: 0 };
const END = { kind: "end", endings: both("drop") };

function opened(
  settings: Partial<AddressChangeSettings> = {},
  createdAt = 0,
  timeline = new Timeline(0),
  more: Partial<FlowStart> = {},
): Condition {
  const open = addressChange.prepare({ ...CHANGE, ...settings }, { random: new Random(1), timeline });
  return open(flowAt(createdAt, more));
}

test.each([
  [0, 1000],
  [999, 1000],
  [1000, 6000],
  [1001, 6000],
  [6000, 11_000],
])("a flow created at %i dies at %i, of changes at 1000 and every 5000", (createdAt, dies) => {
  expect(opened({}, createdAt).nextDeadline()).toBe(dies);
});

test.each([
  [999, PASS],
  [1000, END],
])("asked at %i it has died silently, or not", (now, verdict) => {
  expect(opened().onDeadline(now)).toEqual(verdict);
  expect(opened().onSegment(data("toServer"), now)).toEqual(verdict);
});

test("a flow that was created after a change that happens once lives for ever", () => {
  const once = addressChange.prepare(
    { type: "address-change", atMs: 1000, spreadMs: 0 },
    { random: new Random(1), timeline: new Timeline(0) },
  );
  expect([once(flowAt(0)).nextDeadline(), once(flowAt(1000)).nextDeadline()]).toEqual([1000, undefined]);
});

test("the end comes once", () => {
  const condition = opened();
  condition.onDeadline(1000);
  expect([condition.nextDeadline(), condition.onDeadline(6000)]).toEqual([undefined, PASS]);
});

test.each([
  ["an RST", [RST.toServer]],
  ["a FIN each way", [FIN.toServer, FIN.toDevice]],
])("%s ends the flow before it can die, and no later review brings it back", (_, segments) => {
  const condition = opened();
  for (const segment of segments) expect(condition.onSegment(segment, 500)).toEqual(PASS);
  condition.review?.({ requests: 1, deviceId: "a" }, 600);
  expect(condition.nextDeadline()).toBeUndefined();
});

describe("a change that spreads over 4000 ms", () => {
  const from = (source: string | undefined) => opened({ spreadMs: 4000 }, 0, new Timeline(0), { source });

  test("comes to each device at a lag of its own, the same for all its flows and each time", () => {
    const dies = ["10.0.0.1", "10.0.0.2", "10.0.0.3", undefined].map((source) => from(source).nextDeadline() ?? NaN);
    expect(new Set(dies).size).toBe(4);
    expect(dies.every((at) => at >= 1000 && at < 5000)).toBe(true);
    expect(from("10.0.0.1").nextDeadline()).toBe(dies[0]);
    const later = opened({ spreadMs: 4000 }, 5500, new Timeline(0), { source: "10.0.0.1" });
    expect(later.nextDeadline()).toBe((dies[0] ?? NaN) + 5000);
  });

  test("leaves no part of that time out", () => {
    const lags = Array.from({ length: 200 }, (_, index) => (from(`10.0.1.${index}`).nextDeadline() ?? NaN) - 1000);
    const quarters = new Set(lags.map((lagMs) => Math.floor(lagMs / 1000)));
    expect(quarters).toEqual(new Set([0, 1, 2, 3]));
  });

  test("knows a device by its id once a request has told it", () => {
    const condition = from("10.0.0.1");
    const other = from("10.0.0.2");
    const before = condition.nextDeadline();
    expect(condition.review?.({ requests: 1, deviceId: "a" }, 10)).toEqual(PASS);
    other.review?.({ requests: 1, deviceId: "a" }, 20);
    expect(condition.nextDeadline()).not.toBe(before);
    expect(condition.nextDeadline()).toBe(other.nextDeadline());
  });

  test("stays where it is when a review tells nothing new", () => {
    const condition = from("10.0.0.1");
    const before = condition.nextDeadline();
    condition.review?.(NO_FACTS, 999);
    expect(condition.nextDeadline()).toBe(before);
  });
});

test("a timeline that stands still changes no address; one that starts counts anew", () => {
  const timeline = new Timeline();
  const condition = opened({}, 0, timeline);
  expect(condition.nextDeadline()).toBeUndefined();
  timeline.start(700);
  condition.review?.(NO_FACTS, 700);
  expect(condition.nextDeadline()).toBe(1700);
  timeline.stop();
  condition.review?.(NO_FACTS, 800);
  expect(condition.nextDeadline()).toBeUndefined();
});

test("what both ends send after the change dies", () => {
  const sent = [
    [999, "device", "ask"],
    [1000, "server", "answer"],
    [1001, "device", "fin"],
  ] as const;
  expect(courseOf(CHANGE, sent, 9000).rows).toEqual([
    [999, "server gets ask"],
    [1000, "ended by hop"],
    [1000, "hop swallows answer toDevice"],
    [1001, "hop swallows fin toServer"],
  ]);
});

test("the laws of every condition hold", () => {
  const settings = fc
    .tuple(fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 1, max: 2000 }), fc.nat(2000))
    .map(([atMs, everyMs, spreadMs]) => ({ type: "address-change", atMs, everyMs, spreadMs }) as const);
  expect(breachOf(settings, { longestWaitMs: 100, until: 10_000, mayDrop: true })).toBeUndefined();
});
