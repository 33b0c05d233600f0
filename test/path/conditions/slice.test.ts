import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { SliceSettings } from "../../../src/path/conditions/slice.ts";
import { breachOf, courseOf } from "./lone.ts";

const toldUnder = (...course: Parameters<typeof courseOf>) => courseOf(...course).rows;

function slices(sizeBytes: number, more: Partial<SliceSettings> = {}): SliceSettings {
  return { type: "slice", direction: "both", sizeBytes, variationBytes: 0, pauseMs: 0, ...more };
}

function pieces(settings: SliceSettings, text: string): readonly string[] {
  return toldUnder(settings, [[0, "server", text]], 1_000_000).map(([, what]) => what.replace("device gets ", ""));
}

test("data is cut into pieces of the size, the last one shorter", () => {
  expect(pieces(slices(4), "abcdefghij")).toEqual(["abcd", "efgh", "ij"]);
});

test.each([
  ["abc", ["abc"]],
  ["abcd", ["abcd"]],
  ["abcde", ["abcd", "e"]],
])("%s is %j in pieces of 4", (text, expected) => {
  expect(pieces(slices(4), text)).toEqual(expected);
});

test("a pause stands behind each piece, from one data to the next", () => {
  const sent = [
    [0, "server", "abcdef"],
    [150, "server", "gh"],
    [1000, "server", "i"],
  ] as const;
  expect(toldUnder(slices(2, { pauseMs: 100 }), sent, 2000)).toEqual([
    [0, "device gets ab"],
    [100, "device gets cd"],
    [200, "device gets ef"],
    [300, "device gets gh"],
    [1000, "device gets i"],
  ]);
});

test("each direction has pauses of its own, and one that is not concerned has none", () => {
  const sent = [
    [0, "server", "ab"],
    [0, "device", "cd"],
  ] as const;
  expect(toldUnder(slices(1, { pauseMs: 10 }), sent, 2000)).toEqual([
    [0, "device gets a"],
    [0, "server gets c"],
    [10, "server gets d"],
    [10, "device gets b"],
  ]);
  expect(toldUnder(slices(1, { pauseMs: 10, direction: "toServer" }), sent, 2000)).toEqual([
    [0, "device gets ab"],
    [0, "server gets c"],
    [10, "server gets d"],
  ]);
});

test("a FIN goes on behind the pieces", () => {
  const sent = [
    [0, "server", "ab"],
    [1, "server", "fin"],
  ] as const;
  expect(toldUnder(slices(1, { pauseMs: 10 }), sent, 2000)).toEqual([
    [0, "device gets a"],
    [10, "device gets b"],
    [10, "device gets fin"],
  ]);
});

test("sizes vary around the average and reach both ends", () => {
  const sizes = pieces(slices(10, { variationBytes: 3 }), "x".repeat(10_000)).map(({ length }) => length);
  const whole = sizes.slice(0, -1);
  expect([Math.min(...whole), Math.max(...whole)]).toEqual([7, 13]);
  expect(10_000 / sizes.length).toBeCloseTo(10, 0);
});

test("the laws of every condition hold", () => {
  const settings = fc.record({
    type: fc.constant("slice" as const),
    direction: fc.constantFrom("both", "toServer", "toDevice"),
    sizeBytes: fc.integer({ min: 50, max: 5000 }),
    variationBytes: fc.nat(49),
    pauseMs: fc.nat(3),
  });
  expect(breachOf(settings, { longestWaitMs: 100, until: 1_000_000, mayDrop: false })).toBeUndefined();
});
