import * as fc from "fast-check";
import { expect, test } from "vitest";
import { PASS, type Condition } from "../../../src/path/condition.ts";
import { lifetime } from "../../../src/path/conditions/lifetime.ts";
import { FIN, RST } from "../../../src/path/segment.ts";
import { SETUP, both, flowAt } from "../flows.ts";
import { courseOf, data, breachOf } from "./lone.ts";

const END = { kind: "end", endings: both("reset") } as const;

function opened(): Condition {
  return lifetime.prepare({ type: "lifetime", ageMs: 1000, atExpiry: both("reset") }, SETUP)(flowAt(5000));
}

test.each([
  [5000, PASS],
  [5999, PASS],
  [6000, END],
  [6001, END],
])("a flow created at 5000 ms, with a lifetime of 1000, asked at %i", (now, verdict) => {
  expect(opened().onDeadline(now)).toEqual(verdict);
  expect(opened().onSegment(data("toServer"), now)).toEqual(verdict);
});

test("traffic prolongs nothing", () => {
  const condition = opened();
  condition.onSegment(data("toServer"), 5500);
  condition.onSegment(data("toDevice"), 5900);
  expect(condition.nextDeadline()).toBe(6000);
});

test("the end comes once, and then there is nothing to wait for", () => {
  const condition = opened();
  expect(condition.onDeadline(6000)).toEqual(END);
  expect(condition.nextDeadline()).toBeUndefined();
  expect([condition.onDeadline(7000), condition.onSegment(data("toServer"), 7000)]).toEqual([PASS, PASS]);
});

test.each([
  ["an RST", [RST.toServer], undefined],
  ["a FIN each way", [FIN.toServer, FIN.toDevice], undefined],
  ["a FIN one way, twice", [FIN.toServer, FIN.toServer], 6000],
] as const)("after %s the end is due at %s", (_, segments, expected) => {
  const condition = opened();
  for (const segment of segments) expect(condition.onSegment(segment, 5500)).toEqual(PASS);
  expect(condition.nextDeadline()).toBe(expected);
});

test("a flow in full flow is ended at its age, and what comes later dies", () => {
  const sent = [0, 400, 800, 1200].map((at) => [at, "device", "ask"] as const);
  const { rows } = courseOf({ type: "lifetime", ageMs: 1000, atExpiry: both("drop") }, sent, 2000);
  expect(rows.slice(3)).toEqual([
    [1000, "ended by hop"],
    [1200, "hop swallows ask toServer"],
  ]);
});

test("the laws of every condition hold", () => {
  const settings = fc
    .tuple(fc.integer({ min: 1, max: 2000 }), fc.constantFrom("drop", "reset", "close", "reset-on-next"))
    .map(([ageMs, ending]) => ({ type: "lifetime", ageMs, atExpiry: both(ending) }) as const);
  expect(breachOf(settings, { longestWaitMs: 100, until: 10_000, mayDrop: true })).toBeUndefined();
});
