import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { SlowCloseSettings } from "../../../src/path/conditions/slow-close.ts";
import { breachOf, courseOf } from "./lone.ts";

const toldUnder = (...course: Parameters<typeof courseOf>) => courseOf(...course).rows;

function slow(direction: SlowCloseSettings["direction"]): SlowCloseSettings {
  return { type: "slow-close", direction, delayMs: 500 };
}

test("a FIN waits, and data does not", () => {
  const sent = [
    [100, "server", "answer"],
    [200, "server", "fin"],
    [300, "device", "more"],
    [400, "device", "fin"],
  ] as const;
  expect(toldUnder(slow("both"), sent, 2000)).toEqual([
    [100, "device gets answer"],
    [300, "server gets more"],
    [700, "device gets fin"],
    [900, "server gets fin"],
  ]);
});

test("a FIN of the other direction does not wait", () => {
  const sent = [
    [100, "device", "fin"],
    [200, "server", "fin"],
  ] as const;
  expect(toldUnder(slow("toDevice"), sent, 2000)).toEqual([
    [100, "server gets fin"],
    [700, "device gets fin"],
  ]);
});

test("an RST waits for nothing but the FIN before it", () => {
  expect(toldUnder(slow("both"), [[100, "server", "rst"]], 2000)).toEqual([[100, "device gets rst"]]);
  const sent = [
    [100, "server", "fin"],
    [200, "server", "rst"],
  ] as const;
  expect(toldUnder(slow("both"), sent, 2000)).toEqual([
    [600, "device gets fin"],
    [600, "device gets rst"],
  ]);
});

test("the laws of every condition hold", () => {
  const settings = fc.record({
    type: fc.constant("slow-close" as const),
    direction: fc.constantFrom("both", "toServer", "toDevice"),
    delayMs: fc.integer({ min: 1, max: 500 }),
  });
  expect(breachOf(settings, { longestWaitMs: 100, until: 1_000_000, mayDrop: true })).toBeUndefined();
});
