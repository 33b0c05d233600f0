import { expect, test } from "vitest";
import { UsageError } from "../../src/errors.ts";
import { slicesOf } from "../../src/sizing/slices.ts";
import { carrierOf, firewallOf, kindOf, sizeSettings } from "./settings.ts";

const GRID = sizeSettings({
  firewall: { ...firewallOf(0), idleTimeoutSeconds: [300, 600] },
  carriers: [
    { ...carrierOf(780), share: 0.25 },
    { ...carrierOf(null), share: 0.75 },
  ],
  devices: [kindOf("windows-mobile", { share: 0.5 }), kindOf("android-2013", { share: 0.5 })],
  deviceCount: 10,
  repeats: 3,
});

test("every time-out and repeat has every device once, by the shares", () => {
  const slices = slicesOf(GRID);
  for (const [point, repeat] of [0, 1].flatMap((each) => [0, 1, 2].map((other) => [each, other]))) {
    const own = slices.filter((slice) => slice.point === point && slice.repeat === repeat);
    const devices = own.flatMap(({ firstDevice, devices: count }) =>
      Array.from({ length: count }, (_, index) => firstDevice + index),
    );
    expect(devices).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(own.map(({ carrier, kind, devices: count }) => [carrier, kind, count])).toEqual([
      [0, 0, 1],
      [0, 1, 2],
      [1, 0, 3],
      [1, 1, 4],
    ]);
  }
});

test("a kind that comes to no device has no slice", () => {
  const none = { ...GRID, devices: [kindOf("windows-mobile", { share: 0 }), kindOf("fixed", { share: 1 })] };
  expect(slicesOf(none).every(({ kind }) => kind === 1)).toBe(true);
});

test("many devices are cut into slices of 5,000", () => {
  const slices = slicesOf(sizeSettings({ deviceCount: 12_000 }));
  expect(slices.map(({ firstDevice, devices }) => [firstDevice, devices])).toEqual([
    [1, 5000],
    [5001, 5000],
    [10_001, 2000],
  ]);
});

test("settings that can't be run have no slices", () => {
  expect(() => slicesOf(sizeSettings({ deviceCount: 0 }))).toThrow(UsageError);
});
