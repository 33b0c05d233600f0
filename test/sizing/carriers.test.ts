import { expect, test } from "vitest";
import { NETPICULET_CARRIERS, NETPICULET_UNVERIFIED } from "../../src/sizing/carriers.ts";
import { checkSizeSettings } from "../../src/sizing/settings-check.ts";
import { sizeSettings } from "./settings.ts";

test("the measured carriers can be sized for, and 11 in 73 are below 10 min or at it", () => {
  expect(() => checkSizeSettings(sizeSettings({ carriers: NETPICULET_CARRIERS }))).not.toThrow();
  const short = NETPICULET_CARRIERS.filter(({ idleTimeoutSeconds }) => idleTimeoutSeconds !== null);
  expect(short.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(11 / 73, 10);
  expect(NETPICULET_CARRIERS.every(({ source }) => source.includes("SIGCOMM 2011"))).toBe(true);
});

test("what the set of carriers does not know is told", () => {
  expect(NETPICULET_UNVERIFIED.join(" ")).toMatch(/above 10 min .* not known/u);
});
