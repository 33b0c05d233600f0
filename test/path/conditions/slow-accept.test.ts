import * as fc from "fast-check";
import { expect, test } from "vitest";
import { PASS } from "../../../src/path/condition.ts";
import { slowAccept } from "../../../src/path/conditions/slow-accept.ts";
import { SETUP, flowAt } from "../flows.ts";
import { breachOf, courseOf, everyKind } from "./lone.ts";

test.each([
  [5000, { kind: "delay", until: 6000 }],
  [5999, { kind: "delay", until: 6000 }],
  [6000, PASS],
])("what a device sends at %i to a flow of 5000 that is accepted after 1000", (now, verdict) => {
  const condition = slowAccept.prepare({ type: "slow-accept", delayMs: 1000 }, SETUP)(flowAt(5000));
  for (const segment of everyKind("toServer")) expect(condition.onSegment(segment, now)).toEqual(verdict);
  for (const segment of everyKind("toDevice")) expect(condition.onSegment(segment, now)).toEqual(PASS);
  expect([condition.nextDeadline(), condition.onDeadline(now)]).toEqual([undefined, PASS]);
});

test("what waited for the accept comes in its order, later traffic at once", () => {
  const sent = [
    [0, "device", "hello"],
    [10, "device", "ask"],
    [1200, "device", "more"],
  ] as const;
  expect(courseOf({ type: "slow-accept", delayMs: 1000 }, sent, 2000).rows).toEqual([
    [1000, "server gets hello"],
    [1000, "server gets ask"],
    [1200, "server gets more"],
  ]);
});

test("the laws of every condition hold", () => {
  const settings = fc.integer({ min: 1, max: 2000 }).map((delayMs) => ({ type: "slow-accept", delayMs }) as const);
  expect(breachOf(settings, { longestWaitMs: 100, until: 10_000, mayDrop: false })).toBeUndefined();
});
