import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { idleTimeout } from "../../../src/path/conditions/idle-timeout.ts";
import { PASS, type Condition } from "../../../src/path/condition.ts";
import { type Direction, FIN, RST } from "../../../src/path/segment.ts";
import { SETUP, both, flowAt, idle } from "../flows.ts";
import { data, breachOf } from "./lone.ts";

const END = { kind: "end", endings: both("reset") } as const;

function opened(refreshedBy?: "either" | Direction): Condition {
  return idleTimeout.prepare(idle(1000, both("reset"), refreshedBy), SETUP)(flowAt(5000));
}

test.each([
  [5000, PASS],
  [5999, PASS],
  [6000, END],
  [6001, END],
])("a flow created at 5000 ms, with a time-out of 1000, asked at %i", (now, verdict) => {
  expect(opened().onDeadline(now)).toEqual(verdict);
  expect(opened().onSegment(data("toServer"), now)).toEqual(verdict);
});

test("an expiry comes once, and then there is nothing to wait for", () => {
  const condition = opened();
  expect(condition.nextDeadline()).toBe(6000);
  expect(condition.onDeadline(6000)).toEqual(END);
  expect(condition.nextDeadline()).toBeUndefined();
  expect(condition.onDeadline(7000)).toEqual(PASS);
  expect(condition.onSegment(data("toServer"), 7000)).toEqual(PASS);
});

test("early and repeated calls leave the deadline where it is", () => {
  const condition = opened();
  condition.onDeadline(5500);
  condition.onDeadline(5500);
  expect(condition.nextDeadline()).toBe(6000);
});

test.each([
  ["either", "toServer", 6500],
  ["either", "toDevice", 6500],
  ["toServer", "toServer", 6500],
  ["toServer", "toDevice", 6000],
  ["toDevice", "toServer", 6000],
  ["toDevice", "toDevice", 6500],
] as const)("refreshed by %s, data %s at 5500 ms moves the expiry to %i", (refreshedBy, direction, expected) => {
  const condition = opened(refreshedBy);
  expect(condition.onSegment(data(direction), 5500)).toEqual(PASS);
  expect(condition.nextDeadline()).toBe(expected);
});

describe.each(["toServer", "toDevice"] as const)("a segment %s without payload", (direction) => {
  const other = direction === "toServer" ? "toDevice" : "toServer";

  test("does not restart the timer as a FIN, nor does a second one of its direction stop it", () => {
    const condition = opened();
    condition.onSegment({ kind: "fin", direction }, 5500);
    condition.onSegment({ kind: "fin", direction }, 5600);
    expect(condition.nextDeadline()).toBe(6000);
  });

  test("leaves the other direction's data to restart the timer after a FIN", () => {
    const condition = opened();
    condition.onSegment({ kind: "fin", direction }, 5500);
    condition.onSegment(data(other), 5600);
    expect(condition.nextDeadline()).toBe(6600);
  });

  test("stops the timer for good as the second FIN of the two directions", () => {
    const condition = opened();
    condition.onSegment({ kind: "fin", direction: other }, 5500);
    condition.onSegment({ kind: "fin", direction }, 5600);
    condition.onSegment(data(direction), 5700);
    expect(condition.nextDeadline()).toBeUndefined();
  });

  test("stops the timer for good as an RST", () => {
    const condition = opened();
    condition.onSegment({ kind: "rst", direction }, 5500);
    condition.onSegment(data(other), 5600);
    expect(condition.nextDeadline()).toBeUndefined();
  });
});

describe("a half-closed time-out of 200 beside one of 1000", () => {
  const halfClosing = (refreshedBy: "either" | Direction = "either"): Condition =>
    idleTimeout.prepare({ ...idle(1000, both("reset"), refreshedBy), halfClosedTimeoutMs: 200 }, SETUP)(flowAt(5000));

  test("begins with the first FIN, whoever sends it, and not anew with its repetition", () => {
    for (const direction of ["toServer", "toDevice"] as const) {
      const condition = halfClosing();
      expect(condition.nextDeadline()).toBe(6000);
      condition.onSegment({ kind: "fin", direction }, 5500);
      condition.onSegment({ kind: "fin", direction }, 5600);
      expect(condition.nextDeadline()).toBe(5700);
    }
  });

  test.each([
    ["either", 5800],
    ["toDevice", 5800],
    ["toServer", 5700],
  ] as const)("refreshed by %s, data toDevice at 5600 ms moves the expiry to %i", (refreshedBy, expected) => {
    const condition = halfClosing(refreshedBy);
    condition.onSegment({ kind: "fin", direction: "toServer" }, 5500);
    condition.onSegment(data("toDevice"), 5600);
    expect(condition.nextDeadline()).toBe(expected);
  });

  test.each([
    [5699, PASS],
    [5700, END],
  ])("has expired, or not, at %i", (now, verdict) => {
    const condition = halfClosing();
    condition.onSegment({ kind: "fin", direction: "toServer" }, 5500);
    expect(condition.onDeadline(now)).toEqual(verdict);
  });

  test("ends with the second FIN, or an RST", () => {
    for (const last of [FIN.toDevice, RST.toServer]) {
      const condition = halfClosing();
      condition.onSegment(FIN.toServer, 5500);
      condition.onSegment(last, 5600);
      expect(condition.nextDeadline()).toBeUndefined();
    }
  });
});

test("the laws of every condition hold", () => {
  const settings = fc
    .tuple(fc.integer({ min: 1, max: 300 }), fc.option(fc.integer({ min: 1, max: 300 }), { nil: undefined }))
    .map(([idleTimeoutMs, halfClosedTimeoutMs]) => ({
      ...idle(idleTimeoutMs, both("reset")),
      ...(halfClosedTimeoutMs === undefined ? {} : { halfClosedTimeoutMs }),
    }));
  expect(breachOf(settings, { longestWaitMs: 200, until: 10_000, mayDrop: true })).toBeUndefined();
});

test("flows of one profile do not share a timer", () => {
  const open = idleTimeout.prepare(idle(1000, both("drop")), SETUP);
  const [first, second] = [open(flowAt(0)), open(flowAt(0))];
  first.onSegment(data("toServer"), 500);
  expect([first.nextDeadline(), second.nextDeadline()]).toEqual([1500, 1000]);
});
