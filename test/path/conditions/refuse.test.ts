import * as fc from "fast-check";
import { expect, test } from "vitest";
import { PASS } from "../../../src/path/condition.ts";
import { refuse } from "../../../src/path/conditions/refuse.ts";
import { SETUP, flowAt } from "../flows.ts";
import { breachOf, courseOf, data } from "./lone.ts";

const END = { kind: "end", endings: { toDevice: "reset", toServer: "drop" } };

test.each([
  [4999, PASS],
  [5000, END],
  [5001, END],
])("a flow created at 5000, asked at %i", (now, verdict) => {
  const open = () => refuse.prepare({ type: "refuse" }, SETUP)(flowAt(5000));
  expect(open().nextDeadline()).toBe(5000);
  expect(open().onDeadline(now)).toEqual(verdict);
  expect(open().onSegment(data("toServer"), now)).toEqual(verdict);
});

test("the device gets an RST at once, and nothing of what it sends reaches the server", () => {
  expect(courseOf({ type: "refuse" }, [[0, "device", "hello"]], 1000).rows).toEqual([
    [0, "ended by hop"],
    [0, "device gets rst"],
  ]);
});

test("the laws of every condition hold", () => {
  const settings = fc.constant({ type: "refuse" } as const);
  expect(breachOf(settings, { longestWaitMs: 100, until: 10_000, mayDrop: true })).toBeUndefined();
});
