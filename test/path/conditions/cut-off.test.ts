import * as fc from "fast-check";
import { expect, test } from "vitest";
import { cutOff, type CutOffSettings } from "../../../src/path/conditions/cut-off.ts";
import { both, flowAt, SETUP } from "../flows.ts";
import { breachOf, courseOf } from "./lone.ts";

const toldUnder = (...course: Parameters<typeof courseOf>) => courseOf(...course).rows;

function cut(more: Partial<CutOffSettings> = {}): CutOffSettings {
  return { type: "cut-off", direction: "toDevice", ending: both("reset"), ...more };
}

const RESET = (at: number) =>
  [
    [at, "ended by hop"],
    [at, "device gets rst"],
    [at, "server gets rst"],
  ] as const;

test("the first data ends the flow at once, and dies", () => {
  const sent = [
    [10, "device", "ask"],
    [20, "server", "answer"],
  ] as const;
  expect(toldUnder(cut(), sent, 1000)).toEqual([
    [10, "server gets ask"],
    ...RESET(20),
    [20, "hop swallows answer toDevice"],
  ]);
});

test("a FIN ends it just the same", () => {
  expect(toldUnder(cut(), [[10, "server", "fin"]], 1000)).toEqual([...RESET(10), [10, "hop swallows fin toDevice"]]);
});

test("a flow that is not used lives on, and an RST passes", () => {
  expect(toldUnder(cut({ afterMs: 10 }), [[10, "device", "ask"]], 100_000)).toEqual([[10, "server gets ask"]]);
  expect(toldUnder(cut(), [[10, "server", "rst"]], 1000)).toEqual([[10, "device gets rst"]]);
});

test("some time after the first data, whatever follows it, is when it ends where there is such a time", () => {
  const sent = [
    [10, "server", "abc"],
    [500, "server", "def"],
    [600, "device", "ask"],
  ] as const;
  expect(toldUnder(cut({ afterMs: 1000 }), sent, 10_000)).toEqual([
    [10, "hop swallows abc toDevice"],
    [500, "hop swallows def toDevice"],
    [600, "server gets ask"],
    ...RESET(1010),
  ]);
});

test("narrowed to flows that it draws it is the same", () => {
  const drawn = { ...cut({ afterMs: 100 }), match: { shareOf: "flows" } } as const;
  const sent = [
    [10, "server", "abc"],
    [20, "server", "def"],
  ] as const;
  expect(toldUnder(drawn, sent, 1000)).toEqual([
    [10, "hop swallows abc toDevice"],
    [20, "hop swallows def toDevice"],
    ...RESET(110),
  ]);
});

test("of both directions either ends it, and the first to be used sets the time", () => {
  const sent = [
    [10, "device", "ask"],
    [20, "server", "answer"],
  ] as const;
  expect(toldUnder(cut({ direction: "both", afterMs: 100 }), sent, 1000)).toEqual([
    [10, "hop swallows ask toServer"],
    [20, "hop swallows answer toDevice"],
    ...RESET(110),
  ]);
});

test("early and repeated calls of its deadline do nothing", () => {
  const condition = cutOff.prepare(cut({ afterMs: 1000 }), SETUP)(flowAt(0));
  expect([condition.nextDeadline(), condition.onDeadline(0)]).toEqual([undefined, { kind: "pass" }]);
  condition.onSegment({ kind: "fin", direction: "toDevice" }, 500);
  expect([condition.nextDeadline(), condition.onDeadline(1499)]).toEqual([1500, { kind: "pass" }]);
  expect(condition.onDeadline(1500)).toEqual({ kind: "end", endings: both("reset") });
  expect(condition.nextDeadline()).toBeUndefined();
});

test("the laws of every condition hold", () => {
  const settings = fc.record(
    {
      type: fc.constant("cut-off" as const),
      direction: fc.constantFrom("both", "toServer", "toDevice"),
      afterMs: fc.integer({ min: 1, max: 500 }),
      ending: fc.constantFrom(both("close"), both("reset"), both("drop")),
    },
    { requiredKeys: ["type", "direction", "ending"] },
  );
  expect(breachOf(settings, { longestWaitMs: 100, until: 1_000_000, mayDrop: true })).toBeUndefined();
});
